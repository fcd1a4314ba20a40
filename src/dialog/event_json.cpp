#include "dialog/event_json.hpp"

#include "dialog/names.hpp"
#include "text/json_writer.hpp"
#include "text/utf8.hpp"

#include <boost/json.hpp>

#include <array>
#include <charconv>
#include <limits>

namespace drachtio::dialog {

namespace {

namespace json = boost::json;
using text::JsonObject;

std::string key_text(const MessageKey& key) {
  static constexpr char hex[] = "0123456789abcdef";
  std::string result;
  for (const std::uint64_t half : {key.high, key.low}) {
    for (int shift = 60; shift >= 0; shift -= 4)
      result += hex[half >> static_cast<unsigned>(shift) & 0xFU];
  }
  return result;
}

void write_party(JsonObject& parent, std::string_view name, const Party& party) {
  JsonObject object = parent.child(name);
  object.string("user", party.user);
  object.string("display", party.display);
  object.string("privacy", party.privacy);
}

void write_address(JsonObject& parent, std::string_view name, const HostPort& address) {
  JsonObject object = parent.child(name);
  object.string("host", std::string_view{address.host});
  object.number("port", address.port);
}

void write_opening(JsonObject& parent, const Opening& opening) {
  JsonObject object = parent.child("opening");
  object.string("server", std::string_view{opening.server});
  object.string("dialog_id", std::string_view{opening.dialog_id});
  object.string("call_id", std::string_view{opening.call_id});
  object.string("role", to_string(opening.role));
  write_party(object, "calling_party", opening.calling_party);
  write_party(object, "called_party", opening.called_party);
  object.string("from_user", opening.from_user);
  object.string("to_user", opening.to_user);
}

void write_message(JsonObject& object, const Event& event) {
  if (event.direction != Direction::none) object.string("direction", to_string(event.direction));
  if (event.from_call_record) object.boolean("from_call_record", true);
  if (event.unsolicited) object.boolean("unsolicited", true);
  if (!event.method.empty()) object.string("method", std::string_view{event.method});
  if (!event.method.empty() || event.cseq != 0) object.number("cseq", event.cseq);
  if (event.status != 0) object.number("status", event.status);
  if (!event.phrase.empty()) object.string("phrase", std::string_view{event.phrase});
  object.string("from_tag", event.from_tag);
  object.string("to_tag", event.to_tag);
  object.string("callee_tag", event.callee_tag);
  if (event.key) object.string("key", std::string_view{key_text(*event.key)});
}

// Reads members with the types they were written with; anything else is a fault of the log.
class Members {
 public:
  explicit Members(const json::object& object) : object_(object) {}

  [[nodiscard]] const json::value* find(std::string_view name) const {
    return object_.if_contains(name);
  }
  [[nodiscard]] std::optional<std::string> text(std::string_view name) const {
    const json::value* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string()) fault(name);
    return std::string{std::string_view{value->get_string()}};
  }
  [[nodiscard]] std::string text_or_empty(std::string_view name) const {
    return text(name).value_or("");
  }
  [[nodiscard]] std::optional<std::int64_t> number(std::string_view name) const {
    const json::value* value = find(name);
    if (value == nullptr) return std::nullopt;
    boost::system::error_code error;
    const auto result = value->to_number<std::int64_t>(error);
    if (error) fault(name);
    return result;
  }
  template <typename Number>
  [[nodiscard]] Number number_or_zero(std::string_view name) const {
    const std::int64_t value = number(name).value_or(0);
    if (value < std::int64_t{std::numeric_limits<Number>::min()} ||
        value > std::int64_t{std::numeric_limits<Number>::max()}) {
      fault(name);
    }
    return static_cast<Number>(value);
  }
  [[nodiscard]] std::optional<bool> boolean(std::string_view name) const {
    const json::value* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->is_bool()) fault(name);
    return value->get_bool();
  }
  [[nodiscard]] std::optional<Members> child(std::string_view name) const {
    const json::value* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->is_object()) fault(name);
    return Members{value->get_object()};
  }
  template <typename Parse>
  auto named(std::string_view name, Parse parse) const -> decltype(parse(std::string_view{})) {
    const auto word = text(name);
    if (!word) return std::nullopt;
    auto value = parse(std::string_view{*word});
    if (!value) fault(name);
    return value;
  }

  [[noreturn]] static void fault(std::string_view name) {
    throw EventFormatError{"event data: \"" + std::string{name} + "\" is not what it should be"};
  }

 private:
  const json::object& object_;
};

std::optional<MessageKey> read_key(const Members& members) {
  const auto hex = members.text("key");
  if (!hex) return std::nullopt;
  MessageKey key;
  const auto read = [&](std::size_t at, std::uint64_t& half) {
    const char* begin = hex->data() + at;
    const auto result = std::from_chars(begin, begin + 16, half, 16);
    if (result.ec != std::errc{} || result.ptr != begin + 16) Members::fault("key");
  };
  if (hex->size() != 32) Members::fault("key");
  read(0, key.high);
  read(16, key.low);
  return key;
}

Party read_party(const Members& members) {
  return {members.text("user"), members.text("display"), members.text("privacy")};
}

std::optional<Party> read_party(const Members& members, std::string_view name) {
  const auto child = members.child(name);
  if (!child) return std::nullopt;
  return read_party(*child);
}

std::optional<HostPort> read_address(const Members& members, std::string_view name) {
  const auto child = members.child(name);
  if (!child) return std::nullopt;
  return HostPort{child->text_or_empty("host"), child->number_or_zero<std::uint16_t>("port")};
}

