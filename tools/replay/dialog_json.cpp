#include "replay/dialog_json.hpp"

#include "text/timestamp.hpp"

#include <optional>
#include <string_view>

namespace drachtio::replay {

namespace {

using text::JsonObject;

template <typename Number>
void number_or_null(JsonObject& object, std::string_view name, const std::optional<Number>& value) {
  value ? object.number(name, *value) : object.raw(name, "null");
}

void time_or_null(JsonObject& object, std::string_view name, const std::optional<Instant>& value) {
  value ? object.string(name, std::string_view{text::rfc3339(*value)}) : object.raw(name, "null");
}

void write_party(JsonObject& parent, std::string_view name, const Party& party) {
  JsonObject object = parent.child(name);
  object.string_or_null("user", party.user);
  object.string_or_null("display", party.display);
  object.string_or_null("privacy", party.privacy);
}

void write_endpoint(JsonObject& parent, std::string_view name, const Endpoint& endpoint) {
  JsonObject object = parent.child(name);
  object.string_or_null("tag", endpoint.tag);
  object.string_or_null("sdp", endpoint.sdp);
  object.string_or_null("content_type", endpoint.content_type);
  object.string_or_null("user", endpoint.user);
  object.string_or_null("signaling_address", endpoint.signaling_address);
  number_or_null(object, "signaling_port", endpoint.signaling_port);
}

void write_times(JsonObject& parent, const Times& times) {
  JsonObject object = parent.child("times");
  time_or_null(object, "start_time", times.start_time);
  time_or_null(object, "connect_time", times.connect_time);
  time_or_null(object, "end_time", times.end_time);
}

}  // namespace

std::string dialog_json(const dialog::Dialog& dialog, std::span<const std::string> event_types,
                        const std::function<void(text::JsonObject&)>& more) {
  std::string out;
  JsonObject object{out};
  object.string("dialog_id", std::string_view{dialog.dialog_id});
  object.string("call_id", std::string_view{dialog.call_id});
  object.string("server", std::string_view{dialog.server});
  object.string("role", to_string(dialog.role));
  object.string("state", to_string(dialog.state));
  write_party(object, "calling_party", dialog.calling_party);
  write_party(object, "called_party", dialog.called_party);
  write_times(object, dialog.times);
  write_endpoint(object, "local", dialog.local);
  write_endpoint(object, "remote", dialog.remote);
  object.string("hold", to_string(dialog.hold()));
  number_or_null(object, "status", dialog.status);
  dialog.cause ? object.string("cause", to_string(*dialog.cause)) : object.raw("cause", "null");
  object.string_or_null("reason", dialog.reason);
  object.raw("session", dialog.session);
  std::string types = "[";
  for (const std::string& type : event_types) {
    if (types.size() > 1) types += ',';
    text::append_json_string(types, type);
  }
  object.raw("events", types + ']');
  if (more) more(object);
  object.close();
  return out;
}

std::vector<std::string> types_of(std::span<const log::Row> rows) {
  std::vector<std::string> types;
  types.reserve(rows.size());
  for (const log::Row& row : rows) types.push_back(row.type);
  return types;
}

}  // namespace drachtio::replay
