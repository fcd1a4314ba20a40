#include "report/packet.hpp"

#include "report/next_hop.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace drachtio::report {

namespace {

constexpr std::uint16_t sip_port = 5060;      // RFC 3261 19.1.2
constexpr std::size_t most_over_udp = 65507;  // bytes: 65,535 less the headers of IPv4 and UDP

// Wireshark takes packets at these ports for HTTP, whatever they hold.
constexpr std::array<std::uint16_t, 10> http_ports{80,   1900, 2710, 2869, 3128,
                                                   3132, 5985, 8080, 8088, 11371};

struct NamedAddress {
  std::string host;  // may be empty
  std::uint16_t port = sip_port;
};

// "10.0.0.1:5060", "sip.example.com", "[2001:db8::1]:5060", and, as the server writes it,
// "2001:db8::1:5060".
NamedAddress named_address(std::string_view text) {
  NamedAddress address;
  const std::size_t colon = text.rfind(':');
  const bool has_port = colon != std::string_view::npos && !text.ends_with(']');
  address.host = text.substr(0, has_port ? colon : text.size());
  if (!has_port) return address;
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (read.ec == std::errc{} && port != 0) address.port = port;
  return address;
}

std::string_view without_transport(std::string_view peer) {
  const std::size_t slash = peer.find('/');
  return slash == std::string_view::npos ? peer : peer.substr(slash + 1);
}

bool is_request_sent(const Rung& rung) {
  return rung.evidence && rung.evidence->direction == "out" && rung.status == 0;
}

// Returns the address of our side of a leg: the server's own.
NamedAddress own_address(const Ladder& ladder, std::size_t leg) {
  for (const Rung& rung : ladder.rungs) {
    // The server tells from which address it sends a request.
    if (rung.leg == leg && is_request_sent(rung) && !rung.evidence->peer.empty()) {
      return named_address(without_transport(rung.evidence->peer));
    }
  }
  const Endpoint& local = ladder.legs[leg].local;
  if (local.signaling_address) {
    const std::uint16_t port = local.signaling_port.value_or(sip_port);
    return {*local.signaling_address, port == 0 ? sip_port : port};
  }
  for (const Rung& rung : ladder.rungs) {
    const bool is_request =
        rung.leg == leg && rung.evidence && rung.status == 0 && rung.evidence->direction == "in";
    if (is_request) return named_address(next_hop(rung.evidence->bytes));
  }
  return {};
}

// The log has what a WebSocket carried, not its frames: where others would take it for HTTP, it is
// shown at SIP's own port.
std::uint16_t port_to_show(std::uint16_t port, std::string_view transport) {
  const bool is_websocket = transport == "ws" || transport == "wss";
  const bool is_http = std::ranges::find(http_ports, port) != http_ports.end();
  return is_websocket && is_http ? sip_port : port;
}

void to_one_family(IpAddress& one, IpAddress& other) {
  if (one.is_ipv6 == other.is_ipv6) return;
  IpAddress& ipv4 = one.is_ipv6 ? other : one;
  IpAddress mapped;
  mapped.is_ipv6 = true;
  mapped.bytes[10] = mapped.bytes[11] = 0xFF;
  std::copy_n(ipv4.bytes.begin(), 4, mapped.bytes.begin() + 12);
  ipv4 = mapped;
}

}  // namespace

std::optional<IpAddress> parse_ip_address(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  const std::string copy{text};  // inet_pton wants its end
  IpAddress address;
  if (inet_pton(AF_INET, copy.c_str(), address.bytes.data()) == 1) return address;
  address.is_ipv6 = true;
  if (inet_pton(AF_INET6, copy.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

std::string to_string(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(address.is_ipv6 ? AF_INET6 : AF_INET, address.bytes.data(), text.data(), text.size());
  return text.data();
}

IpAddress StandIns::address_of(std::string_view host) {
  if (const auto address = parse_ip_address(host)) return *address;
  if (const auto known = all_.find(host); known != all_.end()) return known->second;
  IpAddress address;
  const std::size_t number = all_.size() + 1;
  constexpr std::size_t in_a_network = 254;
  if (number <= in_a_network) {
    address.bytes = {192, 0, 2, static_cast<std::uint8_t>(number)};
  } else {
    address.is_ipv6 = true;
    address.bytes = {0x20, 0x01, 0x0d, 0xb8};
    for (std::size_t i = 0; i < 4; ++i) {
      address.bytes.at(15 - i) = static_cast<std::uint8_t>(number >> (8 * i));
    }
  }
  return all_.emplace(host, address).first->second;
}

std::vector<Packet> packets_of(const Ladder& ladder, StandIns& stand_ins) {
  std::vector<NamedAddress> own;
  for (std::size_t leg = 0; leg < ladder.legs.size(); ++leg) {
    own.push_back(own_address(ladder, leg));
  }
  std::vector<Packet> packets;
  for (const Rung& rung : ladder.rungs) {
    if (rung.kind != Rung::Kind::message || !rung.evidence || !rung.leg) continue;
    const bool is_in = rung.evidence->direction == "in";
    const Participant& far = ladder.participants[is_in ? rung.from : rung.to];
    const NamedAddress far_address = named_address(far.name);
    // A request tells its own way; the leg's other messages may have gone another.
    const NamedAddress own_end = is_request_sent(rung) && !rung.evidence->peer.empty()
                                     ? named_address(without_transport(rung.evidence->peer))
                                     : own[*rung.leg];
    SocketAddress there{stand_ins.address_of(far_address.host),
                        port_to_show(far_address.port, rung.transport)};
    SocketAddress here{stand_ins.address_of(own_end.host),
                       port_to_show(own_end.port, rung.transport)};
    to_one_family(there.host, here.host);
    Packet packet;
    packet.at = rung.at;
    packet.over_tcp = (!rung.transport.empty() && rung.transport != "udp") ||
                      rung.evidence->bytes.size() > most_over_udp;
    packet.from = is_in ? there : here;
    packet.to = is_in ? here : there;
    packet.message = rung.evidence->bytes;
    packet.call_id = ladder.legs[*rung.leg].call_id;
    packets.push_back(std::move(packet));
  }
  return packets;
}

}  // namespace drachtio::report
