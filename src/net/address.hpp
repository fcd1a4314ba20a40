// HOST:PORT as people write it: "sip.example.net:9022", "127.0.0.1", "[::1]:9022".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace drachtio::net {

// Where drachtio-server listens for programs unless it is told otherwise.
inline constexpr std::uint16_t default_port = 9022;

struct Address {
  std::string host;        // a name or an IP address, never in brackets
  std::uint16_t port = 0;  // 0 only where listening: any free one
  bool operator==(const Address&) const = default;
};

// Reads HOST:PORT or HOST (then default_port); an IPv6 address with a port stands in brackets.
// Throws std::invalid_argument that says what is wrong with `text`.
Address parse_address(std::string_view text);

// As parse_address, but port 0 is refused: nobody can be dialled there.
Address parse_remote_address(std::string_view text);

// Does the same for a service that listens on another port unless it is told otherwise.
Address parse_service_address(std::string_view text, std::uint16_t port);

// What parse_address reads back.
std::string to_string(const Address& address);

}  // namespace drachtio::net
