#include "dialog/ending.hpp"

#include "dialog/describe.hpp"
#include "dialog/rules.hpp"

namespace drachtio::dialog {

namespace {

// A BYE the server sent in the program's name says why in its Reason header.
bool sent_by_server(const Observation& seen) {
  return seen.unsolicited || seen.call_record_token == "system-initiated-termination" ||
         seen.call_record_token == "session-expired";
}

}  // namespace

Event bye(const DialogState& tip, const Observation& seen) {
  if (is_over(tip) || for_another_fork(tip, seen.message)) return without_effect(seen);
  Event event = describe(seen, EventType::terminated);
  event.q850_cause = seen.message.reason.q850_cause;
  const std::optional<std::string>& text = seen.message.reason.text;
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

std::optional<Event> proxied(const DialogState& tip, Instant at) {
  if (tip.state == State::terminated || is_answered(tip)) return std::nullopt;
  Event event;
  event.type = EventType::proxied;
  event.occurred_at = at;
  event.direction = Direction::out;
  event.cause = Cause::proxied;
  return event;
}

}  // namespace drachtio::dialog
