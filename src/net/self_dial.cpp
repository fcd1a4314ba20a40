#include "net/self_dial.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <ifaddrs.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

namespace drachtio::net {

namespace {

namespace ip = boost::asio::ip;

// An IPv4 address in IPv6's clothes (::ffff:127.0.0.1) as IPv4, and without an interface: the
// same socket answers to all of these.
ip::address plain(const ip::address& address) {
  if (!address.is_v6()) return address;
  const ip::address_v6 six = address.to_v6();
  if (six.is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, six);
  return ip::address_v6{six.to_bytes()};
}

std::vector<ip::address> resolved(const std::string& host, ip::resolver_base::flags flags) {
  boost::asio::io_context io;
  ip::tcp::resolver resolver{io};
  boost::system::error_code error;
  std::vector<ip::address> addresses;
  for (const auto& entry : resolver.resolve(host, "", flags, error)) {
    addresses.push_back(entry.endpoint().address());
  }
  return addresses;
}

std::vector<ip::address> interface_addresses() {
  std::vector<ip::address> addresses;
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return addresses;
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner{list, &::freeifaddrs};
  for (const ifaddrs* each = list; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr) continue;
    if (each->ifa_addr->sa_family == AF_INET) {
      sockaddr_in four{};
      std::memcpy(&four, each->ifa_addr, sizeof four);
      addresses.emplace_back(ip::address_v4{ntohl(four.sin_addr.s_addr)});
    } else if (each->ifa_addr->sa_family == AF_INET6) {
      sockaddr_in6 six{};
      std::memcpy(&six, each->ifa_addr, sizeof six);
      ip::address_v6::bytes_type bytes{};
      std::memcpy(bytes.data(), &six.sin6_addr, bytes.size());
      addresses.emplace_back(ip::address_v6{bytes});
    }
  }
  return addresses;
}

// An unspecified address (0.0.0.0, ::) that is dialled leads to this machine, too.
bool is_of_this_machine(const ip::address& address) {
  if (address.is_loopback() || address.is_unspecified()) return true;
  const auto own = interface_addresses();
  return std::ranges::find(own, address) != own.end();
}

bool is_reached_at(const ip::address& listening, const ip::address& dialled) {
  if (listening.is_unspecified()) {
    return (listening.is_v6() || dialled.is_v4()) && is_of_this_machine(dialled);
  }
  if (!dialled.is_unspecified()) return listening == dialled;
  return dialled.is_v4() ? listening == ip::address_v4::loopback()
                         : listening == ip::address_v6::loopback();
}

}  // namespace

bool dials_itself(const Address& dial, const Address& listening) {
  if (dial.port != listening.port) return false;
  const auto own = resolved(listening.host, ip::resolver_base::passive);
  if (own.empty()) return false;
  // A name with several addresses is listened on at its first one only, as the relay does.
  const ip::address at = plain(own.front());
  return std::ranges::any_of(resolved(dial.host, {}), [&](const ip::address& dialled) {
    return is_reached_at(at, plain(dialled));
  });
}

}  // namespace drachtio::net
