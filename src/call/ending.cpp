#include "call/ending.hpp"

#include "dialog/rules.hpp"

namespace drachtio::call {

namespace {

Ending ending_of_answered(const dialog::Dialog& dialog, const EndingFacts& facts) {
  // Without a late offer the ACK goes as the 2xx comes, to whoever hears that.
  const bool is_acknowledged = dialog.late_offer ? facts.offer_answered : facts.can_receive;
  if (dialog::awaits_our_ack(dialog) && !is_acknowledged) return Ending::ack_and_bye;
  const bool awaits_ack = dialog.role == Role::uas && dialog.state != State::stable;
  return awaits_ack && facts.can_receive ? Ending::bye_after_ack : Ending::bye;
}

}  // namespace

Ending ending_of(const dialog::Dialog& dialog, const EndingFacts& facts) {
  if (dialog.state == State::terminated) {
    return facts.bye_challenged ? Ending::bye : Ending::had_ended;
  }
  if (facts.stopped) return Ending::none;
  if (dialog::is_answered(dialog)) return ending_of_answered(dialog, facts);
  if (facts.answering) return Ending::after_answer;
  if (dialog.role == Role::uas) return Ending::answer;
  return facts.being_cancelled ? Ending::being_cancelled : Ending::cancel;
}

bool is_hung_up_unanswered(const dialog::Dialog& dialog) {
  return dialog.role == Role::uas && !dialog::is_answered(dialog) && !dialog.status;
}

}  // namespace drachtio::call
