// RapidCheck's generators of texts, session descriptions and events.
#pragma once

#include <drachtio/event.hpp>

#include <rapidcheck.h>

#include <string>

namespace drachtio::test {

// Few values, so that things meet; some that are hard to write down.
inline rc::Gen<std::string> any_text() {
  return rc::gen::element<std::string>("a", "b", "", "Jos\xC3\xA9", "\"\\\r\n\t\x01",
                                       std::string{"\0", 1}, "\xEF\xBF\xBD", "{\"x\":1}");
}

inline rc::Gen<std::string> any_sdp() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::inRange(1, 3),
                     rc::gen::element<std::string>("sendrecv", "sendonly", "inactive", "recvonly")),
      [](const std::tuple<int, std::string>& parts) {
        return "v=0\r\no=- 1 " + std::to_string(std::get<0>(parts)) +
               " IN IP4 192.0.2.1\r\nm=audio 6000 RTP/AVP 0\r\na=" + std::get<1>(parts) + "\r\n";
      });
}

template <typename Value>
rc::Gen<std::optional<Value>> perhaps(rc::Gen<Value> gen) {
  return rc::gen::oneOf(rc::gen::just(std::optional<Value>{}),
                        rc::gen::map(std::move(gen), [](Value value) {
                          return std::optional<Value>{std::move(value)};
                        }));
}

inline rc::Gen<Sdp> any_session() {
  return rc::gen::build<Sdp>(rc::gen::set(&Sdp::text, rc::gen::oneOf(any_sdp(), any_text())),
                             rc::gen::set(&Sdp::content_type, perhaps(any_text())));
}

inline rc::Gen<Party> any_party() {
  return rc::gen::build<Party>(rc::gen::set(&Party::user, perhaps(any_text())),
                               rc::gen::set(&Party::display, perhaps(any_text())),
                               rc::gen::set(&Party::privacy, perhaps(any_text())));
}

inline rc::Gen<HostPort> any_address() {
  return rc::gen::build<HostPort>(
      rc::gen::set(&HostPort::host, any_text()),
      rc::gen::set(&HostPort::port, rc::gen::arbitrary<std::uint16_t>()));
}

inline rc::Gen<Instant> any_instant() {
  return rc::gen::map(rc::gen::arbitrary<std::int64_t>(),
                      [](std::int64_t micros) { return to_instant(micros); });
}

template <typename Enum>
rc::Gen<Enum> any_of_enum(Enum last) {
  return rc::gen::map(rc::gen::inRange(0, static_cast<int>(last) + 1),
                      [](int value) { return static_cast<Enum>(value); });
}

inline rc::Gen<Opening> any_opening() {
  return rc::gen::build<Opening>(rc::gen::set(&Opening::server, any_text()),
                                 rc::gen::set(&Opening::dialog_id, any_text()),
                                 rc::gen::set(&Opening::call_id, any_text()),
                                 rc::gen::set(&Opening::role, any_of_enum(Role::uas)),
                                 rc::gen::set(&Opening::calling_party, any_party()),
                                 rc::gen::set(&Opening::called_party, any_party()),
                                 rc::gen::set(&Opening::from_user, perhaps(any_text())),
                                 rc::gen::set(&Opening::to_user, perhaps(any_text())));
}

inline rc::Gen<Event> any_event() {
  return rc::gen::exec([] {
    Event event;
    event.type = *any_of_enum(EventType::evidence_dropped);
    event.occurred_at = *any_instant();
    event.recorded_at = *any_instant();
    event.position = *rc::gen::positive<std::int64_t>();
    event.dialog = *rc::gen::nonNegative<std::int64_t>();
    event.version = *rc::gen::positive<std::int64_t>();
    event.direction = *any_of_enum(Direction::out);
    event.from_call_record = *rc::gen::arbitrary<bool>();
    event.unsolicited = *rc::gen::arbitrary<bool>();
    event.method = *rc::gen::element<std::string>("INVITE", "UPDATE", "PRACK", "BYE", "");
    event.cseq = *rc::gen::element<std::uint32_t>(0, 1, 2, 4294967295);
    event.status = *rc::gen::element(0, 180, 200, 487, 699);
    event.phrase = *any_text();
    event.from_tag = *perhaps(any_text());
    event.to_tag = *perhaps(any_text());
    event.key = *perhaps(rc::gen::build<MessageKey>(
        rc::gen::set(&MessageKey::high, rc::gen::arbitrary<std::uint64_t>()),
        rc::gen::set(&MessageKey::low, rc::gen::arbitrary<std::uint64_t>())));
    event.opening = *perhaps(any_opening());
    event.branch = *any_text();
    event.transaction_id = *any_text();
    event.contact = *perhaps(any_address());
    event.received_on = *perhaps(any_address());
    event.sdp = *perhaps(any_session());
    event.called_party = *perhaps(any_party());
    event.modification = *perhaps(any_of_enum(Modification::refresh));
    event.offered_by_us = *perhaps(rc::gen::arbitrary<bool>());
    event.cause = *perhaps(any_of_enum(Cause::lost));
    event.reason = *perhaps(any_text());
    event.patch = *rc::gen::element<std::string>("", "{}", R"({"a":null})", R"({"a":{"b":[1]}})");
    event.server = *any_text();
    event.detail = *any_text();
    event.since = *perhaps(any_instant());
    event.count = *perhaps(rc::gen::arbitrary<std::int64_t>());
    return event;
  });
}

}  // namespace drachtio::test
