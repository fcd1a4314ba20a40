// A relay that is told to dial itself, by whatever spelling of its own address.
#include "net/self_dial.hpp"

#include "catch.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#include <string>

using drachtio::net::Address;
using drachtio::net::dials_itself;

namespace {

// An IPv4 address of an interface other than loopback; empty where there is none.
std::string outer_address() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return {};
  std::string found;
  for (const ifaddrs* each = list; each != nullptr && found.empty(); each = each->ifa_next) {
    if (each->ifa_addr == nullptr || each->ifa_addr->sa_family != AF_INET) continue;
    const auto* four = reinterpret_cast<const sockaddr_in*>(each->ifa_addr);
    char text[INET_ADDRSTRLEN] = "";
    ::inet_ntop(AF_INET, &four->sin_addr, text, sizeof text);
    if (!std::string{text}.starts_with("127.")) found = text;
  }
  ::freeifaddrs(list);
  return found;
}

}  // namespace

TEST_CASE("A relay dials itself where the address is its own", "[net]") {
  CHECK(dials_itself({"127.0.0.1", 9023}, {"127.0.0.1", 9023}));
  CHECK(dials_itself({"localhost", 9023}, {"127.0.0.1", 9023}));
  CHECK(dials_itself({"localhost", 9023}, {"localhost", 9023}));
  CHECK(dials_itself({"::ffff:127.0.0.1", 9023}, {"127.0.0.1", 9023}));
  CHECK(dials_itself({"0.0.0.0", 9023}, {"127.0.0.1", 9023}));
  CHECK(dials_itself({"0:0:0:0:0:0:0:1", 9023}, {"::1", 9023}));
}

TEST_CASE("A relay on all addresses dials itself at each one of its machine", "[net]") {
  for (const std::string wildcard : {"0.0.0.0", "::"}) {
    CAPTURE(wildcard);
    for (const std::string own : {"127.0.0.1", "127.1.2.3", "localhost", "0.0.0.0"}) {
      CAPTURE(own);
      CHECK(dials_itself({own, 9023}, {wildcard, 9023}));
    }
    if (const std::string outer = outer_address(); !outer.empty()) {
      CHECK(dials_itself({outer, 9023}, {wildcard, 9023}));
    }
    CHECK_FALSE(dials_itself({"192.0.2.1", 9023}, {wildcard, 9023}));  // RFC 5737: nobody's
    CHECK_FALSE(dials_itself({"127.0.0.1", 9022}, {wildcard, 9023}));
  }
  CHECK(dials_itself({"::1", 9023}, {"::", 9023}));
  CHECK_FALSE(dials_itself({"::1", 9023}, {"0.0.0.0", 9023}));
}

TEST_CASE("A relay does not dial itself at another port, address or unknown name", "[net]") {
  CHECK_FALSE(dials_itself({"127.0.0.1", 9022}, {"127.0.0.1", 9023}));
  CHECK_FALSE(dials_itself({"127.0.0.2", 9023}, {"127.0.0.1", 9023}));
  CHECK_FALSE(dials_itself({"::1", 9023}, {"127.0.0.1", 9023}));
  CHECK_FALSE(dials_itself({"nosuch.invalid", 9023}, {"127.0.0.1", 9023}));
}
