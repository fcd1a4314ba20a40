#include "call/caller_check.hpp"

#include <drachtio/error.hpp>

namespace drachtio::call {

CallerCheck::Actions CallerCheck::on(const Input& input, const Facts& facts) {
  Actions actions;
  std::visit([&](const auto& one) { take(one, facts, actions); }, input);
  return actions;
}

void CallerCheck::take(const Ask& /*input*/, const Facts& facts, Actions& actions) {
  if (phase_ == Phase::asking || phase_ == Phase::waiting) return;
  ++round_;
  if (!facts.requires_100rel) ask(facts, actions);
}

void CallerCheck::ask(const Facts& facts, Actions& actions) {
  phase_ = Phase::idle;
  if (facts.is_over) return;
  if (!facts.is_open) return wait(Phase::waiting, actions);
  phase_ = Phase::asking;
  actions.emplace_back(SendQuestion{round_});
}

void CallerCheck::take(const Answered& answered, const Facts& facts, Actions& actions) {
  if (phase_ != Phase::asking || answered.round != round_) return;
  phase_ = Phase::idle;
  if (facts.is_over) return;
  if (answered.error == Errc::no_link) {
    wait(Phase::lost, actions);
  } else if (facts.is_open && answered.refusal == wire::Refusal::unknown_transaction) {
    actions.emplace_back(InDoubt{});
  } else if (!answered.error || !facts.is_open) {
    wait(Phase::waiting, actions);
  }
}

void CallerCheck::wait(Phase phase, Actions& actions) {
  phase_ = phase;
  actions.emplace_back(WaitToAsk{round_});
}

void CallerCheck::take(const AskAgain& again, const Facts& facts, Actions& actions) {
  const bool waits = phase_ == Phase::waiting || phase_ == Phase::lost;
  if (!waits || again.round != round_) return;
  phase_ = Phase::idle;
  if (!facts.is_heard) ask(facts, actions);
}

void CallerCheck::take(const Begun& /*input*/, const Facts& /*facts*/, Actions& /*actions*/) {
  phase_ = Phase::idle;
  ++round_;
}

}  // namespace drachtio::call
