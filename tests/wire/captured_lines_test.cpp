// Every frame of the recorded traffic has a first line that is understood, and a SIP message, where
// it has one, that libosip2 reads.
#include "capture_file.hpp"
#include "catch.hpp"
#include "sip/message.hpp"
#include "wire/envelope.hpp"
#include "wire/frame_reader.hpp"

#include <map>

using namespace drachtio;

TEST_CASE("Recorded traffic: every frame is understood", "[wire]") {
  const std::string name = GENERATE(from_range(test::capture_names()));
  INFO(name);
  std::map<std::pair<std::uint64_t, wire::Sender>, wire::FrameReader> readers;
  std::size_t messages = 0;
  for (const auto& chunk : test::read_capture(test::capture_path(name)).chunks) {
    wire::FrameReader& reader = readers[{chunk.connection, chunk.from}];
    reader.push(chunk.bytes);
    while (const auto payload = reader.next()) {
      INFO(*payload);
      const wire::Envelope envelope = wire::parse_envelope(chunk.from, *payload);
      if (chunk.from == wire::Sender::client) continue;
      const bool is_record = envelope.kind == wire::Envelope::Kind::cdr_attempt ||
                             envelope.kind == wire::Envelope::Kind::cdr_start ||
                             envelope.kind == wire::Envelope::Kind::cdr_stop;
      if (envelope.kind == wire::Envelope::Kind::sip || is_record) {
        REQUIRE(envelope.transport.time_of_day);
        REQUIRE_FALSE(envelope.message.empty());
      }
      if (envelope.message.empty()) continue;
      std::string why;
      const auto message = sip::parse_message(envelope.message, why);
      REQUIRE(message);
      CHECK_FALSE(message->branch.empty());
      CHECK(message->from.tag);
      if (!envelope.transport.dialog_id.empty()) {
        CHECK(envelope.transport.dialog_id.starts_with(message->call_id + ";from-tag="));
      }
      if (is_record || envelope.kind == wire::Envelope::Kind::reply) ++messages;
      if (!message->body.starts_with("v=0")) continue;
      REQUIRE(message->sdp);
      CHECK(message->sdp->text == message->body);
    }
  }
  CHECK(messages > 0);
  for (const auto& [direction, reader] : readers) CHECK(reader.pending() == 0);
}
