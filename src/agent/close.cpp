// Ends calls: this file carries out what call::Termination decides, and tells it what comes of
// that.
#include "agent/core.hpp"
#include "dialog/rules.hpp"

namespace drachtio::agent {

using call::Termination;

// Carries out the actions of a call's end.
struct Core::CarryOutEnding {
  Core& core;
  const std::shared_ptr<Cell>& cell;

  // Tells the machine what became of what was to end the call.
  [[nodiscard]] ResponseHandler done() const {
    return [&core = core, cell = cell](error_code error, const SipMessage& message) {
      const bool is_over = SipDialog{cell}.state() == State::terminated;
      core.on(cell, Termination::Done{{error, message}, is_over});
    };
  }
  void operator()(const Termination::SendBye& action) const {
    core.request(cell, "BYE", {action.content.headers, action.content.body}, done());
  }
  void operator()(const Termination::Acknowledge& /*action*/) const { core.acknowledge(cell, {}); }
  void operator()(const Termination::Refuse& action) const {
    const std::shared_ptr<Incoming> invite = core.open_invite(cell);
    // A slot that hears of the INVITE may be quicker than its handler, which is not asked then.
    if (cell->invitation.open != invite) core.begin_call(invite);
    core.on(invite, call::ServerRequest::Give{invite->message, action.answer,
                                              core.waiting_.add(done()), true});
  }
  void operator()(const Termination::SendCancel& action) const {
    const Link* link = core.links_.of(*cell);
    core.send_cancel(link == nullptr ? 0 : link->id, cell->snapshot()->invite.transaction_id,
                     action.headers, told_of_reply(done()));
  }
  void operator()(const Termination::GiveUp& action) const {
    if (const auto call = cell->call.lock()) {
      core.on(call, call::ClientRequest::Cancel{action.headers, action.handler});
    }
  }
  void operator()(call::Tell& action) const { core.tell(std::move(action)); }
};

void Core::on(const std::shared_ptr<Cell>& cell, const Termination::Input& input) {
  for (Termination::Action& action : cell->termination.on(input, cell->facts)) {
    std::visit(CarryOutEnding{*this, cell}, action);
  }
}

call::EndingFacts Core::ending_facts(const std::shared_ptr<Cell>& cell) {
  const Incoming* invite = cell->invitation.open.get();
  const Link* link = links_.of(*cell);
  return {.stopped = stopped_,
          .can_receive = cell->recovery.is_heard(),
          .answering = invite != nullptr && invite->machine.may_be_answered(),
          .being_cancelled = link != nullptr && cell->giving_up.was_begun_over(link->connection)};
}

void Core::terminate(const std::shared_ptr<Cell>& cell, const Content& content, int status,
                     ResponseHandler handler) {
  const auto state = cell->snapshot();
  const auto call = cell->call.lock();
  on(cell, Termination::Terminate{*state,
                                  ending_facts(cell),
                                  {status, {}, content.headers, content.body},
                                  waiting_.add(std::move(handler)),
                                  call && !call->client.is_over()});
}

void Core::end_if_waiting(const std::shared_ptr<Cell>& cell) {
  if (!cell->termination.waits()) return;
  const auto state = cell->snapshot();
  on(cell, Termination::GoOn{*state, ending_facts(cell)});
}

void Core::hang_up_if_gone(const std::shared_ptr<Cell>& cell, const std::string& method,
                           const SipMessage& answer) {
  const auto state = cell->snapshot();
  if (state->state == State::terminated || !dialog::is_answered(*state)) return;
  if (dialog::tells_that_dialog_is_gone(method, answer.status)) terminate(cell, {}, 0, {});
}

}  // namespace drachtio::agent
