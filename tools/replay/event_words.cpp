#include "replay/event_words.hpp"

#include "text/timestamp.hpp"

namespace drachtio::replay {

namespace {

std::string message_words(const Event& event) {
  std::string words = event.method;
  if (event.status != 0) {
    words = std::to_string(event.status);
    if (!event.phrase.empty()) words += ' ' + event.phrase;
    if (!event.method.empty()) words += " to " + event.method;
  }
  if (event.modification) words += " (" + std::string{to_string(*event.modification)} + ')';
  if (event.unsolicited) words += " by the server";
  if (event.from_call_record) words += " (call record)";
  return words;
}

}  // namespace

std::string what_it_was(const Event& event) {
  std::string words = event.type == EventType::proxied ? "proxy" : message_words(event);
  // Any other end is that of a message, which says enough.
  const std::string lost = event.type == EventType::lost ? event.reason.value_or("") : "";
  for (const std::string& more : {event.patch, event.detail, lost}) {
    if (more.empty()) continue;
    if (!words.empty()) words += ": ";
    words += more;
  }
  return words;
}

std::string arrow(const Event& event) {
  switch (event.direction) {
    case Direction::in: return "in  <-";
    case Direction::out: return "out ->";
    default: return {};
  }
}

void write_event(text::JsonObject& object, const Event& event, const std::optional<Owner>& owner,
                 const std::string& data) {
  object.number("position", event.position);
  object.string("occurred_at", std::string_view{text::rfc3339(event.occurred_at)});
  object.string("recorded_at", std::string_view{text::rfc3339(event.recorded_at)});
  if (owner) {
    object.string("server", std::string_view{owner->server});
    object.string("dialog_id", std::string_view{owner->dialog_id});
    object.string("call_id", std::string_view{owner->call_id});
    object.string("role", std::string_view{owner->role});
    object.number("version", event.version);
  } else {
    object.string("server", std::string_view{event.server});
    for (const char* name : {"dialog_id", "call_id", "role", "version"}) object.raw(name, "null");
  }
  object.string("type", to_string(event.type));
  if (event.direction == Direction::none) {
    object.raw("direction", "null");
  } else {
    object.string("direction", to_string(event.direction));
  }
  object.string("what", std::string_view{what_it_was(event)});
  object.raw("data", data);
}

}  // namespace drachtio::replay
