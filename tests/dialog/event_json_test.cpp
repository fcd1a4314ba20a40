// What an event becomes when it is stored, and back: format 1 of the log.
#include "dialog/event_json.hpp"

#include "catch.hpp"
#include "dialog/names.hpp"
#include "text/utf8.hpp"

using namespace drachtio;
using dialog::EventFormatError;
using dialog::from_json;
using dialog::to_json;

namespace {

Event restored(const Event& event) {
  Event copy;
  copy.type = event.type;
  copy.occurred_at = event.occurred_at;
  from_json(to_json(event), copy);
  return copy;
}

Event full() {
  Event event;
  event.type = EventType::invited;
  event.direction = Direction::out;
  event.from_call_record = true;
  event.unsolicited = true;
  event.method = "INVITE";
  event.cseq = 4294967295;
  event.status = 183;
  event.phrase = "Session \"Progress\"\t\x01";
  event.from_tag = "a";
  event.to_tag = "";
  event.key = MessageKey{0xFFFFFFFFFFFFFFFF, 1};
  event.opening = Opening{"s", "c;from-tag=a", "c", Role::uac, {"u", "d", "p"}, {}, "from", "to"};
  event.branch = "z9hG4bK";
  event.transaction_id = "tx";
  event.contact = HostPort{"2001:db8::1", 65535};
  event.received_on = HostPort{"h", 0};
  event.sdp = Sdp{std::string{"v=0\r\n\0x", 7}, "application/sdp"};
  event.called_party = Party{std::nullopt, "Jos\xC3\xA9", ""};
  event.modification = Modification::unhold;
  event.offered_by_us = false;
  event.cause = Cause::session_expired;
  event.reason = "";
  event.patch = R"({"a":[1,null,{"b":"c"}]})";
  event.server = "s";
  event.detail = "why";
  event.since = to_instant(-1);
  event.count = std::int64_t{9223372036854775807};
  return event;
}

}  // namespace

TEST_CASE("Stored events: every member comes back as it was", "[dialog]") {
  CHECK(restored(full()) == full());
  CHECK(restored(Event{}) == Event{});
  CHECK(to_json(Event{}) == "{}");
  CHECK(text::is_utf8(to_json(full())));
}

TEST_CASE("Stored events: each type, cause, direction and modification has its name and back",
          "[dialog]") {
  for (int i = 0; i <= static_cast<int>(EventType::evidence_dropped); ++i) {
    const auto type = static_cast<EventType>(i);
    CHECK(to_string(type) != "unknown");
    CHECK(dialog::parse_event_type(to_string(type)) == type);
    Event event = full();
    event.type = type;
    CHECK(restored(event) == event);
  }
  for (int i = 0; i <= static_cast<int>(Cause::lost); ++i) {
    Event event;
    event.cause = static_cast<Cause>(i);
    CHECK(to_string(*event.cause) != "unknown");
    CHECK(restored(event) == event);
  }
  for (const auto direction : {Direction::none, Direction::in, Direction::out}) {
    Event event;
    event.direction = direction;
    CHECK(restored(event) == event);
  }
  for (int i = 0; i <= static_cast<int>(Modification::refresh); ++i) {
    Event event;
    event.modification = static_cast<Modification>(i);
    event.offered_by_us = i % 2 == 0;
    CHECK(restored(event) == event);
  }
}

TEST_CASE("Stored events: what is not UTF-8 becomes U+FFFD, the rest stays", "[dialog]") {
  Event event;
  event.phrase =
      "Besch\xE4"
      "ftigt";
  event.sdp = Sdp{"s=\xFF\r\n", std::nullopt};
  CHECK(text::is_utf8(to_json(event)));
  CHECK(restored(event).phrase ==
        "Besch\xEF\xBF\xBD"
        "ftigt");
}

TEST_CASE("Stored events: members of later formats are passed over", "[dialog]") {
  Event event;
  from_json(R"({"method":"BYE","cseq":2,"new":{"deep":[1]},"newer":null})", event);
  CHECK(event.method == "BYE");
  CHECK(event.cseq == 2);
}

TEST_CASE("Stored events: data that cannot have been written is refused", "[dialog]") {
  const auto* data = GENERATE(
      "", "null", "[]", "{", "{\"method\":}", R"({"method":1})", R"({"cseq":-1})",
      R"({"cseq":4294967296})", R"({"cseq":1.5})", R"({"cseq":"1"})", R"({"status":2147483648})",
      R"({"direction":"up"})", R"({"direction":null})", R"({"from_call_record":1})",
      R"({"key":"00"})", R"({"key":"zz000000000000000000000000000000"})",
      R"({"key":"-0000000000000000000000000000000"})", R"({"opening":[]})",
      R"({"opening":{"role":"ua"}})", R"({"contact":"h"})", R"({"contact":{"port":65536}})",
      R"({"contact":{"port":-1}})", R"({"sdp":{}})", R"({"cause":"boredom"})",
      R"({"modification":"transfer"})", R"({"offered_by":"nobody"})", R"({"offered_by":true})",
      R"({"since":"now"})", R"({"count":1e30})", R"({"called_party":{"user":7}})", "{} x",
      "{\"method\":\"\xFF\"}");
  Event event;
  CHECK_THROWS_AS(from_json(data, event), EventFormatError);
}

TEST_CASE("Names: nothing but the names themselves is understood", "[dialog]") {
  CHECK_FALSE(dialog::parse_role("UAC"));
  CHECK_FALSE(dialog::parse_state(""));
  CHECK_FALSE(dialog::parse_cause("lost "));
  CHECK_FALSE(dialog::parse_event_type("unknown"));
  CHECK(dialog::parse_state("stable") == State::stable);
  CHECK(to_string(Hold::both) == "both");
}