std::optional<Opening> read_opening(const Members& members) {
  const auto child = members.child("opening");
  if (!child) return std::nullopt;
  Opening opening;
  opening.server = child->text_or_empty("server");
  opening.dialog_id = child->text_or_empty("dialog_id");
  opening.call_id = child->text_or_empty("call_id");
  opening.role = child->named("role", parse_role).value_or(Role::uas);
  opening.calling_party = read_party(*child, "calling_party").value_or(Party{});
  opening.called_party = read_party(*child, "called_party").value_or(Party{});
  opening.from_user = child->text("from_user");
  opening.to_user = child->text("to_user");
  return opening;
}

std::optional<Sdp> read_sdp(const Members& members) {
  auto sdp = members.text("sdp");
  if (!sdp) return std::nullopt;
  return Sdp{std::move(*sdp), members.text("content_type")};
}

}  // namespace

std::string to_json(const Event& event) {
  std::string out;
  out.reserve(512 + (event.sdp ? event.sdp->text.size() + 64 : 0));
  JsonObject object{out};
  write_message(object, event);
  if (event.opening) write_opening(object, *event.opening);
  if (!event.branch.empty()) object.string("branch", std::string_view{event.branch});
  if (!event.uri.empty()) object.string("uri", std::string_view{event.uri});
  if (!event.transaction_id.empty()) {
    object.string("transaction_id", std::string_view{event.transaction_id});
  }
  if (event.contact) write_address(object, "contact", *event.contact);
  if (event.received_on) write_address(object, "received_on", *event.received_on);
  if (event.sdp) {
    object.string("sdp", std::string_view{event.sdp->text});
    object.string("content_type", event.sdp->content_type);
  }
  if (event.called_party) write_party(object, "called_party", *event.called_party);
  if (event.modification) object.string("modification", to_string(*event.modification));
  if (event.offered_by_us) object.string("offered_by", *event.offered_by_us ? "local" : "remote");
  if (event.hold) object.string("hold", to_string(*event.hold));
  if (!event.held_streams.empty()) {
    object.string("held_streams", std::string_view{event.held_streams});
  }
  object.string("wanted", event.wanted);
  if (event.cause) object.string("cause", to_string(*event.cause));
  object.string("reason", event.reason);
  if (event.q850_cause) object.number("q850_cause", *event.q850_cause);
  if (event.completed_elsewhere) object.boolean("completed_elsewhere", true);
  if (event.answered_by_proxy) object.boolean("answered_by_proxy", true);
  if (event.settled) object.boolean("settled", true);
  if (!event.patch.empty()) object.raw("patch", event.patch);
  if (event.joined) object.number("joined", *event.joined);
  if (event.inferred) object.boolean("inferred", true);
  if (!event.server.empty()) object.string("server", std::string_view{event.server});
  if (!event.detail.empty()) object.string("detail", std::string_view{event.detail});
  if (event.since) object.number("since", to_integer(*event.since));
  if (event.count) object.number("count", *event.count);
  object.close();
  return out;
}

void from_json(std::string_view data, Event& event) {
  std::array<unsigned char, 4096> buffer;  // most events need no more
  json::monotonic_resource memory{buffer.data(), buffer.size()};
  boost::system::error_code error;
  const json::value value = json::parse(data, error, &memory);
  if (error || !value.is_object()) throw EventFormatError{"event data: not a JSON object"};
  const Members members{value.get_object()};

  event.direction = members.named("direction", parse_direction).value_or(Direction::none);
  event.from_call_record = members.boolean("from_call_record").value_or(false);
  event.unsolicited = members.boolean("unsolicited").value_or(false);
  event.method = members.text_or_empty("method");
  event.cseq = members.number_or_zero<std::uint32_t>("cseq");
  event.status = members.number_or_zero<int>("status");
  event.phrase = members.text_or_empty("phrase");
  event.from_tag = members.text("from_tag");
  event.to_tag = members.text("to_tag");
  event.callee_tag = members.text("callee_tag");
  event.key = read_key(members);
  event.opening = read_opening(members);
  event.branch = members.text_or_empty("branch");
  event.uri = members.text_or_empty("uri");
  event.transaction_id = members.text_or_empty("transaction_id");
  event.contact = read_address(members, "contact");
  event.received_on = read_address(members, "received_on");
  event.sdp = read_sdp(members);
  event.called_party = read_party(members, "called_party");
  event.modification = members.named("modification", parse_modification);
  event.offered_by_us = members.named("offered_by", [](std::string_view side) {
    return side == "local" || side == "remote" ? std::optional{side == "local"} : std::nullopt;
  });
  event.hold = members.named("hold", parse_hold);
  event.held_streams = members.text_or_empty("held_streams");
  event.wanted = members.text("wanted");
  event.cause = members.named("cause", parse_cause);
  event.reason = members.text("reason");
  if (members.find("q850_cause") != nullptr) {
    event.q850_cause = members.number_or_zero<int>("q850_cause");
  }
  event.completed_elsewhere = members.boolean("completed_elsewhere").value_or(false);
  event.answered_by_proxy = members.boolean("answered_by_proxy").value_or(false);
  event.settled = members.boolean("settled").value_or(false);
  if (const json::value* patch = members.find("patch")) event.patch = json::serialize(*patch);
  event.joined = members.number("joined");
  event.inferred = members.boolean("inferred").value_or(false);
  event.server = members.text_or_empty("server");
  event.detail = members.text_or_empty("detail");
  if (const auto since = members.number("since")) event.since = to_instant(*since);
  event.count = members.number("count");
}

}  // namespace drachtio::dialog
