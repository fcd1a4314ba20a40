#include "call/client_request.hpp"

#include "sip/body.hpp"
#include "sip/compose.hpp"

#include <drachtio/error.hpp>

#include <stdexcept>
#include <utility>

namespace drachtio::call {

using boost::system::error_code;

namespace {

constexpr const char* had_ended = "the call had ended";

Outcome no_offer() { return outcome_of(Errc::malformed, "no offer waits for an answer"); }

// Writes the method as SIP has it. A method that is no token stays as it is, and the first attempt
// fails for it.
Attempts::Asked with_method_name(Attempts::Asked asked) {
  try {
    asked.method = sip::method_name(asked.method);
  } catch (const std::invalid_argument&) {
  }
  return asked;
}

// Returns why a CANCEL cannot have these headers, or the BYE in its place.
std::optional<Outcome> why_no_cancel(const Headers& headers) {
  constexpr std::size_t room = wire::largest_payload - 2048;  // beside the first line, its ids
  try {
    const std::size_t size = sip::compose("CANCEL sip:placeholder SIP/2.0", headers, {}).size();
    if (size <= room) return std::nullopt;
    return outcome_of(Errc::too_long, "a CANCEL of " + std::to_string(size) + " bytes");
  } catch (const std::invalid_argument& error) {
    return outcome_of(Errc::malformed, error.what());
  }
}

// Returns why the program's answer to an offer cannot be sent. Such an answer is not noted as
// given.
std::optional<Outcome> why_no_answer(const std::string& sdp) {
  if (sdp.empty()) return outcome_of(Errc::malformed, "an answer has an SDP");
  try {
    static_cast<void>(sip::compose("ACK sip:placeholder SIP/2.0", {}, sdp));
    return std::nullopt;
  } catch (const std::invalid_argument& error) {
    return outcome_of(Errc::malformed, error.what());
  }
}

}  // namespace

ClientRequest::ClientRequest(Options options)
    : attempts_(with_method_name(std::move(options.asked))),
      body_(std::move(options.body)),
      route_(std::move(options.route)),
      late_offer_(options.late_offer) {}

ClientRequest::Actions ClientRequest::on(const Input& input, CallFacts& facts) {
  Actions actions;
  std::visit([&](const auto& one) { take(one, facts, actions); }, input);
  return actions;
}

void ClientRequest::take(const Place& /*input*/, CallFacts& facts, Actions& actions) {
  if (!is_over()) attempt(facts, actions);
}

void ClientRequest::attempt(CallFacts& facts, Actions& actions) {
  phase_ = Phase::sending;
  transaction_id_.clear();
  reliable_.clear();
  facts.late_offer = {};
  try {
    static_cast<void>(sip::method_name(attempts_.method()));
    sip::require_uri(attempts_.uri());
    if (!route_.empty()) sip::require_uri(route_);
    actions.emplace_back(
        Send{wire::request(sip::compose(attempts_.method() + ' ' + attempts_.uri() + " SIP/2.0",
                                        attempts_.headers(), body_),
                           route_)});
  } catch (const std::invalid_argument& error) {
    finish(outcome_of(Errc::malformed, error.what()), actions);
  }
}

void ClientRequest::take(const Sent& sent, CallFacts& /*facts*/, Actions& actions) {
  if (is_over()) return;
  phase_ = Phase::proceeding;
  transaction_id_ = sent.transaction_id;
  has_dialog_ = has_dialog_ || sent.has_dialog;
  attempts_.sent(sent.message);
  if (cancelling_) send_cancel(actions);
}

void ClientRequest::take(const Failed& failed, CallFacts& /*facts*/, Actions& actions) {
  finish(failed.outcome, actions);
}

void ClientRequest::take(const Answered& answer, CallFacts& facts, Actions& actions) {
  if (is_over()) return;
  const SipMessage& response = answer.message;
  if (response.status < 200) return provisional(response, facts, actions);
  if (response.status < 300) return success(response, facts, actions);
  const bool goes_on =
      !cancelling_ && attempts_.asks_for_another(response, facts.nonces, answer.cnonce);
  if (goes_on) return attempt(facts, actions);
  finish({cancelling_ ? Errc::cancelled : Errc::rejected, response}, actions);
}

// RFC 3262 section 4: a reliable answer is acknowledged once, by us, unless it offers what the
// program must answer.
void ClientRequest::provisional(const SipMessage& response, CallFacts& facts, Actions& actions) {
  const std::string rseq{response.headers["RSeq"]};
  std::string tag = response.to().tag;
  if (response.status == 199) facts.late_offer.ended(tag);
  if (!rseq.empty() && has_dialog_ && reliable_.insert(tag + ' ' + rseq).second) {
    std::string rack = rseq + ' ' + std::string{attempts_.sent().headers["CSeq"]};
    const bool offers = makes_a_late_offer(response) && !facts.late_offer.is_answered_by_prack(tag);
    if (offers) {
      facts.late_offer.offered({std::move(rack), std::move(tag)});
    } else {
      actions.emplace_back(SendInDialog{"PRACK", {{"RAck", std::move(rack)}}});
    }
  }
  actions.emplace_back(TellProvisional{response});
}

// A body may also be of another kind: an ISUP message, a part of another session.
bool ClientRequest::makes_a_late_offer(const SipMessage& response) const {
  return late_offer_ && response.status != 199 &&
         sip::session_description(response.body, sip::body_headers(response.headers)).has_value();
}

void ClientRequest::success(const SipMessage& response, CallFacts& facts, Actions& actions) {
  if (is_invite() && has_dialog_) {
    up_ = response.to().tag;
    facts.late_offer.chosen(*up_);
    facts.given_up = cancelling_.has_value();
    const bool is_answered = facts.late_offer.is_answered_by_prack(*up_);
    if (!late_offer_ || is_answered || cancelling_) acknowledge(facts, actions);
    // The server hangs up by itself if it took the CANCEL before the 2xx came.
    if (cancel_was_refused()) actions.emplace_back(SendInDialog{"BYE", cancelling_->headers});
  }
  finish({{}, response}, actions);
}

// Acknowledges the 2xx without a description: nothing that it offers is answered.
void ClientRequest::acknowledge(CallFacts& facts, Actions& actions) {
  if (late_offer_) facts.late_offer.acknowledge(*up_);
  actions.emplace_back(SendInDialog{"ACK"});
}

void ClientRequest::finish(Outcome outcome, Actions& actions) {
  if (is_over()) return;
  phase_ = Phase::over;
  outcome_ = std::move(outcome);
  if (cancelling_ && !cancelling_->sent) {
    for (const HandlerId waiting : std::exchange(cancelling_->waiting, {})) {
      tell_later(waiting, outcome_of({}, had_ended), actions);
    }
  }
  actions.emplace_back(AwaitTurn{});
}

void ClientRequest::take(const Turn& /*input*/, CallFacts& /*facts*/, Actions& actions) {
  if (phase_ != Phase::over) return;
  phase_ = Phase::told;
  if (cancelling_ && !outcome_.error) outcome_.error = Errc::cancelled;
  actions.emplace_back(TellOutcome{std::exchange(outcome_, {})});
}

void ClientRequest::take(const Cancel& cancel, CallFacts& facts, Actions& actions) {
  if (!is_invite()) {  // it is over within 32 s by itself
    return tell_later(cancel.handler,
                      outcome_of(Errc::malformed, "only an INVITE can be cancelled"), actions);
  }
  if (const auto why = why_no_cancel(cancel.headers)) {
    return tell_later(cancel.handler, *why, actions);
  }
  if (phase_ == Phase::told) return tell_later(cancel.handler, outcome_of({}, had_ended), actions);
  const bool is_first = !cancelling_;
  if (is_first) cancelling_ = Cancelling{cancel.headers, false, std::nullopt, {}};
  if (is_over()) {
    if (!is_first || !has_dialog_) {
      return tell_later(cancel.handler, outcome_of({}, had_ended), actions);
    }
    // The final answer has been read, and whoever gives up has not heard of it.
    facts.given_up = true;
    actions.emplace_back(End{cancel.headers, cancel.handler});
    return;
  }
  if (cancelling_->outcome) return tell_later(cancel.handler, *cancelling_->outcome, actions);
  if (cancel.handler != 0) cancelling_->waiting.push_back(cancel.handler);
  if (phase_ == Phase::proceeding && !cancelling_->sent) send_cancel(actions);
}

// RFC 3261 9.1: a CANCEL does not go out before a provisional answer; the server sees to that.
void ClientRequest::send_cancel(Actions& actions) {
  cancelling_->sent = true;
  actions.emplace_back(SendCancel{wire::cancel(
      transaction_id_, sip::compose("CANCEL sip:placeholder SIP/2.0", cancelling_->headers, {}))});
}

// A server that had the 2xx already refuses the CANCEL, and leaves the call to us.
void ClientRequest::take(const CancelSent& cancel, CallFacts& /*facts*/, Actions& actions) {
  if (!cancelling_) return;
  cancelling_->outcome = cancel.outcome;
  std::vector<HandlerId> waiting = std::exchange(cancelling_->waiting, {});
  if (up_ && cancel_was_refused()) {
    actions.emplace_back(SendInDialog{"BYE", cancelling_->headers, std::move(waiting)});
    return;
  }
  for (const HandlerId one : waiting) tell(one, cancel.outcome, actions);
}

bool ClientRequest::cancel_was_refused() const {
  return cancelling_ && cancelling_->outcome &&
         cancelling_->outcome->error == Errc::refused_by_server;
}

void ClientRequest::take(const Acknowledge& answer, CallFacts& facts, Actions& actions) const {
  if (!has_dialog_) {
    return tell_later(answer.handler, outcome_of(Errc::no_dialog, "the INVITE has not been sent"),
                      actions);
  }
  if (const auto why = why_no_answer(answer.sdp)) {
    return tell_later(answer.handler, *why, actions);
  }
  if (!late_offer_ || !answer.has_2xx || facts.late_offer.is_answered(answer.tag)) {
    return tell_later(answer.handler, no_offer(), actions);
  }
  facts.late_offer.acknowledge(answer.tag);
  actions.emplace_back(AnswerOffer{.sdp = answer.sdp, .handler = answer.handler});
}

void ClientRequest::take(const Prack& answer, CallFacts& facts, Actions& actions) {
  if (const auto why = why_no_answer(answer.sdp)) {
    return tell_later(answer.handler, *why, actions);
  }
  if (!has_dialog_ || !facts.late_offer.waits()) {
    return tell_later(answer.handler, no_offer(), actions);
  }
  const bool is_acknowledged = up_ && facts.late_offer.is_answered(*up_);
  actions.emplace_back(AnswerOffer{answer.sdp, facts.late_offer.prack(), answer.handler});
  // A 2xx that did not wait for the PRACK has had no ACK (see success()), and offers nothing more.
  if (up_ && !is_acknowledged && !facts.given_up) acknowledge(facts, actions);
}

void ClientRequest::take(const OfferAnswered& answered, CallFacts& facts, Actions& actions) {
  const error_code& error = answered.outcome.error;
  const auto& reliable = answered.answer.reliable;
  if (error && !reliable) facts.late_offer.acknowledge_failed();
  // A PRACK that was lost with its link or its dialog may have left.
  const bool did_not_leave = error && error != Errc::no_link && error != Errc::dialog_over;
  if (did_not_leave && reliable) facts.late_offer.prack_failed(*reliable);
  tell(answered.answer.handler, answered.outcome, actions);
}

}  // namespace drachtio::call
