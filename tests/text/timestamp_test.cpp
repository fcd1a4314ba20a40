// Instants as RFC 3339 has them, and as people type them.
#include "text/timestamp.hpp"

#include "catch.hpp"

using namespace drachtio;
using text::parse_instant;
using text::rfc3339;

TEST_CASE("RFC 3339: written in UTC with six decimals", "[text]") {
  CHECK(rfc3339(to_instant(0)) == "1970-01-01T00:00:00.000000Z");
  CHECK(rfc3339(to_instant(1795372772408152)) == "2026-11-22T18:39:32.408152Z");
  CHECK(rfc3339(to_instant(-1)) == "1969-12-31T23:59:59.999999Z");
  CHECK(rfc3339(to_instant(1709164800000001)) == "2024-02-29T00:00:00.000001Z");
}

TEST_CASE("RFC 3339: what is written is read", "[text]") {
  for (const std::int64_t micros : {0LL, -1LL, 1795372772408152LL, 253402300799999999LL}) {
    CHECK(parse_instant(rfc3339(to_instant(micros))) == to_instant(micros));
  }
}

TEST_CASE("Instants as people type them", "[text]") {
  const auto noon = parse_instant("2026-11-22T12:00:00Z");
  REQUIRE(noon);
  for (const auto* text : {"2026-11-22T12:00", "2026-11-22 12:00", "2026-11-22t12:00:00z",
                           "2026-11-22T12:00:00.000", "2026-11-22T13:00+01:00",
                           "2026-11-22T13:00:00+0100", "2026-11-22T06:30:00.0000001-05:30"}) {
    INFO(text);
    CHECK(parse_instant(text) == noon);
  }
  CHECK(parse_instant("2026-11-22") == *noon - std::chrono::hours{12});
  CHECK(parse_instant("2026-11-22T12:00:00.5") == *noon + std::chrono::milliseconds{500});
  CHECK(parse_instant("2026-11-21T23:59:60Z") == *noon - std::chrono::hours{12});
}

TEST_CASE("What is no instant is not guessed at", "[text]") {
  for (const auto* text : {"",
                           "now",
                           "2026",
                           "2026-11",
                           "2026-13-01",
                           "2026-02-29",
                           "2026-00-10",
                           "2026-11-22T",
                           "2026-11-22T24:00",
                           "2026-11-22T12:60",
                           "2026-11-22T12:00:61",
                           "2026-11-22T12",
                           "2026-11-22T12:00:00.",
                           "2026-11-22T12:00Zx",
                           "2026-11-22T12:00 Z",
                           "2026-11-22T12:00+1",
                           "2026-11-22T12:00+99:00",
                           "2026-11-22T12:00+01:60",
                           "26-11-22",
                           "2026-1-22",
                           "+2026-11-22",
                           "2026-11-22Z",
                           " 2026-11-22",
                           "2026/11/22"}) {
    INFO(text);
    CHECK_FALSE(parse_instant(text));
  }
}
