#include "dialog/event_json.hpp"

#include "dialog/names.hpp"
#include "text/json_writer.hpp"
#include "text/utf8.hpp"

#include <boost/json.hpp>

#include <algorithm>
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

// Throws: a member does not have the type that it was written with, which is a fault of the log.
[[noreturn]] void fault(std::string_view name) {
  throw EventFormatError{"event data: \"" + std::string{name} + "\" is not what it should be"};
}

// A Member of an object is read as the type that it was written with.
class Member {
 public:
  Member(std::string_view name, const json::value& value) : name_(name), value_(value) {}

  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] std::string text() const { return std::string{view()}; }
  [[nodiscard]] std::int64_t number() const {
    boost::system::error_code error;
    const auto result = value_.to_number<std::int64_t>(error);
    if (error) fault(name_);
    return result;
  }
  template <typename Number>
  [[nodiscard]] Number number_as() const {
    const std::int64_t value = number();
    if (value < std::int64_t{std::numeric_limits<Number>::min()} ||
        value > std::int64_t{std::numeric_limits<Number>::max()}) {
      fault(name_);
    }
    return static_cast<Number>(value);
  }
  [[nodiscard]] bool boolean() const {
    if (!value_.is_bool()) fault(name_);
    return value_.get_bool();
  }
  // Calls `read` with each member of the object that this one is.
  template <typename Read>
  void each(const Read& read) const {
    if (!value_.is_object()) fault(name_);
    for (const auto& [name, value] : value_.get_object()) read(Member{name, value});
  }
  // Returns what `parse` makes of its text.
  template <typename Parse>
  auto named(Parse parse) const {
    const auto value = parse(view());
    if (!value) fault(name_);
    return *value;
  }
  [[nodiscard]] std::string as_json() const { return json::serialize(value_); }

 private:
  [[nodiscard]] std::string_view view() const {
    if (!value_.is_string()) fault(name_);
    return value_.get_string();
  }

  std::string_view name_;
  const json::value& value_;
};

MessageKey read_key(const Member& member) {
  const std::string hex = member.text();
  MessageKey key;
  const auto read = [&](std::size_t at, std::uint64_t& half) {
    const char* begin = hex.data() + at;
    const auto result = std::from_chars(begin, begin + 16, half, 16);
    if (result.ec != std::errc{} || result.ptr != begin + 16) fault(member.name());
  };
  if (hex.size() != 32) fault(member.name());
  read(0, key.high);
  read(16, key.low);
  return key;
}

Party read_party(const Member& party) {
  Party result;
  party.each([&](const Member& member) {
    if (member.name() == "user") result.user = member.text();
    if (member.name() == "display") result.display = member.text();
    if (member.name() == "privacy") result.privacy = member.text();
  });
  return result;
}

HostPort read_address(const Member& address) {
  HostPort result;
  address.each([&](const Member& member) {
    if (member.name() == "host") result.host = member.text();
    if (member.name() == "port") result.port = member.number_as<std::uint16_t>();
  });
  return result;
}

Opening read_opening(const Member& opening) {
  Opening result;
  opening.each([&](const Member& member) {
    if (member.name() == "server") result.server = member.text();
    if (member.name() == "dialog_id") result.dialog_id = member.text();
    if (member.name() == "call_id") result.call_id = member.text();
    if (member.name() == "role") result.role = member.named(parse_role);
    if (member.name() == "calling_party") result.calling_party = read_party(member);
    if (member.name() == "called_party") result.called_party = read_party(member);
    if (member.name() == "from_user") result.from_user = member.text();
    if (member.name() == "to_user") result.to_user = member.text();
  });
  return result;
}

std::optional<bool> parse_offered_by(std::string_view side) {
  return side == "local" || side == "remote" ? std::optional{side == "local"} : std::nullopt;
}

// A Reading says how the member of that name is read.
struct Reading {
  std::string_view name;
  void (*read)(const Member& member, Event& event);
};

