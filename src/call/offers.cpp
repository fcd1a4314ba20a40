#include "call/offers.hpp"

#include "call/description.hpp"

#include <drachtio/error.hpp>

#include <utility>

namespace drachtio::call {

namespace {

constexpr int most_attempts = 5;

}  // namespace

Offers::Actions Offers::on(const Input& input, const Call& call) {
  Actions actions;
  std::visit([&](const auto& one) { take(one, call, actions); }, input);
  return actions;
}

OfferFacts Offers::facts(const Call& call) const {
  return {.ours = phase_ == Phase::open,
          .theirs = theirs_ != 0,
          .theirs_awaits_ack = theirs_awaits_ack_,
          .first_answered = call.first_answered,
          .can_receive = call.can_receive};
}

// Returns what is told in place of an offer that is not made.
std::optional<Outcome> Offers::why_not(const Wanted& offer, const Call& call) const {
  const bool is_over = call.dialog.state == State::terminated;
  if (offer.held) {
    if (is_over) return outcome_of(Errc::dialog_over, "the dialog has ended");
    if (!call.dialog.local.sdp) {
      return outcome_of(Errc::malformed, "there is no SDP of ours to offer again");
    }
    const bool is_so = call.dialog.held_locally == *offer.held;
    if (is_so && phase_ == Phase::idle && wanted_.empty()) {
      return outcome_of({}, *offer.held ? "it is on hold already" : "it is not on hold");
    }
  } else if (offer.sdp.empty()) {
    return outcome_of(Errc::malformed, "a re-INVITE needs an offer: nobody would answer theirs");
  }
  if (is_over || call.has_link) return std::nullopt;
  return outcome_of(Errc::no_link, "there is no link to " + call.dialog.server);
}

void Offers::take(const Make& make, const Call& call, Actions& actions) {
  if (auto why = why_not(make.offer, call)) {
    return tell_later(make.offer.handler, std::move(*why), actions);
  }
  wanted_.push_back(make.offer);
  next(call, actions);
}

void Offers::take(const GoOn& /*input*/, const Call& call, Actions& actions) {
  next(call, actions);
}

// Makes the offer whose turn it is, if nothing stands in its way any more.
void Offers::next(const Call& call, Actions& actions) {
  if (phase_ != Phase::idle || wanted_.empty()) return;
  Wanted& ours = wanted_.front();
  const bool may_go = may_offer(ours.method, call.dialog, facts(call));
  if (!may_go && call.dialog.state != State::terminated) return;
  phase_ = Phase::open;
  ++ours.attempts;
  actions.emplace_back(Send{ours.method, ours.headers,
                            ours.held ? offer_of_hold(call.dialog, *ours.held) : ours.sdp});
}

void Offers::take(const Answered& answered, const Call& call, Actions& actions) {
  if (phase_ != Phase::open) return;
  const auto& [error, answer] = answered.outcome;
  Wanted& ours = wanted_.front();
  const auto pause = error ? std::nullopt : pause_after(answer, call.dialog.role);
  if (pause && ours.attempts < most_attempts) {
    phase_ = Phase::pausing;
    ours.refusal = answer;
    actions.emplace_back(Wait{*pause});
    return;
  }
  if (!error && answer.status < 300 && ours.method == "INVITE") {
    actions.emplace_back(Acknowledge{answer.cseq()});
  }
  finish(answered.outcome, call, actions);
}

// Tells what came of our offer, once the next one is on its way.
void Offers::finish(Outcome outcome, const Call& call, Actions& actions) {
  const Wanted offer = std::move(wanted_.front());
  wanted_.erase(wanted_.begin());
  phase_ = Phase::idle;
  const bool is_refused = !outcome.error && outcome.message.status >= 300;
  if (is_refused && !offer.any_answer) outcome.error = Errc::rejected;
  next(call, actions);
  SipMessage answer = outcome.message;
  tell(offer.handler, std::move(outcome), actions);
  if (is_refused) actions.emplace_back(HangUpIfGone{offer.method, std::move(answer)});
}

void Offers::take(const PauseOver& pause, const Call& call, Actions& actions) {
  if (phase_ != Phase::pausing) return;
  // Theirs was quicker. It may wait for ours: each leg of two for the other's.
  if (theirs_ != 0 && !pause.theirs_is_answered) {
    return finish({{}, std::move(wanted_.front().refusal)}, call, actions);
  }
  phase_ = Phase::idle;
  next(call, actions);
}

// RFC 3261 14.2, RFC 3311 5.2: one offer at a time.
void Offers::take(const Came& offer, const Call& call, Actions& actions) {
  if (offer.method == "INVITE") theirs_awaits_ack_.reset();  // it has been sent, and was lost
  if (const auto status = refusal_of_offer(offer.method, call.dialog, facts(call))) {
    actions.emplace_back(
        Refuse{*status, *status == 500 ? std::optional{retry_after()} : std::nullopt});
    return;
  }
  theirs_ = offer.offer;
  actions.emplace_back(Ask{});
}

void Offers::take(const CameByPrack& offer, const Call& /*call*/, Actions& actions) {
  theirs_ = offer.offer;
  actions.emplace_back(Ask{});
}

void Offers::take(const Accepted& offer, const Call& /*call*/, Actions& actions) {
  if (offer.offer == 0 || theirs_ != offer.offer) return;
  theirs_awaits_ack_ = offer.cseq;
  actions.emplace_back(AwaitAck{offer.cseq});
}

void Offers::take(const TheirsOver& offer, const Call& call, Actions& actions) {
  if (offer.offer == 0 || theirs_ != offer.offer) return;
  theirs_ = 0;
  next(call, actions);
}

void Offers::take(const Acknowledged& ack, const Call& call, Actions& actions) {
  if (theirs_awaits_ack_ != ack.cseq) return;
  theirs_awaits_ack_.reset();
  next(call, actions);
}

void Offers::take(const Unheard& /*input*/, const Call& call, Actions& actions) {
  theirs_awaits_ack_.reset();
  next(call, actions);
}

void Offers::take(const Stopped& /*input*/, const Call& /*call*/, Actions& actions) {
  if (phase_ == Phase::pausing) phase_ = Phase::idle;
  const auto first = wanted_.begin() + (phase_ == Phase::idle ? 0 : 1);  // what is out is answered
  for (auto one = first; one != wanted_.end(); ++one) {
    tell_later(one->handler, outcome_of(Errc::no_link, "the Agent was stopped"), actions);
  }
  wanted_.erase(first, wanted_.end());
}

}  // namespace drachtio::call
