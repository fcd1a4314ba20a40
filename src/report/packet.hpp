// This file makes packets of the messages of a call, for programs that read what a network carried.
//
// The log has messages, and where the server said that they came from or went to; the packets that
// they travelled in, it has not. So a Packet is what such a packet must have held.
#pragma once

#include "report/ladder.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace drachtio::report {

struct IpAddress {
  bool is_ipv6 = false;
  std::array<std::uint8_t, 16> bytes{};  // of an IPv4 address the first four
  bool operator==(const IpAddress&) const = default;
  bool operator<(const IpAddress& other) const {
    return std::tie(is_ipv6, bytes) < std::tie(other.is_ipv6, other.bytes);
  }
};

// Reads "10.0.0.1", "2001:db8::1" or "[2001:db8::1]"; nothing where it is another text.
std::optional<IpAddress> parse_ip_address(std::string_view text);
std::string to_string(const IpAddress& address);

struct SocketAddress {
  IpAddress host;
  std::uint16_t port = 0;
  bool operator==(const SocketAddress&) const = default;
  bool operator<(const SocketAddress& other) const {
    return std::tie(host, port) < std::tie(other.host, other.port);
  }
};

struct Packet {
  Instant at;
  bool over_tcp = false;  // as TLS and WebSockets are; else over UDP
  SocketAddress from;     // of the same family as `to`
  SocketAddress to;
  std::string message;
  std::string call_id;
};

// StandIns gives what has no address on the network one of those that are reserved for
// documentation (RFC 5737, RFC 3849), the same one each time.
class StandIns {
 public:
  // Returns the address that `host` is, or one that stands for it.
  IpAddress address_of(std::string_view host);

  // Returns the hosts that another address stands for. An empty name is a host that is not known.
  [[nodiscard]] const std::map<std::string, IpAddress, std::less<>>& all() const { return all_; }

 private:
  std::map<std::string, IpAddress, std::less<>> all_;
};

// Returns a packet for each message of the ladder whose evidence there is, in order, as it came.
// Our side has the address that the server told, else the one that its messages name. Where an
// IPv4 and an IPv6 address speak to one another, the former is mapped (RFC 4291 2.5.5.2). What a
// WebSocket carried is shown as SIP over TCP, at port 5060 instead of one that means HTTP.
std::vector<Packet> packets_of(const Ladder& ladder, StandIns& stand_ins);

}  // namespace drachtio::report
