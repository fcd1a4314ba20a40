// Places calls and other requests out of dialog: this file carries out what call::ClientRequest
// decides, and tells it what comes of that.
#include "agent/core.hpp"
#include "dialog/rules.hpp"
#include "net/message_id.hpp"

namespace drachtio::agent {

using call::ClientRequest;

namespace {

ClientRequest::Failed failed(Errc error, std::string why) {
  return {{error, with_reason(std::move(why))}};
}

}  // namespace

void Core::place(const std::shared_ptr<Call>& call, RequestOptions options, CallHandler handler) {
  calls_.insert(call);
  call->options = std::move(options);
  call->handler = std::move(handler);
  place(call);
}

void Core::place(const std::shared_ptr<Call>& call) {
  RequestOptions& options = call->options;
  const std::shared_ptr<Cell> beside = Cell::of(std::exchange(options.beside, {}));
  if (beside && beside->core.lock().get() != this) {
    return on(call, failed(Errc::no_dialog, "the dialog beside it is of no call of ours"));
  }
  const Link* link = beside ? links_.of(*beside) : links_.to(options.server);
  if (link == nullptr) {
    const std::string server = beside ? SipDialog{beside}.server() : options.server;
    return on(call, failed(Errc::no_link,
                           "there is no link to " + (server.empty() ? "any server" : server)));
  }
  if (log_failed_ && options_.refuse_when_log_failed && call->client.is_invite()) {
    return on(call, failed(Errc::log_failed, "the log cannot be written"));
  }
  call->link = link->id;
  on(call, ClientRequest::Place{});
}

// Carries out the actions of a request's machine.
struct Core::CarryOut {
  using Request = ClientRequest;
  Core& core;
  const std::shared_ptr<Call>& call;

  void operator()(Request::Send& action) const {
    core.send(call->link, std::move(action.frame),
              [&core = core, call = call](const Reply& reply) { core.sent(call, reply); });
  }
  void operator()(Request::SendCancel& action) const {
    core.send(call->link, std::move(action.frame), [&core = core, call = call](const Reply& reply) {
      core.on(call, Request::CancelSent{{reply.error, reply.message}});
    });
  }
  void operator()(Request::SendInDialog& action) const {
    ResponseHandler handler;
    if (!action.handlers.empty()) {
      handler = [&core = core, handlers = std::move(action.handlers)](error_code error,
                                                                      const SipMessage& answer) {
        for (const call::HandlerId id : handlers) core.tell({id, {error, answer}});
      };
    }
    core.request(call->cell, action.method, {.headers = std::move(action.headers)},
                 std::move(handler));
  }
  void operator()(const Request::AnswerOffer& action) const {
    Content content{.body = action.sdp};
    if (action.reliable) content.headers.add("RAck", action.reliable->rack);
    core.request(call->cell, action.reliable ? "PRACK" : "ACK", content,
                 [&core = core, call = call, action](error_code error, const SipMessage& message) {
                   core.on(call, Request::OfferAnswered{action, {error, message}});
                 });
  }
  void operator()(Request::End& action) const {
    core.terminate(call->cell, {.headers = std::move(action.headers)}, 480,
                   core.waiting_.take(action.handler));
  }
  void operator()(call::Tell& action) const { core.tell(std::move(action)); }
  void operator()(const Request::TellProvisional& action) const {
    const auto on_provisional = call->options.on_provisional;  // it may end the call, and so itself
    if (on_provisional) on_provisional(SipCall{call}, action.message);
  }
  void operator()(const Request::AwaitTurn& /*action*/) const {
    call->options.on_provisional = {};  // these may hold this call
    call->options.on_dialog = {};
    core.post([&core = core, call = call] { core.on(call, Request::Turn{}); });
  }
  void operator()(const Request::TellOutcome& action) const {
    const auto handler = std::exchange(call->handler, {});
    core.calls_.erase(call);
    if (handler) handler(action.outcome.error, SipCall{call}, action.outcome.message);
  }
};

void Core::on(const std::shared_ptr<Call>& call, const ClientRequest::Input& input) {
  call::CallFacts& facts = call->cell ? call->cell->facts : call->facts;
  for (ClientRequest::Action& action : call->client.on(input, facts)) {
    std::visit(CarryOut{*this, call}, action);
  }
}

// The server has sent the request, or says why not.
void Core::sent(const std::shared_ptr<Call>& call, const Reply& reply) {
  if (reply.error) return on(call, ClientRequest::Failed{{reply.error, reply.message}});
  const auto cell = dialogs_.find(reply.dialog);
  const bool is_news = cell && cell != call->cell;
  if (is_news) {
    if (!call->options.auth.username.empty()) cell->auth = call->options.auth;
    cell->call = call;
    const std::lock_guard lock{call->mutex};
    call->cell = cell;
  }
  if (cell && call->client.is_invite()) {
    const Link* link = links_.of(*cell);
    on(cell, call::Recovery::Begun{link != nullptr && link->connection == reply.connection});
  }
  Requests::Transaction transaction;
  transaction.connection = reply.connection;
  transaction.on_response = [this, call](const SipMessage& response) {
    on(call, ClientRequest::Answered{response, net::message_id});
  };
  transaction.on_failure = [this, call](error_code error, const std::string& why) {
    on(call, ClientRequest::Failed{{error, with_reason(why)}});
  };
  requests_.begin(reply.transaction_id, std::move(transaction));
  on(call, ClientRequest::Sent{reply.message, reply.transaction_id, call->cell != nullptr});
  const auto on_dialog = is_news ? call->options.on_dialog : nullptr;
  if (on_dialog) guard([&] { on_dialog(SipDialog{cell}); });
}

void Core::cancel(const std::shared_ptr<Call>& call, const Headers& headers,
                  ResponseHandler handler) {
  on(call, ClientRequest::Cancel{headers, waiting_.add(std::move(handler))});
}

void Core::acknowledge_late(const std::shared_ptr<Call>& call, std::string sdp,
                            ResponseHandler handler) {
  ClientRequest::Acknowledge answer;
  answer.sdp = std::move(sdp);
  if (call->cell) {
    const auto state = call->cell->snapshot();
    answer.tag = state->remote.tag.value_or("");
    answer.has_2xx = dialog::is_answered(*state);
  }
  answer.handler = waiting_.add(std::move(handler));
  on(call, answer);
}

void Core::prack_late(const std::shared_ptr<Call>& call, std::string sdp, ResponseHandler handler) {
  on(call, ClientRequest::Prack{std::move(sdp), waiting_.add(std::move(handler))});
}

}  // namespace drachtio::agent
