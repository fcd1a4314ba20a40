// Answers requests that came: this file carries out what call::ServerRequest decides, and tells it
// what comes of that.
#include "agent/core.hpp"
#include "dialog/rules.hpp"

namespace drachtio::agent {

using call::ServerRequest;

// Carries out the actions of a request's machine.
struct Core::CarryOutAnswer {
  using Request = ServerRequest;
  Core& core;
  const std::shared_ptr<Incoming>& incoming;

  void operator()(Request::Send& action) const {
    core.send(
        core.links_.for_answer_to(*incoming), std::move(action.frame),
        [&core = core, incoming = incoming, sent = action.sent](const Reply& reply) {
          core.on(incoming,
                  Request::Answered{sent, {reply.error, reply.message}, reply.refusal, reply.left});
        });
  }
  void operator()(Request::SendOn& action) const {
    core.send(core.links_.for_answer_to(*incoming), std::move(action.frame),
              [&core = core, incoming = incoming, handler = action.handler,
               is_heard = action.is_heard](const Reply& reply) {
                if (!reply.error && reply.more) {
                  return incoming->answers_of_others.push_back(reply.message);
                }
                core.on(incoming, Request::HandedOn{
                                      {reply.error, reply.message}, reply.left, is_heard, handler});
              });
  }
  void operator()(const Request::Refuse& action) const { core.answer(incoming, {action.status}); }
  void operator()(const Request::Proceed& /*action*/) const { core.on(incoming, Request::Told{}); }
  void operator()(const Request::AwaitPrack& action) const {
    core.after(core.options_.t1x64,
               [&core = core, weak = std::weak_ptr{incoming}, prack = action.prack] {
                 if (const auto invite = weak.lock()) core.on(invite, Request::PrackTimeout{prack});
               });
  }
  void operator()(call::Tell& action) const { core.tell(std::move(action)); }
  void operator()(const Request::TellCancelled& action) const {
    incoming->on_cancel(action.message);
    incoming->on_cancel.disconnect_all_slots();
  }
  void operator()(const Request::Settled& /*action*/) const { core.end_if_waiting(incoming->cell); }
  void operator()(const Request::Final& action) const {
    if (action.status < 300) core.answered_elsewhere(incoming);
    if (action.status < 300) core.await_ack(incoming);
    core.has_served(incoming->link);
  }
  void operator()(const Request::GivenAway& /*action*/) const { core.has_served(incoming->link); }
  void operator()(const Request::Forget& /*action*/) const {
    core.forget(incoming);
    core.offer_over(incoming);
  }
  void operator()(const Request::AwaitLink& /*action*/) const {
    const Link* link = core.links_.to(incoming->source.server);
    if (link != nullptr) core.answer_again(incoming, *link);
  }
  void operator()(const Request::AskInDoubt& /*action*/) const {
    core.on(incoming->cell, call::Recovery::InDoubt{});
  }
  void operator()(const Request::AskInTime& /*action*/) const {
    core.await_forgotten(*incoming->cell);
  }
};

void Core::on(const std::shared_ptr<Incoming>& incoming, const ServerRequest::Input& input) {
  const std::shared_ptr<Incoming> kept = incoming;  // what is carried out may let go of it
  ServerRequest::Actions actions = kept->machine.on(input);
  kept->answered = kept->machine.is_answered();
  if (kept->cell && kept->cell->invitation.open == kept && kept->machine.is_over()) {
    kept->cell->invitation.open.reset();
  }
  for (ServerRequest::Action& action : actions) std::visit(CarryOutAnswer{*this, kept}, action);
  // An answer that did not get out is to be given again; perhaps nobody is left to do so.
  if (kept->dropped) refuse_dropped(kept);
}

void Core::answer(const std::shared_ptr<Incoming>& incoming, const call::Answer& answer,
                  ResponseHandler handler) {
  on(incoming, ServerRequest::Give{incoming->message, answer, waiting_.add(std::move(handler))});
}

void Core::answer_reliably(const std::shared_ptr<Incoming>& incoming, call::Answer answer,
                           ResponseHandler on_prack) {
  // The PRACK comes to the connection that brought the INVITE, or not at all.
  const bool can_receive = incoming->cell && incoming->cell->recovery.is_heard();
  on(incoming, ServerRequest::GiveReliably{incoming->message, std::move(answer), can_receive,
                                           waiting_.add(std::move(on_prack))});
}

void Core::forget(const std::shared_ptr<Incoming>& incoming) {
  const auto open = incoming_.find(incoming->machine.transaction_id());
  // An UPDATE before the answer has its INVITE's transactionId.
  if (open == incoming_.end() || open->second.lock() != incoming) return;
  incoming_.erase(open);
  incoming->on_cancel.disconnect_all_slots();
}

// The INVITE came on a connection that is no more: its ACK, and all that the far end sends in the
// call, goes there and is lost. So the server is asked whether the call stands.
void Core::answered_elsewhere(const std::shared_ptr<Incoming>& incoming) {
  const Link* link = links_.find(incoming->link);
  const bool makes_call = incoming->message.method == "INVITE" && incoming->cell;
  if (!makes_call || link == nullptr || link->connection == incoming->connection) return;
  on(incoming->cell, call::Recovery::AnsweredElsewhere{});
}

}  // namespace drachtio::agent
