// Payloads are taken apart once, wherever they travel.
#include "record/payload.hpp"

#include "catch.hpp"
#include "wire/protocol_error.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace drachtio;
using namespace drachtio::record;
using wire::Sender;

namespace {

const std::string bye =
    "s1|sip|network|120|udp|10.0.0.1|5060|12:00:00.000000|t1|1@a;from-tag=x|\r\n"
    "BYE sip:b@10.0.0.2 SIP/2.0\r\nCall-ID: 1@a\r\nCSeq: 2 BYE\r\nContent-Length: 2\r\n\r\nxyz";

}  // namespace

TEST_CASE("A payload is taken apart once: what is returned is the same for all who ask") {
  const Payload payload{bye};
  const wire::Envelope& envelope = payload.envelope(Sender::server);
  CHECK(envelope.kind == wire::Envelope::Kind::sip);
  CHECK(&payload.envelope(Sender::server) == &envelope);
  const sip::Scan& message = payload.message(Sender::server);
  CHECK(message.headers.size() == 3);
  CHECK(message.body == "xy");
  CHECK(&payload.message(Sender::server) == &message);
}

TEST_CASE("A payload's parts stay where they are when it is moved, however short it is") {
  for (const std::string& bytes : {bye, std::string{"a|response|b|OK"}}) {
    Payload payload{bytes};
    const wire::Envelope& envelope = payload.envelope(Sender::server);
    std::vector<Payload> travelling;
    travelling.push_back(std::move(payload));
    for (int i = 0; i < 10; ++i) travelling.emplace_back(bytes);
    CHECK(&travelling.front().envelope(Sender::server) == &envelope);
    CHECK(envelope.id.data() == travelling.front().bytes().data());
  }
}

TEST_CASE("A copy of a payload has parts of its own") {
  auto first = std::make_unique<Payload>(bye);
  const char* whole = first->message(Sender::server).start_line.data();
  const Payload copy{*first};
  Payload assigned;
  assigned = *first;
  first.reset();
  for (const Payload* one : {&copy, &std::as_const(assigned)}) {
    CHECK(one->bytes() == bye);
    CHECK(one->message(Sender::server).start_line == "BYE sip:b@10.0.0.2 SIP/2.0");
    CHECK(one->message(Sender::server).start_line.data() != whole);
  }
}

TEST_CASE("A payload that is not the protocol says so each time it is asked") {
  const Payload payload{std::string{"s1|nonsense"}};
  CHECK_THROWS_AS(payload.envelope(Sender::server), wire::ProtocolError);
  CHECK_THROWS_AS(payload.message(Sender::server), wire::ProtocolError);
  CHECK(payload.bytes() == "s1|nonsense");
}
