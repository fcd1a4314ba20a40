#include "dialog/setup.hpp"

#include "dialog/describe.hpp"
#include "dialog/forks.hpp"
#include "dialog/hold.hpp"
#include "dialog/identity.hpp"
#include "dialog/parties.hpp"
#include "dialog/rules.hpp"

namespace drachtio::dialog {

namespace {

using sip::Message;

// The reason of a cancelled INVITE, where nothing else says why.
constexpr const char* cancelled_phrase = "487 Request Terminated";

// Our own CANCEL has said why; the 487 does not.
void take_cancel_reason(Event& event, const Dialog& tip) {
  if (!event.reason) event.reason = cancelled_phrase;
  if (!tip.cancel_sent) return;
  if (tip.cancel_sent->text) event.reason = tip.cancel_sent->text;
  if (tip.cancel_sent->q850_cause) event.q850_cause = tip.cancel_sent->q850_cause;
  if (tip.cancel_sent->completed_elsewhere) event.completed_elsewhere = true;
}

std::string status_line(const Message& answer) {
  std::string line = std::to_string(answer.status);
  if (!answer.phrase.empty()) line += " " + answer.phrase;
  return line;
}

Opening opening_of(const Observation& seen, std::string id, Role role) {
  const Message& message = seen.message;
  Opening opening;
  opening.server = seen.server;
  opening.dialog_id = std::move(id);
  opening.call_id = message.call_id;
  opening.role = role;
  opening.calling_party = calling_party(message);
  opening.called_party = addressed_party(message);
  opening.from_user = message.from.user;
  opening.to_user = message.to.user;
  return opening;
}

std::string opened_id(const Message& message) {
  return dialog_id(message.call_id, message.from.tag.value_or(""));
}

// Our side's first description says what it wants of the streams. Where that is an answer, the far
// end's offer bounds it.
void note_first_wish(Event& event, const Dialog& tip, std::optional<std::string_view> offer) {
  if (event.direction != Direction::out || !event.sdp) return;
  std::string wanted = wanted_after({}, event.sdp->text, offer, true);
  if (wanted != tip.wanted_streams) event.wanted = std::move(wanted);
}

std::optional<std::string_view> text_of(const std::optional<std::string>& sdp) {
  if (!sdp) return std::nullopt;
  return *sdp;
}

Event invited(const Observation& seen, std::string id, Role role) {
  Event event = describe_with_tags(seen, EventType::invited);
  event.opening = opening_of(seen, std::move(id), role);
  event.branch = seen.message.branch;
  event.uri = seen.message.request_uri();
  event.transaction_id = seen.transaction_id;
  event.contact = seen.message.contact;
  event.received_on = seen.received_on;
  event.sdp = seen.message.sdp;
  note_first_wish(event, {}, {});
  return event;
}

// The 2xx, or a provisional answer with a description of its own.
void take_answer(Event& event, const Dialog& tip, const Message& answer) {
  event.contact = answer.contact;
  event.sdp = answer.sdp;
  const auto& offer = tip.late_offer ? std::optional<std::string>{} : caller(tip).sdp;
  note_first_wish(event, tip, text_of(offer));
}

Event answered(const Dialog& tip, const Observation& seen) {
  Event event = describe_with_tags(seen, EventType::answered);
  take_answer(event, tip, seen.message);
  event.called_party = asserted_called_party(seen.message);
  // No ACK is ever seen of either.
  if (seen.channel == Channel::start || seen.of_proxied) {
    event.answered_by_proxy = seen.of_proxied || seen.call_record_token.starts_with("proxy");
    event.settled = event.answered_by_proxy || !is_own(tip) || seen.connection_gone;
  }
  return event;
}

// A cdr:start of a dialog not known: it was answered before we listened.
Event answered_in_mid_call(const Observation& seen) {
  Event event = answered({}, seen);
  event.opening = opening_of(seen, opened_id(seen.message), role_of(seen, true));
  // What a 2xx asserts is the called party; of the caller only From is left (RFC 3325 9.1).
  event.opening->calling_party = {seen.message.from.user, seen.message.from.display, std::nullopt};
  event.branch = seen.message.branch;
  return event;
}

// True where a CANCEL tells why a leg was cancelled that a cdr:stop has ended: the two ways tell of
// that within 5 s of each other.
bool completes_end(const Dialog& tip, const Observation& seen) {
  constexpr std::chrono::seconds apart{5};
  if (tip.state != State::terminated || tip.cause != Cause::cancelled) return false;
  const bool is_unexplained = tip.reason && tip.reason->starts_with("487");
  if (!is_unexplained || !tip.times.end_time) return false;
  const Microseconds after = seen.occurred_at - *tip.times.end_time;
  return after <= apart && after >= -apart;
}

}  // namespace

bool is_initial_invite(const Observation& seen) {
  const Message& message = seen.message;
  return message.is_request() && message.method == "INVITE" && !message.to.tag &&
         (seen.channel == Channel::sip || seen.channel == Channel::attempt);
}

std::optional<Event> open(const Observation& seen) {
  if (seen.channel == Channel::start) return answered_in_mid_call(seen);
  return invited(seen, opened_id(seen.message), role_of(seen, true));
}

// The dialog's identity stands, whatever a muddled envelope says.
Event reopen(const Dialog& tip, const Observation& seen) {
  return invited(seen, tip.dialog_id, tip.role);
}

std::optional<Event> invite_again(const Dialog& tip, const Observation& seen) {
  if (seen.channel != Channel::stop) return without_effect(seen);
  // cdr:stop of a caller's CANCEL
  if (is_over(tip) || is_answered(tip)) return std::nullopt;
  if (!acts_on_invite(tip, seen)) return without_effect(seen);
  Event event = describe(seen, EventType::cancelled);
  event.cause = Cause::cancelled;
  take_cancel_reason(event, tip);
  return event;
}

Event answer_to_invite(const Dialog& tip, const Observation& seen) {
  const Message& answer = seen.message;
  if (!acts_on_invite(tip, seen) || is_answered(tip)) return answer_without_effect(seen);
  if (is_over(tip)) {
    Event event = answer_without_effect(seen);
    // The call was hung up before it was answered: this is its INVITE's status all the same.
    if (!tip.status && answer.status >= 300) event.branch = answer.branch;
    return event;
  }
  switch (answer.status_class()) {
    case 1: {
      if (tip.state == State::terminated || has_ended_early(tip, answer.to.tag)) {
        return answer_without_effect(seen);
      }
      Event event = describe_with_tags(seen, EventType::progressed);
      take_answer(event, tip, answer);
      return event;
    }
    case 2: return answered(tip, seen);
    default: {
      const bool challenge = answer.status == 401 || answer.status == 407;
      Event event =
          describe_with_tags(seen, challenge ? EventType::challenged : EventType::rejected);
      event.cause = challenge              ? Cause::challenged
                    : answer.status == 487 ? Cause::cancelled
                                           : Cause::rejected;
      event.reason = status_line(answer);
      note_reason(event, answer.reason);
      if (event.cause == Cause::cancelled) take_cancel_reason(event, tip);
      return event;
    }
  }
}

Event cancel(const Dialog& tip, const Observation& seen) {
  if (!acts_on_invite(tip, seen)) return without_effect(seen);
  const sip::Reason& reason = seen.message.reason;
  const bool is_new = reason.text || reason.q850_cause || reason.completed_elsewhere;
  const bool completes = completes_end(tip, seen) && is_new;
  const bool ends = seen.direction == Direction::in && !is_over(tip) && !is_answered(tip);
  Event event = describe(seen, ends || completes ? EventType::cancelled : EventType::requested);
  note_reason(event, reason);
  if (event.type == EventType::cancelled) {
    event.cause = Cause::cancelled;
    event.reason = reason.text.value_or(completes ? *tip.reason : cancelled_phrase);
  } else if (seen.direction == Direction::out && !is_over(tip)) {
    event.reason = reason.text;  // of the end to come
    event.branch = seen.message.branch;
  }
  return event;
}

Event prack(const Dialog& tip, const Observation& seen) {
  if (tip.state == State::terminated || for_another_fork(tip, seen.message)) {
    return without_effect(seen);
  }
  const bool first = tip.state == State::pending && !is_answered(tip);
  Event event = describe(seen, first ? EventType::early : EventType::requested);
  event.sdp = seen.message.sdp;
  if (event.sdp) event.to_tag = seen.message.to.tag;  // the fork it is for
  if (prack_answers(tip, event.to_tag)) {
    note_first_wish(event, tip, text_of(agreement_with(tip, event.to_tag).of_callee));
  }
  return event;
}

}  // namespace drachtio::dialog
