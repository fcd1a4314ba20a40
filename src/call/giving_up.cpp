#include "call/giving_up.hpp"

#include <drachtio/error.hpp>

namespace drachtio::call {

GivingUp::Actions GivingUp::on(const Input& input, State state) {
  Actions actions;
  std::visit([&](const auto& one) { take(one, state, actions); }, input);
  return actions;
}

void GivingUp::take(const Cancel& input, State /*state*/, Actions& actions) {
  if (was_begun_over(input.connection)) return;
  connection_ = input.connection;
  ++attempt_;
  looks_ = 0;
  cancel(actions);
}

void GivingUp::take(const HangUp& input, State state, Actions& actions) {
  if (was_begun_over(input.connection) && phase_ != Phase::idle) return;
  connection_ = input.connection;
  ++attempt_;
  may_be_answered_ = false;
  hang_up(state, actions);
}

void GivingUp::cancel(Actions& actions) {
  phase_ = Phase::cancelling;
  actions.emplace_back(SendCancel{attempt_});
}

// A CANCEL that is lost with its link ends the attempt: the next link begins another.
void GivingUp::take(const Cancelled& cancelled, State state, Actions& actions) {
  if (phase_ != Phase::cancelling || cancelled.attempt != attempt_) return;
  if (cancelled.error == Errc::no_link) {
    phase_ = Phase::idle;
  } else if (!cancelled.error) {
    wait(actions);
  } else {  // answered, or cancelled before
    may_be_answered_ = cancelled.refusal != wire::Refusal::unknown_transaction;
    hang_up(state, actions);
  }
}

// Neither its 487 nor a 2xx that crossed the CANCEL comes to this connection: so the server is
// asked to cancel the INVITE until it has none, or has a dialog to acknowledge and to end.
void GivingUp::wait(Actions& actions) {
  if (looks_ == most_looks) return end(actions);
  ++looks_;
  phase_ = Phase::looking;
  actions.emplace_back(WaitToLook{attempt_});
}

void GivingUp::take(const LookAgain& look, State state, Actions& actions) {
  if (phase_ != Phase::looking || look.attempt != attempt_) return;
  phase_ = Phase::idle;
  if (state == State::terminated || !was_begun_over(look.connection)) return;
  may_be_answered_ = !look.answered;
  look.answered ? hang_up(state, actions) : cancel(actions);
}

void GivingUp::hang_up(State state, Actions& actions) {
  phase_ = Phase::idle;
  if (state == State::terminated) return;
  const bool is_acknowledged = state == State::stable;
  phase_ = is_acknowledged ? Phase::hanging_up : Phase::acknowledging;
  is_acknowledged ? actions.emplace_back(SendBye{attempt_})
                  : actions.emplace_back(SendAck{attempt_});
}

// A refused ACK says that there is no dialog.
void GivingUp::take(const Acknowledged& ack, State state, Actions& actions) {
  if (phase_ != Phase::acknowledging || ack.attempt != attempt_) return;
  phase_ = Phase::idle;
  if (state == State::terminated || ack.error == Errc::no_link) return;
  if (ack.error) return may_be_answered_ ? wait(actions) : end(actions);
  phase_ = Phase::hanging_up;
  actions.emplace_back(SendBye{attempt_});
}

// The server refuses the BYE where a 2xx crossed our CANCEL: it has hung up by itself at the ACK.
void GivingUp::take(const HungUp& bye, State /*state*/, Actions& actions) {
  if (phase_ != Phase::hanging_up || bye.attempt != attempt_) return;
  phase_ = Phase::idle;
  if (bye.error && bye.error != Errc::no_link) end(actions);
}

void GivingUp::end(Actions& actions) {
  phase_ = Phase::idle;
  actions.emplace_back(NothingLeft{});
}

}  // namespace drachtio::call
