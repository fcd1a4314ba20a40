#include "report/ip_packets.hpp"

#include <algorithm>
#include <string_view>

namespace drachtio::report {

namespace {

constexpr std::size_t largest_packet = 1500;  // bytes; what Ethernet carries
constexpr std::size_t ipv4_header = 20;
constexpr std::size_t ipv6_header = 40;
constexpr std::size_t fragment_header = 8;
constexpr std::size_t udp_header = 8;
constexpr std::size_t tcp_header = 20;
constexpr std::uint8_t udp = 17;
constexpr std::uint8_t tcp = 6;
constexpr std::uint8_t ipv6_fragment = 44;
constexpr std::uint8_t hop_limit = 64;
constexpr std::uint32_t first_sequence = 1;

void put8(std::string& out, std::size_t value) { out += static_cast<char>(value & 0xFFU); }
void put16(std::string& out, std::size_t value) {
  put8(out, value >> 8U);
  put8(out, value);
}
void put32(std::string& out, std::size_t value) {
  put16(out, value >> 16U);
  put16(out, value);
}
void put_address(std::string& out, const IpAddress& address) {
  const std::size_t size = address.is_ipv6 ? 16 : 4;
  out.append(address.bytes.begin(), address.bytes.begin() + static_cast<std::ptrdiff_t>(size));
}

// Returns the checksum of RFC 1071. All parts but the last have an even length.
std::uint16_t checksum(std::string_view first, std::string_view second = {}) {
  std::uint64_t sum = 0;
  for (const std::string_view part : {first, second}) {
    for (std::size_t i = 0; i < part.size(); ++i) {
      const auto byte = static_cast<unsigned char>(part[i]);
      sum += i % 2 == 0 ? std::uint64_t{byte} << 8U : byte;
    }
  }
  while (sum >> 16U != 0) sum = (sum & 0xFFFFU) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum);
}

// Returns what the checksums of UDP and TCP cover beside their own bytes (RFC 768, RFC 9293 3.1,
// RFC 8200 8.1).
std::string pseudo_header(const Packet& packet, std::uint8_t protocol, std::size_t length) {
  std::string header;
  put_address(header, packet.from.host);
  put_address(header, packet.to.host);
  put16(header, protocol);
  put32(header, length);  // an IPv4 one is a zero shorter, which adds nothing to the sum
  return header;
}

void set_checksum(std::string& segment, std::size_t at, const Packet& packet,
                  std::uint8_t protocol) {
  std::uint16_t sum = checksum(pseudo_header(packet, protocol, segment.size()), segment);
  if (sum == 0 && protocol == udp) sum = 0xFFFF;  // 0 says that there is none
  segment[at] = static_cast<char>(sum >> 8U);
  segment[at + 1] = static_cast<char>(sum & 0xFFU);
}

struct Fragment {
  std::size_t offset = 0;  // in bytes
  bool more = false;
};

std::string ipv4(const Packet& packet, std::uint8_t protocol, std::string_view payload,
                 std::size_t identification, Fragment fragment) {
  std::string header;
  put16(header, 0x4500);
  put16(header, ipv4_header + payload.size());
  put16(header, identification);
  put16(header, (fragment.more ? 0x2000U : 0U) | fragment.offset / 8);
  put8(header, hop_limit);
  put8(header, protocol);
  put16(header, 0);
  put_address(header, packet.from.host);
  put_address(header, packet.to.host);
  const std::uint16_t sum = checksum(header);
  header[10] = static_cast<char>(sum >> 8U);
  header[11] = static_cast<char>(sum & 0xFFU);
  return header.append(payload);
}

std::string ipv6(const Packet& packet, std::uint8_t protocol, std::string_view payload,
                 std::size_t identification, std::optional<Fragment> fragment) {
  std::string header;
  put32(header, 0x60000000);
  put16(header, payload.size() + (fragment ? fragment_header : 0));
  put8(header, fragment ? ipv6_fragment : protocol);
  put8(header, hop_limit);
  put_address(header, packet.from.host);
  put_address(header, packet.to.host);
  if (fragment) {
    put8(header, protocol);
    put8(header, 0);
    put16(header, fragment->offset | (fragment->more ? 1U : 0U));
    put32(header, identification);
  }
  return header.append(payload);
}

std::size_t ip_header(const Packet& packet) {
  return packet.from.host.is_ipv6 ? ipv6_header : ipv4_header;
}

}  // namespace

std::vector<std::string> IpPackets::carry(const Packet& packet) {
  return packet.over_tcp ? segments(packet) : datagram(packet);
}

std::vector<std::string> IpPackets::datagram(const Packet& packet) {
  std::string datagram;
  put16(datagram, packet.from.port);
  put16(datagram, packet.to.port);
  put16(datagram, udp_header + packet.message.size());
  put16(datagram, 0);
  datagram += packet.message;
  set_checksum(datagram, 6, packet, udp);

  const bool is_ipv6 = packet.from.host.is_ipv6;
  const std::uint32_t identification = next_identification_++;
  const bool is_whole = ip_header(packet) + datagram.size() <= largest_packet;
  if (is_whole && is_ipv6) return {ipv6(packet, udp, datagram, identification, {})};
  // Fragments but the last are multiples of eight bytes.
  const std::size_t room =
      (largest_packet - ip_header(packet) - (is_ipv6 ? fragment_header : 0)) / 8 * 8;
  std::vector<std::string> packets;
  for (std::size_t offset = 0; offset < datagram.size(); offset += room) {
    const std::string_view part = std::string_view{datagram}.substr(offset, room);
    const Fragment fragment{offset, offset + room < datagram.size()};
    packets.push_back(is_ipv6 ? ipv6(packet, udp, part, identification, fragment)
                              : ipv4(packet, udp, part, identification, fragment));
  }
  return packets;
}

std::vector<std::string> IpPackets::segments(const Packet& packet) {
  std::uint32_t& sequence =
      next_sequence_.try_emplace(Way{packet.from, packet.to}, first_sequence).first->second;
  const std::uint32_t acknowledged =
      next_sequence_.try_emplace(Way{packet.to, packet.from}, first_sequence).first->second;
  const std::size_t room = largest_packet - ip_header(packet) - tcp_header;
  std::vector<std::string> packets;
  for (std::size_t offset = 0; offset < packet.message.size(); offset += room) {
    const std::string_view part = std::string_view{packet.message}.substr(offset, room);
    const bool is_last = offset + room >= packet.message.size();
    std::string segment;
    put16(segment, packet.from.port);
    put16(segment, packet.to.port);
    put32(segment, sequence);
    put32(segment, acknowledged);
    put16(segment, is_last ? 0x5018 : 0x5010);  // 20 bytes of header; PSH at the end, and ACK
    put16(segment, 0xFFFF);                     // window
    put32(segment, 0);                          // checksum, no urgent pointer
    segment += part;
    set_checksum(segment, 16, packet, tcp);
    sequence += static_cast<std::uint32_t>(part.size());
    const std::uint32_t identification = next_identification_++;
    packets.push_back(packet.from.host.is_ipv6 ? ipv6(packet, tcp, segment, identification, {})
                                               : ipv4(packet, tcp, segment, identification, {}));
  }
  return packets;
}

}  // namespace drachtio::report
