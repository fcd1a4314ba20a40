#include "dialog/observe.hpp"

#include "dialog/describe.hpp"
#include "dialog/ending.hpp"
#include "dialog/modification.hpp"
#include "dialog/rules.hpp"
#include "dialog/setup.hpp"

namespace drachtio::dialog {

namespace {

std::optional<Event> request(const Dialog& leg, const Observation& seen) {
  const sip::Message& message = seen.message;
  if (message.method == "INVITE") {
    if (!message.to.tag) return invite_again(leg, seen);
    return offered(leg, seen);
  }
  if (message.method == "CANCEL") return cancel(leg, seen);
  if (message.method == "UPDATE") return offered(leg, seen);
  if (message.method == "ACK") return ack(leg, seen);
  if (message.method == "PRACK") return prack(leg, seen);
  if (message.method == "BYE") return bye(leg, seen);
  return without_effect(seen);
}

std::optional<Event> response(const Dialog& leg, const Observation& seen) {
  const sip::Message& message = seen.message;
  if (message.status <= 100) return std::nullopt;
  if (message.method == "INVITE" || message.method == "UPDATE") {
    const bool to_us = seen.direction == Direction::in;
    const bool for_invite = message.method == "INVITE" && to_us == (leg.role == Role::uac) &&
                            is_about_creating_invite(leg, seen);
    return for_invite ? answer_to_invite(leg, seen) : answer_to_offer(leg, seen);
  }
  if (message.method == "PRACK") return answer_to_offer(leg, seen);
  return without_effect(seen);
}

}  // namespace

bool tells_transaction(const Dialog& leg, const Observation& seen) {
  return seen.channel == Channel::sip && is_initial_invite(seen) && !seen.transaction_id.empty() &&
         leg.invite.transaction_id.empty() && !is_answered(leg) && acts_on_invite(leg, seen);
}

std::optional<Event> observe_proxied(const Dialog& leg, Instant at) { return proxied(leg, at); }

std::optional<Event> observe_again(const Dialog& leg, const Observation& seen) {
  const bool is_answer = seen.channel == Channel::start && seen.message.status_class() == 2 &&
                         acts_on_invite(leg, seen);
  if (!is_answer || !seen.connection_gone || !is_up_without_ack(leg)) return std::nullopt;
  return describe(seen, EventType::confirmed);
}

Event settled_without_ack(const Dialog& leg) {
  Event event;
  event.type = EventType::confirmed;
  event.occurred_at = leg.last_heard;
  event.from_call_record = true;
  event.detail =
      "a call record has told of the answer, and the ACK went to a connection that is gone";
  return event;
}

std::optional<Event> ends_with(const Dialog& leg, const Dialog& other) {
  auto end = hung_up_with(leg, other);
  return end ? std::move(end) : cancelled_with(leg, other);
}

std::optional<Event> observe(const Placement& place, const Observation& seen) {
  switch (place.kind) {
    case Placement::Kind::none:
    case Placement::Kind::stray: return std::nullopt;
    case Placement::Kind::begins: return open(seen);
    case Placement::Kind::reopens: return reopen(*place.leg, seen);
    case Placement::Kind::belongs: break;
  }
  const Dialog& leg = *place.leg;
  auto event = seen.message.is_request() ? request(leg, seen) : response(leg, seen);
  if (event) event->callee_tag = place.unknown_tag;
  return event;
}

}  // namespace drachtio::dialog
