#include "properties/arbitrary.hpp"

#include "properties/property.hpp"

namespace drachtio::test {

namespace {

// Nothing half of the time.
template <typename Make>
auto perhaps(Make make) -> std::optional<decltype(make())> {
  if (!pick_bool()) return std::nullopt;
  return make();
}

template <typename Enum>
Enum any_of(Enum last) {
  return static_cast<Enum>(pick(static_cast<int>(last) + 1));
}

std::int64_t any_integer() {
  return pick_of<std::int64_t>({0, 1, -1, 1795372772408152,
                                std::numeric_limits<std::int64_t>::min(),
                                std::numeric_limits<std::int64_t>::max()});
}

Instant any_instant() { return to_instant(any_integer()); }

std::string any_sdp() {
  return "v=0\r\no=- 1 " + pick_text({"1", "2"}) + " IN IP4 192.0.2.1\r\nm=" +
         pick_text({"audio 6000 RTP/AVP 0", "audio 6000 RTP/AVP 0", "audio 6000 RTP/AVP 0 8",
                    "audio 0 RTP/AVP 0", "image 6000 udptl t38"}) +
         "\r\na=" + pick_text({"sendrecv", "sendonly", "inactive", "recvonly"}) + "\r\n";
}

Sdp any_session() { return {pick_bool() ? any_sdp() : arbitrary_text(), perhaps(arbitrary_text)}; }

Party any_party() {
  return {perhaps(arbitrary_text), perhaps(arbitrary_text), perhaps(arbitrary_text)};
}

HostPort any_address() { return {arbitrary_text(), pick_of<std::uint16_t>({0, 5060, 65535})}; }

Opening any_opening() {
  return {arbitrary_text(), arbitrary_text(), arbitrary_text(),        any_of(Role::uas),
          any_party(),      any_party(),      perhaps(arbitrary_text), perhaps(arbitrary_text)};
}

// A SIP message of one of two calls, from either side, that may make sense or not.
std::string any_sip() {
  const std::string method =
      pick_text({"INVITE", "INVITE", "INVITE", "INVITE", "ACK", "ACK", "BYE", "CANCEL", "PRACK",
                 "UPDATE", "UPDATE", "INFO", "SUBSCRIBE"});
  const std::string status = pick_text({"", "", "", "", "200", "200", "180", "183", "100", "407",
                                        "422", "486", "487", "491", "503", "408", "481"});
  const auto tag = [] { return pick_text({"a", "b", "A"}); };
  std::string text =
      status.empty() ? method + " sip:x@h SIP/2.0\r\n" : "SIP/2.0 " + status + " Phrase\r\n";
  text += "Via: SIP/2.0/UDP h;branch=" + pick_text({"1", "2"}) + "\r\n";
  text += "From: \"N\" <sip:n@h>;tag=" + tag() + "\r\n";
  text += "To: <sip:m@h>" + (pick_bool() ? ";tag=" + tag() : "") + "\r\n";
  text += "Call-ID: " + pick_text({"x@h", "y@h"}) + "\r\n";
  text += "CSeq: " + pick_text({"1", "2", "3"}) + " " + method + "\r\n";
  text += pick_text({"", "Contact: <sip:k@[::1]:5070>\r\n"});
  text += pick_text({"", "", "", "Reason: SIP;text=\"ACK timeout\"\r\n", "RSeq: 1\r\n",
                     "Privacy: id\r\n", "P-Asserted-Identity: \xFF <sip:p@h>\r\n",
                     "Remote-Party-ID: <sip:r@h>;party=called\r\n"});
  const std::string body = pick_bool() ? any_sdp() : "";
  if (!body.empty()) text += "Content-Type: application/sdp\r\n";
  return text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

std::string arbitrary_text() {
  return pick_of<std::string>({"a", "b", "", "Jos\xC3\xA9", "\"\\\r\n\t\x01", std::string(1, '\0'),
                               "\xEF\xBF\xBD", "{\"x\":1}"});
}

Event arbitrary_event() {
  Event event;
  event.type = any_of(EventType::alive);
  event.occurred_at = any_instant();
  event.recorded_at = any_instant();
  event.position = any_integer();
  event.dialog = any_integer();
  event.version = any_integer();
  event.direction = any_of(Direction::out);
  event.from_call_record = pick_bool();
  event.unsolicited = pick_bool();
  event.method = pick_text({"INVITE", "UPDATE", "PRACK", "BYE", ""});
  event.cseq = pick_of<std::uint32_t>({0, 1, 2, 4294967295});
  event.status = pick_of({0, 180, 200, 487, 699, -1});
  event.phrase = arbitrary_text();
  event.from_tag = perhaps(arbitrary_text);
  event.to_tag = perhaps(arbitrary_text);
  event.callee_tag = perhaps(arbitrary_text);
  event.key = perhaps([] {
    return MessageKey{static_cast<std::uint64_t>(any_integer()),
                      static_cast<std::uint64_t>(any_integer())};
  });
  event.opening = perhaps(any_opening);
  event.branch = arbitrary_text();
  event.transaction_id = arbitrary_text();
  event.contact = perhaps(any_address);
  event.received_on = perhaps(any_address);
  event.sdp = perhaps(any_session);
  event.called_party = perhaps(any_party);
  event.modification = perhaps([] { return any_of(Modification::refresh); });
  event.offered_by_us = perhaps(pick_bool);
  event.uri = arbitrary_text();
  event.hold = perhaps([] { return any_of(Hold::both); });
  event.held_streams = pick_text({"", "n", "rn", "lb"});
  event.wanted = perhaps([] { return pick_text({"", "s", "bi"}); });
  event.q850_cause = perhaps([] { return pick_of({0, 16, -1}); });
  event.completed_elsewhere = pick_bool();
  event.answered_by_proxy = pick_bool();
  event.settled = pick_bool();
  event.cause = perhaps([] { return any_of(Cause::lost); });
  event.reason = perhaps(arbitrary_text);
  event.patch = pick_text({"", "{}", R"({"a":null})", R"({"a":{"b":[1]}})"});
  event.joined = perhaps(any_integer);
  event.inferred = pick_bool();
  event.server = arbitrary_text();
  event.detail = arbitrary_text();
  event.since = perhaps(any_instant);
  event.count = perhaps(any_integer);
  return event;
}

std::string arbitrary_payload() {
  const std::string source = pick_text({"network", "application"});
  const std::string time = pick_text({"12:00:00", "23:59:59.9", "00:00:00.1"});
  const std::string transaction = pick_text({"tx1", "tx2", "tx3", "unsolicited"});
  const std::string dialog_id = pick_text({"", "", "x@h;from-tag=a", "y@h;from-tag=b", "z"});
  const std::string facts = source + "|9|udp|192.0.2.1|5060|" + time + "|" + transaction + "|";
  switch (pick(12)) {
    case 0: return "i|cdr:attempt|" + source + "|" + time + "\r\n" + any_sip();
    case 1:
      return "i|cdr:start|" + source + "|" + time + "|" +
             pick_text({"uac", "uas", "proxy-uac", "proxy-uas"}) + "\r\n" + any_sip();
    case 2:
      return "i|cdr:stop|" + source + "|" + time + "|" +
             pick_text({"normal-release", "call-canceled", "session-expired",
                        "system-initiated-termination"}) +
             "\r\n" + any_sip();
    case 3: return "i|response|p|OK|done";
    case 4: return "i|sip|" + facts + dialog_id + "|\r\n" + arbitrary_text();
    case 5: return arbitrary_text();
    case 6:
    case 7: return "i|response|q|OK|" + facts + dialog_id + "||Msg sent:|\r\n" + any_sip();
    default: return "i|sip|" + facts + dialog_id + "|192.0.2.9|5060|\r\n" + any_sip();
  }
}

}  // namespace drachtio::test
