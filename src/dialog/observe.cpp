#include "dialog/observe.hpp"

#include "dialog/identity.hpp"
#include "dialog/parties.hpp"
#include "dialog/rules.hpp"
#include "sip/sdp.hpp"

namespace drachtio::dialog {

namespace {

using sip::Message;

// The facts every event of a message carries.
Event describe(const Observation& seen, EventType type) {
  Event event;
  event.type = type;
  event.occurred_at = seen.occurred_at;
  event.direction = seen.direction;
  event.from_call_record = seen.channel == Channel::attempt || seen.channel == Channel::start ||
                           seen.channel == Channel::stop;
  event.unsolicited = seen.unsolicited;
  if (seen.channel == Channel::proxy) return event;
  event.method = seen.message.method;
  event.cseq = seen.message.cseq;
  event.status = seen.message.status;
  event.phrase = seen.message.phrase;
  event.key = seen.key;
  return event;
}

// The same, for the messages that set the dialog's tags: those up to the 2xx.
Event describe_with_tags(const Observation& seen, EventType type) {
  Event event = describe(seen, type);
  event.from_tag = seen.message.from.tag;
  event.to_tag = seen.message.to.tag;
  return event;
}

Event without_effect(const Observation& seen) {
  return describe(seen, seen.message.is_request() ? EventType::requested : EventType::responded);
}

std::string status_line(const Message& answer) {
  std::string line = std::to_string(answer.status);
  if (!answer.phrase.empty()) line += " " + answer.phrase;
  return line;
}

// The message is about the INVITE the dialog stands on, not about a fork of it upstream.
bool acts_on_invite(const DialogState& tip, const Message& message) {
  return message.cseq == tip.invite.cseq && message.branch == tip.invite.branch;
}

bool is_initial_invite(const Observation& seen) {
  const Message& message = seen.message;
  return message.is_request() && message.method == "INVITE" && !message.to.tag &&
         (seen.channel == Channel::sip || seen.channel == Channel::attempt);
}

Opening opening_of(const Observation& seen, Identity identity) {
  const Message& message = seen.message;
  Opening opening;
  opening.server = seen.server;
  opening.dialog_id = std::move(identity.dialog_id);
  opening.call_id = message.call_id;
  opening.role = identity.role;
  opening.calling_party = calling_party(message);
  opening.called_party = addressed_party(message);
  opening.from_user = message.from.user;
  opening.to_user = message.to.user;
  return opening;
}

// --- opening -----------------------------------------------------------------------------------

Event invited(const Observation& seen, Identity identity) {
  Event event = describe_with_tags(seen, EventType::invited);
  event.opening = opening_of(seen, std::move(identity));
  event.branch = seen.message.branch;
  event.transaction_id = seen.transaction_id;
  event.contact = seen.message.contact;
  event.received_on = seen.received_on;
  event.sdp = seen.message.sdp;
  return event;
}

Event answered(const Observation& seen) {
  Event event = describe_with_tags(seen, EventType::answered);
  event.contact = seen.message.contact;
  event.sdp = seen.message.sdp;
  event.called_party = asserted_called_party(seen.message);
  return event;
}

// A cdr:start of a dialog not known: it was answered before we listened.
Event answered_in_mid_call(const Observation& seen) {
  Event event = answered(seen);
  event.opening = opening_of(seen, opened_identity(seen));
  // What a 2xx asserts is the called party; of the caller only From is left (RFC 3325 9.1).
  event.opening->calling_party = {seen.message.from.user, seen.message.from.display, std::nullopt};
  event.branch = seen.message.branch;
  return event;
}

std::optional<Event> open(const Observation& seen) {
  const Message& message = seen.message;
  const bool call_record_start = seen.channel == Channel::start;
  if (call_record_start && message.method == "INVITE" && message.status_class() == 2) {
    return answered_in_mid_call(seen);
  }
  return is_initial_invite(seen) ? std::optional{invited(seen, opened_identity(seen))}
                                 : std::nullopt;
}

// --- the INVITE and its answers ----------------------------------------------------------------

std::optional<Event> initial_invite(const DialogState& tip, const Observation& seen) {
  if (seen.channel == Channel::stop) {  // cdr:stop of a caller's CANCEL: the INVITE again
    if (is_over(tip) || is_answered(tip)) return std::nullopt;
    if (!acts_on_invite(tip, seen.message)) return without_effect(seen);
    Event event = describe(seen, EventType::cancelled);
    event.cause = Cause::cancelled;
    event.reason = "487 Request Terminated";  // the CANCEL's own Reason is not known
    return event;
  }
  const bool retry =
      tip.state == State::terminated && !is_answered(tip) && seen.message.cseq > tip.invite.cseq;
  // The same dialog: its identity stands, whatever a muddled envelope says.
  return retry ? invited(seen, {tip.dialog_id, tip.role}) : without_effect(seen);
}

std::optional<Event> answer_to_invite(const DialogState& tip, const Observation& seen) {
  const Message& answer = seen.message;
  if (!acts_on_invite(tip, answer) || is_answered(tip)) return without_effect(seen);
  if (is_over(tip)) {
    Event event = without_effect(seen);
    // The call was hung up before it was answered: this is its INVITE's status all the same.
    if (!tip.status && answer.status >= 300) event.branch = answer.branch;
    return event;
  }
  switch (answer.status_class()) {
    case 1: {
      if (tip.state == State::terminated) return without_effect(seen);
      Event event = describe_with_tags(seen, EventType::progressed);
      event.contact = answer.contact;
      event.sdp = answer.sdp;
      return event;
    }
    case 2: return answered(seen);
    default: {
      const bool challenge = answer.status == 401 || answer.status == 407;
      Event event =
          describe_with_tags(seen, challenge ? EventType::challenged : EventType::rejected);
      event.cause = challenge              ? Cause::challenged
                    : answer.status == 487 ? Cause::cancelled
                                           : Cause::rejected;
      event.reason = status_line(answer);
      return event;
    }
  }
}

Event cancel(const DialogState& tip, const Observation& seen) {
  const bool in_time = seen.direction == Direction::in && !is_over(tip) && !is_answered(tip) &&
                       acts_on_invite(tip, seen.message);
  if (!in_time) return without_effect(seen);
  Event event = describe(seen, EventType::cancelled);
  event.cause = Cause::cancelled;
  event.reason = seen.message.reason_text.value_or("487 Request Terminated");
  return event;
}

Event prack(const DialogState& tip, const Observation& seen) {
  if (tip.state == State::terminated || is_answered(tip)) return without_effect(seen);
  const bool first = tip.state == State::pending;
  Event event = describe(seen, first ? EventType::early : EventType::requested);
  event.sdp = seen.message.sdp;
  return event;
}

// A PRACK may carry an offer, and its 2xx the answer (RFC 3262 section 5).
Event answer_to_prack(const DialogState& tip, const Observation& seen) {
  const bool agrees = seen.message.status_class() == 2 && seen.message.sdp &&
                      tip.state != State::terminated && !is_answered(tip);
  if (!agrees) return without_effect(seen);
  Event event = describe_with_tags(seen, EventType::responded);
  event.sdp = seen.message.sdp;
  return event;
}

// What another fork sends does not concern the call that was answered (RFC 3261 12.2.2).
bool for_another_fork(const DialogState& tip, const Message& request) {
  if (!is_answered(tip) || !tip.local.tag || !tip.remote.tag || !request.from.tag ||
      !request.to.tag) {
    return false;
  }
  const bool same = (request.from.tag == tip.local.tag && request.to.tag == tip.remote.tag) ||
                    (request.from.tag == tip.remote.tag && request.to.tag == tip.local.tag);
  return !same;
}

// --- offers in the dialog (RFC 3261 14, RFC 3311) ----------------------------------------------

// What an offer does, given the side that makes it.
Modification modification(const DialogState& tip, bool by_us, const std::optional<Sdp>& offer) {
  if (!offer) return Modification::refresh;
  const bool was_held = by_us ? tip.held_locally : tip.held_remotely;
  const bool holds = sip::is_hold(offer->text);
  if (holds != was_held) return holds ? Modification::hold : Modification::unhold;
  const std::optional<std::string>& before = by_us ? tip.local.sdp : tip.remote.sdp;
  return before && sip::same_version(*before, offer->text) ? Modification::refresh
                                                           : Modification::modify;
}

Event offered(const DialogState& tip, const Observation& seen) {
  if (tip.state == State::terminated || for_another_fork(tip, seen.message)) {
    return without_effect(seen);
  }
  Event event = describe(seen, EventType::offered);
  event.contact = seen.message.contact;
  event.sdp = seen.message.sdp;
  return event;
}

Event answer_to_offer(const DialogState& tip, const Observation& seen) {
  const Message& answer = seen.message;
  const bool by_us = seen.direction == Direction::in;
  const WaitingOffer* offer = find_offer(tip, answer.method, answer.cseq, by_us);
  if (offer == nullptr || offer->answered || answer.status_class() != 2 ||
      tip.state == State::terminated) {
    return without_effect(seen);
  }
  // In an early dialog the tags say which fork has agreed.
  Event event = is_answered(tip) ? describe(seen, EventType::modified)
                                 : describe_with_tags(seen, EventType::modified);
  event.contact = answer.contact;
  event.sdp = answer.sdp;
  // A 2xx that is itself the offer changes nothing before its ACK.
  if (is_late_offer(*offer, answer.sdp)) return event;
  event.offered_by_us = by_us;
  event.modification = modification(tip, by_us, offer->sdp);
  return event;
}

Event ack(const DialogState& tip, const Observation& seen) {
  if (for_another_fork(tip, seen.message)) return without_effect(seen);
  const bool by_us = seen.direction == Direction::out;
  const bool for_invite = seen.message.cseq == tip.invite.cseq && by_us == (tip.role == Role::uac);
  const bool awaited =
      is_answered(tip) && (tip.state == State::pending || tip.state == State::early);
  Event event =
      describe(seen, for_invite && awaited ? EventType::confirmed : EventType::acknowledged);
  event.sdp = seen.message.sdp;
  if (const WaitingOffer* offer = find_offer(tip, "INVITE", seen.message.cseq, by_us);
      offer != nullptr && offer->answered && event.type == EventType::acknowledged) {
    event.offered_by_us = !by_us;
    event.modification = modification(tip, !by_us, offer->sdp);
  }
  return event;
}

// --- the end -----------------------------------------------------------------------------------

// A BYE the server sent in the program's name says why in its Reason header.
bool sent_by_server(const Observation& seen) {
  return seen.unsolicited || seen.call_record_token == "system-initiated-termination" ||
         seen.call_record_token == "session-expired";
}

Event bye(const DialogState& tip, const Observation& seen) {
  if (is_over(tip) || for_another_fork(tip, seen.message)) return without_effect(seen);
  Event event = describe(seen, EventType::terminated);
  const std::optional<std::string>& text = seen.message.reason_text;
  if (seen.direction == Direction::in) {
    event.cause = Cause::far_end_release;
    event.reason = "normal far end release";
  } else if (!sent_by_server(seen)) {
    event.cause = Cause::near_end_release;
    event.reason = "normal near end release";
  } else if (text == "ACK timeout") {
    event.cause = Cause::ack_timeout;
    event.reason = text;
  } else if (text == "Session timer expired" || seen.call_record_token == "session-expired") {
    event.cause = Cause::session_expired;
    event.reason = text.value_or("Session timer expired");
  } else {
    event.cause = Cause::server_release;
    event.reason = text;
  }
  return event;
}

Event proxied(const Observation& seen) {
  Event event = describe(seen, EventType::proxied);
  event.cause = Cause::proxied;
  return event;
}

// --- which rule --------------------------------------------------------------------------------

std::optional<Event> request(const DialogState& tip, const Observation& seen) {
  const Message& message = seen.message;
  if (message.method == "INVITE") {
    if (!message.to.tag) return initial_invite(tip, seen);
    return offered(tip, seen);
  }
  if (message.method == "CANCEL") return cancel(tip, seen);
  // Anything else without a To tag shares the Call-ID but is no part of the dialog.
  if (!message.to.tag && seen.dialog_id.empty()) return std::nullopt;
  if (message.method == "UPDATE") return offered(tip, seen);
  if (message.method == "ACK") return ack(tip, seen);
  if (message.method == "PRACK") return prack(tip, seen);
  if (message.method == "BYE") return bye(tip, seen);
  return without_effect(seen);
}

std::optional<Event> response(const DialogState& tip, const Observation& seen) {
  const Message& message = seen.message;
  if (message.status <= 100) return std::nullopt;
  if (message.method == "INVITE" || message.method == "UPDATE") {
    const bool to_us = seen.direction == Direction::in;
    const bool for_invite = message.method == "INVITE" && message.cseq == tip.invite.cseq &&
                            to_us == (tip.role == Role::uac);
    return for_invite ? answer_to_invite(tip, seen) : answer_to_offer(tip, seen);
  }
  if (message.method == "PRACK") return answer_to_prack(tip, seen);
  return without_effect(seen);
}

}  // namespace

bool tells_transaction(const DialogState& tip, const Observation& seen) {
  return seen.channel == Channel::sip && is_initial_invite(seen) && !seen.transaction_id.empty() &&
         tip.invite.transaction_id.empty() && tip.state != State::terminated && !is_answered(tip) &&
         acts_on_invite(tip, seen.message);
}

bool begins_anew(const DialogState& tip, const Observation& seen) {
  const Message& message = seen.message;
  return is_initial_invite(seen) && tip.state == State::terminated && is_answered(tip) &&
         message.cseq > tip.invite.cseq;
}

std::optional<Event> observe(const DialogState* tip, const Observation& seen) {
  if (seen.channel == Channel::proxy) {
    if (tip == nullptr || tip->state == State::terminated || is_answered(*tip)) return std::nullopt;
    return proxied(seen);
  }
  if (tip == nullptr) return open(seen);
  return seen.message.is_request() ? request(*tip, seen) : response(*tip, seen);
}

}  // namespace drachtio::dialog
