#include "net/address.hpp"

#include "text/escape.hpp"

#include <charconv>
#include <stdexcept>

namespace drachtio::net {

namespace {

[[noreturn]] void refuse(std::string_view text, const char* why) {
  throw std::invalid_argument{'"' + text::escaped(text, 100) + "\" is not HOST:PORT: " + why};
}

std::uint16_t parse_port(std::string_view text, std::string_view digits) {
  std::uint16_t port = 0;
  const char* end = digits.data() + digits.size();
  const auto result = std::from_chars(digits.data(), end, port);
  if (result.ec == std::errc::result_out_of_range) refuse(text, "the port is over 65535");
  if (result.ec != std::errc{} || result.ptr != end) refuse(text, "the port is not a number");
  return port;
}

bool belongs_in_host(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_';
}

Address parse(std::string_view text, std::uint16_t port_otherwise) {
  Address address;
  std::string_view port;
  bool has_port = false;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) refuse(text, "the ']' is missing");
    address.host = text.substr(1, end - 1);
    const std::string_view rest = text.substr(end + 1);
    if (!rest.empty() && rest.front() != ':') refuse(text, "a ':' must follow the ']'");
    has_port = !rest.empty();
    if (has_port) port = rest.substr(1);
  } else {
    const std::size_t colon = text.find(':');
    if (colon != std::string_view::npos && text.find(':', colon + 1) != std::string_view::npos) {
      refuse(text, "an IPv6 address must stand in brackets");
    }
    address.host = text.substr(0, colon);
    has_port = colon != std::string_view::npos;
    if (has_port) port = text.substr(colon + 1);
    for (const char c : address.host) {
      if (!belongs_in_host(c)) refuse(text, "the host has a character no host name has");
    }
  }
  if (address.host.empty()) refuse(text, "the host is missing");
  address.port = has_port ? parse_port(text, port) : port_otherwise;
  return address;
}

}  // namespace

Address parse_address(std::string_view text) { return parse(text, default_port); }

Address parse_remote_address(std::string_view text) {
  return parse_service_address(text, default_port);
}

Address parse_service_address(std::string_view text, std::uint16_t port) {
  Address address = parse(text, port);
  if (address.port == 0) refuse(text, "port 0 cannot be connected to");
  return address;
}

std::string to_string(const Address& address) {
  const bool brackets = address.host.find(':') != std::string::npos;
  return (brackets ? '[' + address.host + ']' : address.host) + ':' + std::to_string(address.port);
}

}  // namespace drachtio::net
