// Ending a call, whatever state it is in.
#include "agent/core.hpp"
#include "call/ending.hpp"
#include "dialog/rules.hpp"

namespace drachtio::agent {

namespace {

constexpr const char* dialog_had_ended = "the dialog had ended";

}  // namespace

void Core::terminate(const std::shared_ptr<Cell>& cell, const Content& content, int status,
                     ResponseHandler handler) {
  // It rings, or is between a challenge and its next attempt.
  if (const auto call = cell->call.lock(); call && !call->client.is_over()) {
    return cancel(call, content.headers, std::move(handler));
  }
  if (SipDialog{cell}.state() == State::terminated && !cell->ending.bye_challenged) {
    return tell(handler, {}, dialog_had_ended);
  }
  cell->ending.waiting.push_back(std::move(handler));
  if (cell->ending.under_way) return;  // told with the first
  cell->ending.under_way = true;
  end(cell, content, status, [cell](error_code error, const SipMessage& answer) {
    cell->ending.under_way = false;
    // The caller was quicker.
    const bool ended = error == Errc::cancelled && SipDialog{cell}.state() == State::terminated;
    const auto enders = std::exchange(cell->ending.waiting, {});
    for (const ResponseHandler& ender : enders) {
      if (!ender) continue;
      guard([&] { ended ? ender({}, with_reason(dialog_had_ended)) : ender(error, answer); });
    }
  });
}

void Core::hang_up_if_gone(const std::shared_ptr<Cell>& cell, const std::string& method,
                           const SipMessage& answer) {
  const auto state = SipDialog{cell}.snapshot();
  if (state->state == State::terminated || !dialog::is_answered(*state)) return;
  if (dialog::tells_that_dialog_is_gone(method, answer.status)) terminate(cell, {}, 0, {});
}

void Core::end(const std::shared_ptr<Cell>& cell, const Content& content, int status,
               ResponseHandler handler) {
  const auto state = SipDialog{cell}.snapshot();
  const std::shared_ptr<Incoming> invite = cell->invitation.open;
  const bool may_answer =
      state->state != State::terminated && !stopped_ && !dialog::is_answered(*state);
  if (invite && may_answer) on(invite, call::ServerRequest::Withdraw{});
  const Link* link = links_.of(*cell);
  const auto again = [this, cell, content, status](ResponseHandler told) {
    return
        [this, cell, content, status, told = std::move(told)] { end(cell, content, status, told); };
  };
  using call::Ending;
  switch (call::ending_of(
      *state, {.stopped = stopped_,
               .bye_challenged = cell->ending.bye_challenged,
               .offer_answered = cell->has_answered_offer(*state),
               .can_receive = cell->can_receive,
               .answering = invite && invite->machine.is_answering(),
               .being_cancelled = link != nullptr && cell->giving_up_over == link->connection})) {
    case Ending::had_ended:
      if (handler) handler({}, with_reason(dialog_had_ended));
      return;
    case Ending::none: return tell(handler, Errc::no_link, "the Agent has stopped");
    case Ending::ack_and_bye: acknowledge(cell, {}); [[fallthrough]];
    case Ending::bye: return request(cell, "BYE", content, std::move(handler));
    case Ending::bye_after_ack:
      cell->ending.when_confirmed.emplace_back(again(std::move(handler)));
      return;
    case Ending::after_answer:
      cell->ending.when_answered.emplace_back(again(std::move(handler)));
      return;
    case Ending::answer:
      return answer(open_invite(cell), {status, {}, content.headers, content.body},
                    std::move(handler));
    case Ending::being_cancelled: return tell(handler, {}, "it is being given up");
    case Ending::cancel:
      return send_cancel(link == nullptr ? 0 : link->id, state->invite.transaction_id,
                         content.headers, told_of_reply(std::move(handler)));
  }
}

}  // namespace drachtio::agent
