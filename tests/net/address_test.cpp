// HOST:PORT, as people write it.
#include "net/address.hpp"

#include "catch.hpp"
#include "contains.hpp"

using drachtio::net::Address;
using drachtio::net::parse_address;
using drachtio::net::parse_remote_address;
using drachtio::test::contains;

TEST_CASE("An address is a host, and a port that is 9022 unless given", "[net]") {
  CHECK(parse_address("127.0.0.1:9022") == Address{"127.0.0.1", 9022});
  CHECK(parse_address("sip.example.net") == Address{"sip.example.net", 9022});
  CHECK(parse_address("localhost:0") == Address{"localhost", 0});
  CHECK(parse_address("[::1]:65535") == Address{"::1", 65535});
  CHECK(parse_address("[2001:db8::1]") == Address{"2001:db8::1", 9022});
}

TEST_CASE("An address is written as it is read", "[net]") {
  for (const std::string text : {"127.0.0.1:9022", "[::1]:1", "host:80"}) {
    CHECK(to_string(parse_address(text)) == text);
  }
}

TEST_CASE("What is no address is refused with the reason", "[net]") {
  const auto [text, why] = GENERATE(table<std::string, std::string>({
      {"", "host is missing"},
      {":9022", "host is missing"},
      {"[]:9022", "host is missing"},
      {"host:", "not a number"},
      {"host:x", "not a number"},
      {"host:80x", "not a number"},
      {"host:-1", "not a number"},
      {"host:65536", "over 65535"},
      {"::1", "brackets"},
      {"[::1", "']' is missing"},
      {"[::1]9022", "':' must follow"},
      {"ho st:1", "no host name"},
      {"host\n:1", "no host name"},
  }));
  CAPTURE(text);
  CHECK_THROWS_WITH(parse_address(text), contains(why));
}

TEST_CASE("Nobody is dialled at port 0", "[net]") {
  CHECK_THROWS_WITH(parse_remote_address("host:0"), contains("port 0"));
  CHECK(parse_remote_address("host:1").port == 1);
}
