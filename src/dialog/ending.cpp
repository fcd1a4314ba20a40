#include "dialog/ending.hpp"

#include "dialog/describe.hpp"
#include "dialog/forks.hpp"
#include "dialog/identity.hpp"
#include "dialog/rules.hpp"

namespace drachtio::dialog {

namespace {

constexpr const char* far_end_release = "normal far end release";
constexpr const char* near_end_release = "normal near end release";

// A BYE the server sent in the program's name says why in its Reason header.
bool sent_by_server(const Observation& seen) {
  return seen.unsolicited || seen.call_record_token == "system-initiated-termination" ||
         seen.call_record_token == "session-expired";
}

}  // namespace

Event bye(const Dialog& tip, const Observation& seen) {
  if (is_over(tip) || for_another_fork(tip, seen.message)) return without_effect(seen);
  if (seen.direction == Direction::out && another_goes_on(tip, seen.message.to.tag)) {
    Event event = without_effect(seen);
    event.to_tag = seen.message.to.tag.value_or("");  // of the early dialog that it ends
    return event;
  }
  Event event = describe(seen, EventType::terminated);
  event.q850_cause = seen.message.reason.q850_cause;
  const std::optional<std::string>& text = seen.message.reason.text;
  if (seen.direction == Direction::in) {
    event.cause = Cause::far_end_release;
    event.reason = far_end_release;
  } else if (!sent_by_server(seen)) {
    event.cause = Cause::near_end_release;
    event.reason = near_end_release;
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

std::optional<Event> hung_up_with(const Dialog& leg, const Dialog& other) {
  const bool handed_on = leg.answered_by_proxy && leg.state != State::terminated;
  if (!handed_on || other.state != State::terminated || !other.times.end_time) return std::nullopt;
  // Calls before or after this one may have had the same ids: the other leg was up when this one
  // was answered.
  const Instant answered = leg.times.connect_time.value_or(leg.invite.at);
  const bool before = *other.times.end_time < answered;
  const bool after = other.times.start_time && *other.times.start_time > answered + clocks_apart;
  if (before || after) return std::nullopt;
  const auto same = [](const Endpoint& a, const Endpoint& b) {
    return a.tag && b.tag && same_tag(*a.tag, *b.tag);
  };
  if (!same(caller(leg), caller(other)) || !same(callee(leg), callee(other))) return std::nullopt;
  Event event;
  event.type = EventType::terminated;
  event.occurred_at = *other.times.end_time;
  event.from_call_record = true;
  event.q850_cause = other.q850_cause;
  event.detail = "with the BYE of the leg at " + std::to_string(other.number);
  event.reason = other.reason;
  event.cause = other.cause;
  switch (other.cause.value_or(Cause::lost)) {
    case Cause::far_end_release:
    case Cause::near_end_release: {
      const bool far = (other.cause == Cause::far_end_release) == (leg.role == other.role);
      event.cause = far ? Cause::far_end_release : Cause::near_end_release;
      event.reason = far ? far_end_release : near_end_release;
      return event;
    }
    case Cause::ack_timeout:
    case Cause::session_expired:
    case Cause::server_release: return event;
    default: return std::nullopt;
  }
}

std::optional<Event> cancelled_with(const Dialog& leg, const Dialog& other) {
  const bool is_branch =
      leg.role == Role::uac && !is_own(leg) && !is_answered(leg) && !is_over(leg);
  if (!is_branch || other.role != Role::uas || other.invite.cseq != leg.invite.cseq) {
    return std::nullopt;
  }
  std::optional<Instant> settled;
  if (other.answered_by_proxy) {
    settled = other.times.connect_time;
  } else if (is_over(other) && !is_answered(other) && other.cause != Cause::proxied) {
    settled = other.times.end_time;
  }
  const bool of_that_call =
      settled && other.invite.at <= leg.invite.at + clocks_apart && leg.invite.at <= *settled;
  if (!of_that_call) return std::nullopt;
  Event event;
  event.type = EventType::cancelled;
  event.occurred_at = *settled;
  event.from_call_record = true;
  event.cause = Cause::cancelled;
  event.reason = "487 Request Terminated";
  event.completed_elsewhere = other.answered_by_proxy || other.completed_elsewhere;
  event.detail = "by the server, once the leg at " + std::to_string(other.number) +
                 (other.answered_by_proxy ? " was answered by another branch" : " had ended");
  return event;
}

std::optional<Event> proxied(const Dialog& tip, Instant at) {
  if (tip.state == State::terminated || is_answered(tip)) return std::nullopt;
  Event event;
  event.type = EventType::proxied;
  event.occurred_at = at;
  event.direction = Direction::out;
  event.cause = Cause::proxied;
  return event;
}

}  // namespace drachtio::dialog
