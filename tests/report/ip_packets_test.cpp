// Packets are read back here as a network would: by their headers, fragments and sequence numbers.
#include "report/ip_packets.hpp"

#include "catch.hpp"

#include <algorithm>

using namespace drachtio;
using namespace drachtio::report;

namespace {

std::size_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::size_t value = 0;
  for (std::size_t i = at; i < at + size; ++i) {
    value = value << 8U | static_cast<unsigned char>(bytes.at(i));
  }
  return value;
}

// Returns the sum of RFC 1071 over a part that has its own checksum in it: 0xFFFF where that is
// right.
std::size_t sum(std::string_view bytes) {
  std::size_t total = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    total += i + 1 < bytes.size() ? number(bytes, i, 2) : number(bytes, i, 1) << 8U;
  }
  while (total >> 16U != 0) total = (total & 0xFFFFU) + (total >> 16U);
  return total;
}

Packet packet(bool is_ipv6, bool over_tcp, std::size_t size) {
  Packet packet;
  packet.over_tcp = over_tcp;
  packet.from = {*parse_ip_address(is_ipv6 ? "2001:db8::1" : "203.0.113.1"), 5060};
  packet.to = {*parse_ip_address(is_ipv6 ? "2001:db8::2" : "198.51.100.2"), 40000};
  for (std::size_t i = 0; i < size; ++i) packet.message += static_cast<char>('a' + i % 26);
  return packet;
}

struct Read {
  std::size_t protocol = 0;
  std::size_t offset = 0;
  bool more = false;
  std::size_t identification = 0;
  std::string addresses;
  std::string payload;
};

Read read(const std::string& bytes) {
  Read ip;
  CHECK(bytes.size() <= 1500);
  if (number(bytes, 0, 1) == 0x45) {
    CHECK(number(bytes, 2, 2) == bytes.size());
    CHECK(sum(bytes.substr(0, 20)) == 0xFFFF);
    ip.identification = number(bytes, 4, 2);
    ip.more = (number(bytes, 6, 2) & 0x2000U) != 0;
    ip.offset = (number(bytes, 6, 2) & 0x1FFFU) * 8;
    ip.protocol = number(bytes, 9, 1);
    ip.addresses = bytes.substr(12, 8);
    ip.payload = bytes.substr(20);
    return ip;
  }
  CHECK(number(bytes, 0, 4) == 0x60000000);
  CHECK(number(bytes, 4, 2) == bytes.size() - 40);
  ip.protocol = number(bytes, 6, 1);
  ip.addresses = bytes.substr(8, 32);
  ip.payload = bytes.substr(40);
  if (ip.protocol == 44) {
    ip.protocol = number(bytes, 40, 1);
    ip.offset = number(bytes, 42, 2) & 0xFFF8U;
    ip.more = (number(bytes, 42, 2) & 1U) != 0;
    ip.identification = number(bytes, 44, 4);
    ip.payload = bytes.substr(48);
  }
  return ip;
}

// Returns the sum over what is carried, and what is checked beside it.
std::size_t sum_of(const Read& ip) {
  std::string checked = ip.addresses;
  for (const std::size_t value : {ip.protocol, ip.payload.size()}) {
    checked += static_cast<char>(value >> 8U);
    checked += static_cast<char>(value & 0xFFU);
  }
  return sum(checked + ip.payload);
}

}  // namespace

TEST_CASE("IP packets: a datagram comes together from its fragments") {
  const bool is_ipv6 = GENERATE(false, true);
  const std::size_t size = GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{1452},
                                    std::size_t{1473}, std::size_t{40000}, std::size_t{65507});
  CAPTURE(is_ipv6, size);
  const Packet sent = packet(is_ipv6, false, size);
  Read whole;
  bool is_last = false;
  for (const std::string& bytes : IpPackets{}.carry(sent)) {
    CHECK_FALSE(is_last);
    const Read part = read(bytes);
    CHECK(part.offset == whole.payload.size());
    if (part.offset > 0) CHECK(part.identification == whole.identification);
    const std::string before = whole.payload;
    whole = part;
    whole.payload = before + part.payload;
    is_last = !part.more;
  }
  CHECK(is_last);
  CHECK(whole.protocol == 17);
  CHECK(number(whole.payload, 0, 2) == 5060);
  CHECK(number(whole.payload, 2, 2) == 40000);
  CHECK(number(whole.payload, 4, 2) == whole.payload.size());
  CHECK(whole.payload.substr(8) == sent.message);
  CHECK(sum_of(whole) == 0xFFFF);
}

TEST_CASE("IP packets: fragments of two messages do not mix") {
  IpPackets packets;
  const auto first = packets.carry(packet(false, false, 3000));
  const auto second = packets.carry(packet(false, false, 3000));
  CHECK(read(first.front()).identification != read(second.front()).identification);
}

TEST_CASE("IP packets: segments of both ways count on from one another") {
  const bool is_ipv6 = GENERATE(false, true);
  IpPackets packets;
  Packet there = packet(is_ipv6, true, 4000);
  Packet back = packet(is_ipv6, true, 100);
  std::swap(back.from, back.to);
  std::string got;
  std::size_t sequence = 1;
  std::size_t acknowledged = 1;
  const auto take = [&](const std::string& bytes, std::size_t from, std::size_t known) {
    const Read ip = read(bytes);
    CHECK(ip.protocol == 6);
    CHECK(number(ip.payload, 4, 4) == from);
    CHECK(number(ip.payload, 8, 4) == known);
    CHECK(sum_of(ip) == 0xFFFF);
    const std::string data = ip.payload.substr(20);
    got += data;
    return data.size();
  };
  for (int round = 0; round < 2; ++round) {
    got.clear();
    for (const std::string& bytes : packets.carry(there)) {
      sequence += take(bytes, sequence, acknowledged);
    }
    CHECK(got == there.message);
    got.clear();
    for (const std::string& bytes : packets.carry(back)) {
      acknowledged += take(bytes, acknowledged, sequence);
    }
    CHECK(got == back.message);
  }
}
