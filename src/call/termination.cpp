#include "call/termination.hpp"

#include <drachtio/error.hpp>

#include <utility>

namespace drachtio::call {

namespace {

Outcome dialog_had_ended() { return outcome_of({}, "the dialog had ended"); }

}  // namespace

Termination::Actions Termination::on(const Input& input, CallFacts& facts) {
  Actions actions;
  std::visit([&](const auto& one) { take(one, facts, actions); }, input);
  return actions;
}

void Termination::take(const Terminate& input, CallFacts& facts, Actions& actions) {
  if (input.is_calling) {
    actions.emplace_back(GiveUp{input.answer.headers, input.handler});
    return;
  }
  if (input.dialog.state == State::terminated && !bye_challenged_) {
    return tell_later(input.handler, dialog_had_ended(), actions);
  }
  if (input.handler != 0) handlers_.push_back(input.handler);
  if (phase_ != Phase::idle) return;  // is told with the first
  answer_ = input.answer;
  end(input.dialog, input.facts, facts, actions);
}

void Termination::take(const GoOn& input, CallFacts& facts, Actions& actions) {
  if (phase_ == Phase::waiting) end(input.dialog, input.facts, facts, actions);
}

void Termination::end(const dialog::Dialog& dialog, EndingFacts ending, CallFacts& facts,
                      Actions& actions) {
  const std::string tag = dialog.remote.tag.value_or("");
  ending.bye_challenged = bye_challenged_;
  ending.offer_answered = dialog.remote.tag && facts.late_offer.is_answered(tag);
  phase_ = Phase::under_way;
  switch (ending_of(dialog, ending)) {
    case Ending::had_ended: return finish(dialog_had_ended(), false, actions);
    case Ending::none:
      return finish(outcome_of(Errc::no_link, "the Agent has stopped"), true, actions);
    case Ending::being_cancelled:
      return finish(outcome_of({}, "it is being given up"), true, actions);
    case Ending::bye_after_ack:
    case Ending::after_answer: phase_ = Phase::waiting; return;
    case Ending::ack_and_bye:
      facts.late_offer.acknowledge(tag);
      actions.emplace_back(Acknowledge{});
      [[fallthrough]];
    case Ending::bye: actions.emplace_back(SendBye{answer_}); return;
    case Ending::answer: actions.emplace_back(Refuse{answer_}); return;
    case Ending::cancel: actions.emplace_back(SendCancel{answer_.headers}); return;
  }
}

void Termination::take(const Done& done, CallFacts& /*facts*/, Actions& actions) {
  if (phase_ != Phase::under_way) return;
  // The far end may have been quicker, by a CANCEL or a BYE.
  const boost::system::error_code& error = done.outcome.error;
  const bool had_ended =
      done.is_over && (error == Errc::cancelled || error == Errc::unknown_dialog);
  finish(had_ended ? dialog_had_ended() : done.outcome, false, actions);
}

void Termination::finish(const Outcome& outcome, bool in_own_turn, Actions& actions) {
  phase_ = Phase::idle;
  answer_ = {};
  for (const HandlerId handler : std::exchange(handlers_, {})) {
    in_own_turn ? tell_later(handler, outcome, actions) : tell(handler, outcome, actions);
  }
}

void Termination::take(const ByeSent& bye, CallFacts& /*facts*/, Actions& /*actions*/) {
  if (bye.left) bye_challenged_ = false;
}

void Termination::take(const ByeAnswered& bye, CallFacts& /*facts*/, Actions& /*actions*/) {
  bye_challenged_ = bye.status == 401 || bye.status == 407;
}

void Termination::take(const HungUp& /*input*/, CallFacts& /*facts*/, Actions& /*actions*/) {
  bye_challenged_ = false;
}

}  // namespace drachtio::call
