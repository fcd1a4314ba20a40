// Ending a call, whatever state it is in.
#include "agent/core.hpp"
#include "dialog/rules.hpp"

namespace drachtio::agent {

namespace {

constexpr const char* dialog_had_ended = "the dialog had ended";

}  // namespace

void Core::terminate(const std::shared_ptr<Cell>& cell, const Content& content, int status,
                     ResponseHandler handler) {
  // It rings, or is between a challenge and its next attempt.
  if (const auto call = cell->call.lock(); call && !call->over) {
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

// BYE, unless the call has ended meanwhile.
void Core::hang_up(const std::shared_ptr<Cell>& cell, const Content& content,
                   ResponseHandler handler) {
  if (SipDialog{cell}.state() != State::terminated || cell->ending.bye_challenged) {
    return request(cell, "BYE", content, std::move(handler));
  }
  if (handler) handler({}, with_reason(dialog_had_ended));
}

void Core::hang_up_if_gone(const std::shared_ptr<Cell>& cell, const std::string& method,
                           const SipMessage& answer) {
  const auto state = SipDialog{cell}.snapshot();
  if (state->state == State::terminated || !dialog::is_answered(*state)) return;
  if (dialog::tells_that_dialog_is_gone(method, answer.status)) terminate(cell, {}, 0, {});
}

// BYE, CANCEL or a final answer, as the call's state asks for.
void Core::end(const std::shared_ptr<Cell>& cell, const Content& content, int status,
               ResponseHandler handler) {
  const auto state = SipDialog{cell}.snapshot();
  if (state->state == State::terminated) return hang_up(cell, content, std::move(handler));
  if (stopped_) return tell(handler, Errc::no_link, "the Agent has stopped");
  if (dialog::is_answered(*state)) {
    // Nobody will answer its offer now, but the 2xx must have its ACK (RFC 3261 13.2.2.4).
    const bool owes_ack = dialog::awaits_our_ack(*state) && state->late_offer;
    if (owes_ack && !cell->has_answered_offer(*state)) acknowledge(cell, {});
    // RFC 3261 15: not before the ACK has come. Where it never does, the server hangs up.
    const bool awaits_ack = state->role == Role::uas && state->state != State::stable;
    if (awaits_ack && cell->can_receive) {
      cell->invitation.when_confirmed.emplace_back(
          [this, cell, content, handler = std::move(handler)] { hang_up(cell, content, handler); });
      return;
    }
    return hang_up(cell, content, std::move(handler));
  }
  if (const auto held = std::exchange(cell->invitation.after_prack, {})) held(Prack::unwanted);
  if (cell->invitation.answering) {  // what there is to end, its outcome tells
    cell->invitation.when_answered.emplace_back(
        [this, cell, content, status, handler = std::move(handler)] {
          end(cell, content, status, handler);
        });
    return;
  }
  if (state->role == Role::uas) {
    return answer(open_invite(cell), status, {}, content, std::move(handler));
  }
  const Link* link = link_of(*cell);
  if (link != nullptr && cell->giving_up_over == link->connection) {
    return tell(handler, {}, "it is being given up");
  }
  send_cancel(link == nullptr ? 0 : link->id, state->invite.transaction_id, content.headers,
              [handler = std::move(handler)](const Reply& reply) {
                if (handler) handler(reply.error, reply.message);
              });
}

}  // namespace drachtio::agent
