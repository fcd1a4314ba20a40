// HEP packets are taken apart here by their chunks.
#include "report/hep.hpp"

#include "catch.hpp"

#include <map>

using namespace drachtio;
using namespace drachtio::report;

namespace {

std::size_t number(std::string_view bytes) {
  std::size_t value = 0;
  for (const char c : bytes) value = value << 8U | static_cast<unsigned char>(c);
  return value;
}

std::map<std::size_t, std::string> chunks_of(const std::string& bytes) {
  REQUIRE(bytes.starts_with("HEP3"));
  REQUIRE(number(bytes.substr(4, 2)) == bytes.size());
  std::map<std::size_t, std::string> chunks;
  for (std::size_t at = 6; at < bytes.size();) {
    CHECK(number(bytes.substr(at, 2)) == 0);  // no vendor's own
    const std::size_t size = number(bytes.substr(at + 4, 2));
    REQUIRE(size >= 6);
    chunks[number(bytes.substr(at + 2, 2))] = bytes.substr(at + 6, size - 6);
    at += size;
  }
  return chunks;
}

Packet packet() {
  Packet packet;
  packet.at = Instant{Microseconds{1'795'373'053'000'042}};
  packet.from = {*parse_ip_address("203.0.113.1"), 5060};
  packet.to = {*parse_ip_address("198.51.100.2"), 40000};
  packet.message = "INVITE sip:x SIP/2.0\r\n\r\n";
  packet.call_id = "c@x";
  return packet;
}

}  // namespace

TEST_CASE("HEP: a packet tells when, whence, where to and what") {
  const auto chunks = chunks_of(*hep_packet(packet(), 7));
  CHECK(number(chunks.at(0x01)) == 2);
  CHECK(number(chunks.at(0x02)) == 17);
  CHECK(chunks.at(0x03) == "\xCB" + std::string{"\0\x71\x01", 3});
  CHECK(chunks.at(0x04) == "\xC6\x33\x64\x02");
  CHECK(number(chunks.at(0x07)) == 5060);
  CHECK(number(chunks.at(0x08)) == 40000);
  CHECK(number(chunks.at(0x09)) == 1'795'373'053);
  CHECK(number(chunks.at(0x0a)) == 42);
  CHECK(number(chunks.at(0x0b)) == 1);
  CHECK(number(chunks.at(0x0c)) == 7);
  CHECK(chunks.at(0x0f) == packet().message);
  CHECK(chunks.at(0x11) == "c@x");
}

TEST_CASE("HEP: IPv6 and TCP are told") {
  Packet sent = packet();
  sent.from.host = *parse_ip_address("2001:db8::1");
  sent.to.host = *parse_ip_address("2001:db8::2");
  sent.over_tcp = true;
  const auto chunks = chunks_of(*hep_packet(sent, 7));
  CHECK(number(chunks.at(0x01)) == 10);
  CHECK(number(chunks.at(0x02)) == 6);
  CHECK(chunks.at(0x05).size() == 16);
  CHECK(chunks.at(0x06).back() == 2);
  CHECK_FALSE(chunks.contains(0x03));
}

TEST_CASE("HEP: there is no packet of what no datagram can carry") {
  Packet sent = packet();
  sent.message.assign(65'300, 'x');
  CHECK(hep_packet(sent, 7));
  sent.message.assign(65'507, 'x');
  CHECK_FALSE(hep_packet(sent, 7));
}