constexpr std::array readings{
    Reading{"answered_by_proxy", [](auto& m, auto& e) { e.answered_by_proxy = m.boolean(); }},
    Reading{"branch", [](auto& m, auto& e) { e.branch = m.text(); }},
    Reading{"called_party", [](auto& m, auto& e) { e.called_party = read_party(m); }},
    Reading{"callee_tag", [](auto& m, auto& e) { e.callee_tag = m.text(); }},
    Reading{"cause", [](auto& m, auto& e) { e.cause = m.named(parse_cause); }},
    Reading{"completed_elsewhere", [](auto& m, auto& e) { e.completed_elsewhere = m.boolean(); }},
    Reading{"contact", [](auto& m, auto& e) { e.contact = read_address(m); }},
    Reading{"count", [](auto& m, auto& e) { e.count = m.number(); }},
    Reading{"cseq", [](auto& m, auto& e) { e.cseq = m.template number_as<std::uint32_t>(); }},
    Reading{"detail", [](auto& m, auto& e) { e.detail = m.text(); }},
    Reading{"direction", [](auto& m, auto& e) { e.direction = m.named(parse_direction); }},
    Reading{"from_call_record", [](auto& m, auto& e) { e.from_call_record = m.boolean(); }},
    Reading{"from_tag", [](auto& m, auto& e) { e.from_tag = m.text(); }},
    Reading{"held_streams", [](auto& m, auto& e) { e.held_streams = m.text(); }},
    Reading{"hold", [](auto& m, auto& e) { e.hold = m.named(parse_hold); }},
    Reading{"inferred", [](auto& m, auto& e) { e.inferred = m.boolean(); }},
    Reading{"joined", [](auto& m, auto& e) { e.joined = m.number(); }},
    Reading{"key", [](auto& m, auto& e) { e.key = read_key(m); }},
    Reading{"method", [](auto& m, auto& e) { e.method = m.text(); }},
    Reading{"modification", [](auto& m, auto& e) { e.modification = m.named(parse_modification); }},
    Reading{"offered_by", [](auto& m, auto& e) { e.offered_by_us = m.named(parse_offered_by); }},
    Reading{"opening", [](auto& m, auto& e) { e.opening = read_opening(m); }},
    Reading{"patch", [](auto& m, auto& e) { e.patch = m.as_json(); }},
    Reading{"phrase", [](auto& m, auto& e) { e.phrase = m.text(); }},
    Reading{"q850_cause", [](auto& m, auto& e) { e.q850_cause = m.template number_as<int>(); }},
    Reading{"reason", [](auto& m, auto& e) { e.reason = m.text(); }},
    Reading{"received_on", [](auto& m, auto& e) { e.received_on = read_address(m); }},
    Reading{"server", [](auto& m, auto& e) { e.server = m.text(); }},
    Reading{"settled", [](auto& m, auto& e) { e.settled = m.boolean(); }},
    Reading{"since", [](auto& m, auto& e) { e.since = to_instant(m.number()); }},
    Reading{"status", [](auto& m, auto& e) { e.status = m.template number_as<int>(); }},
    Reading{"to_tag", [](auto& m, auto& e) { e.to_tag = m.text(); }},
    Reading{"transaction_id", [](auto& m, auto& e) { e.transaction_id = m.text(); }},
    Reading{"unsolicited", [](auto& m, auto& e) { e.unsolicited = m.boolean(); }},
    Reading{"uri", [](auto& m, auto& e) { e.uri = m.text(); }},
    Reading{"wanted", [](auto& m, auto& e) { e.wanted = m.text(); }},
};
static_assert(std::ranges::is_sorted(readings, {}, &Reading::name));

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
  std::optional<std::string> sdp;
  std::optional<std::string> content_type;
  for (const auto& [name, content] : value.get_object()) {
    const Member member{name, content};
    if (member.name() == "sdp") {
      sdp = member.text();
    } else if (member.name() == "content_type") {
      content_type = member.text();
    } else {
      const auto reading = std::ranges::lower_bound(readings, member.name(), {}, &Reading::name);
      const bool is_known = reading != readings.end() && reading->name == member.name();
      if (is_known) reading->read(member, event);  // else a newer program has written it
    }
  }
  if (sdp) event.sdp = Sdp{std::move(*sdp), std::move(content_type)};
}

}  // namespace drachtio::dialog
