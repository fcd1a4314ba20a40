#include "dialog/setup.hpp"

#include "dialog/describe.hpp"
#include "dialog/identity.hpp"
#include "dialog/parties.hpp"
#include "dialog/rules.hpp"

namespace drachtio::dialog {

namespace {

using sip::Message;

std::string status_line(const Message& answer) {
  std::string line = std::to_string(answer.status);
  if (!answer.phrase.empty()) line += " " + answer.phrase;
  return line;
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

}  // namespace

bool is_initial_invite(const Observation& seen) {
  const Message& message = seen.message;
  return message.is_request() && message.method == "INVITE" && !message.to.tag &&
         (seen.channel == Channel::sip || seen.channel == Channel::attempt);
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

std::optional<Event> initial_invite(const DialogState& tip, const Observation& seen) {
  if (seen.channel == Channel::stop) {  // cdr:stop of a caller's CANCEL: the INVITE again
    if (is_over(tip) || is_answered(tip)) return std::nullopt;
    if (!acts_on_invite(tip, seen.message)) return without_effect(seen);
    Event event = describe(seen, EventType::cancelled);
    event.cause = Cause::cancelled;
    event.reason = "487 Request Terminated";  // the CANCEL's own Reason is not known
    return event;
  }
  // A caller counts on when its INVITE has been refused (RFC 3261 8.1.3.5), whether we saw that or
  // not. A proxy on its way that tries us once more takes another branch (16.6, 16.7); but what we
  // handed on ourselves may come by again.
  const std::uint32_t cseq = seen.message.cseq;
  const bool once_more = tip.state == State::terminated && tip.cause != Cause::proxied &&
                         tip.role == Role::uas && cseq == tip.invite.cseq &&
                         seen.message.branch != tip.invite.branch;
  const bool retry = !is_answered(tip) && (cseq > tip.invite.cseq || once_more);
  // The same dialog: its identity stands, whatever a muddled envelope says.
  return retry ? invited(seen, {tip.dialog_id, tip.role}) : without_effect(seen);
}

Event answer_to_invite(const DialogState& tip, const Observation& seen) {
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
  if (event.sdp) event.to_tag = seen.message.to.tag;  // the fork it is for
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

}  // namespace drachtio::dialog
