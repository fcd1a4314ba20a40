#include "report/hep.hpp"

#include <string_view>

namespace drachtio::report {

namespace {

constexpr std::size_t most_in_a_datagram = 65507;
constexpr std::size_t hep_header = 6;  // of the packet, and of each chunk

// These are the types of chunks that every vendor knows.
enum Chunk : std::uint16_t {
  family = 0x01,
  protocol = 0x02,
  ipv4_from = 0x03,
  ipv4_to = 0x04,
  ipv6_from = 0x05,
  ipv6_to = 0x06,
  port_from = 0x07,
  port_to = 0x08,
  seconds = 0x09,
  microseconds = 0x0a,
  payload_type = 0x0b,
  capture_agent = 0x0c,
  payload = 0x0f,
  correlation = 0x11,
};
constexpr std::uint64_t sip = 1;  // a payload type

std::string number(std::uint64_t value, std::size_t bytes) {
  std::string text(bytes, '\0');
  for (std::size_t i = bytes; i-- > 0; value >>= 8U) text[i] = static_cast<char>(value & 0xFFU);
  return text;
}

void add(std::string& out, Chunk type, std::string_view value) {
  out += number(0, 2) + number(type, 2) + number(hep_header + value.size(), 2);
  out += value;
}

std::string bytes_of(const IpAddress& address) {
  const std::ptrdiff_t size = address.is_ipv6 ? 16 : 4;
  return {address.bytes.begin(), address.bytes.begin() + size};
}

}  // namespace

std::optional<std::string> hep_packet(const Packet& packet, std::uint32_t capture_id) {
  const std::int64_t time = packet.at.time_since_epoch().count();
  const bool is_ipv6 = packet.from.host.is_ipv6;
  std::string chunks;
  add(chunks, Chunk::family, number(is_ipv6 ? 10 : 2, 1));  // AF_INET6, AF_INET
  add(chunks, Chunk::protocol, number(packet.over_tcp ? 6 : 17, 1));
  add(chunks, is_ipv6 ? Chunk::ipv6_from : Chunk::ipv4_from, bytes_of(packet.from.host));
  add(chunks, is_ipv6 ? Chunk::ipv6_to : Chunk::ipv4_to, bytes_of(packet.to.host));
  add(chunks, Chunk::port_from, number(packet.from.port, 2));
  add(chunks, Chunk::port_to, number(packet.to.port, 2));
  add(chunks, Chunk::seconds, number(static_cast<std::uint64_t>(time / 1'000'000), 4));
  add(chunks, Chunk::microseconds, number(static_cast<std::uint64_t>(time % 1'000'000), 4));
  add(chunks, Chunk::payload_type, number(sip, 1));
  add(chunks, Chunk::capture_agent, number(capture_id, 4));
  constexpr std::size_t two_headers = 2 * hep_header;
  const std::size_t size =
      hep_header + chunks.size() + two_headers + packet.call_id.size() + packet.message.size();
  if (size > most_in_a_datagram) return std::nullopt;
  add(chunks, Chunk::correlation, packet.call_id);
  add(chunks, Chunk::payload, packet.message);
  return "HEP3" + number(hep_header + chunks.size(), 2) + chunks;
}

}  // namespace drachtio::report
