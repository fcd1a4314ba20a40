// Instants as RFC 3339 has them, and as people type them.
#include "text/timestamp.hpp"

#include "catch.hpp"

using namespace drachtio;
using text::parse_instant;
using text::parse_time;
using text::rfc3339;

namespace {

// Central European time in 2026.
std::chrono::seconds berlin(Instant instant) {
  const bool summer = instant >= *parse_instant("2026-03-29T01:00Z") &&
                      instant < *parse_instant("2026-10-25T01:00Z");
  return std::chrono::hours{summer ? 2 : 1};
}

std::chrono::seconds utc(Instant) { return std::chrono::seconds{0}; }

// Returns the instant that `text` means at `now` in Berlin, in UTC.
std::string meant(const char* text, const char* now = "2026-11-22T12:00Z") {
  const auto instant = parse_time(text, *parse_instant(now), berlin);
  return instant ? rfc3339(*instant) : "nothing";
}

}  // namespace

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

TEST_CASE("RFC 3339: written with an offset", "[text]") {
  using namespace std::chrono_literals;
  const Instant instant = to_instant(1795372772408152);
  CHECK(rfc3339(instant, 1h) == "2026-11-22T19:39:32.408152+01:00");
  CHECK(rfc3339(instant, 0s) == "2026-11-22T18:39:32.408152+00:00");
  CHECK(rfc3339(instant, -(5h + 30min)) == "2026-11-22T13:09:32.408152-05:30");
  CHECK(rfc3339(instant, 6h) == "2026-11-23T00:39:32.408152+06:00");
  for (const auto offset :
       {53min + 28s, -(53min + 28s), 14h + 0s}) {  // as before zones were agreed
    CHECK(parse_instant(rfc3339(instant, offset)) == instant);
  }
}

TEST_CASE("A time without an offset is the zone's", "[text]") {
  CHECK(meant("2026-11-22") == "2026-11-21T23:00:00.000000Z");
  CHECK(meant("2026-11-22 12:00") == "2026-11-22T11:00:00.000000Z");
  CHECK(meant("2026-07-22T12:00:00.5") == "2026-07-22T10:00:00.500000Z");
  CHECK(meant("2026-11-22T12:00Z") == "2026-11-22T12:00:00.000000Z");
  CHECK(meant("2026-11-22T12:00-05:30") == "2026-11-22T17:30:00.000000Z");
  // Around the hour that is skipped, and the one that comes twice.
  CHECK(meant("2026-03-29 01:59") == "2026-03-29T00:59:00.000000Z");
  CHECK(meant("2026-03-29 02:30") == "2026-03-29T01:30:00.000000Z");
  CHECK(meant("2026-03-29 03:00") == "2026-03-29T01:00:00.000000Z");
  CHECK(meant("2026-10-25 01:59") == "2026-10-24T23:59:00.000000Z");
  CHECK(meant("2026-10-25 02:30") == "2026-10-25T00:30:00.000000Z");
  CHECK(meant("2026-10-25 03:00") == "2026-10-25T02:00:00.000000Z");
}

TEST_CASE("Times that depend on what time it is", "[text]") {
  CHECK(meant("now") == "2026-11-22T12:00:00.000000Z");
  CHECK(meant("today") == "2026-11-21T23:00:00.000000Z");
  CHECK(meant("yesterday") == "2026-11-20T23:00:00.000000Z");
  CHECK(meant("today", "2026-11-22T23:30Z") == "2026-11-22T23:00:00.000000Z");
  CHECK(meant("yesterday", "2026-03-30T10:00Z") == "2026-03-28T23:00:00.000000Z");
  CHECK(meant("-90s") == "2026-11-22T11:58:30.000000Z");
  CHECK(meant("-30m") == "2026-11-22T11:30:00.000000Z");
  CHECK(meant("-1h") == "2026-11-22T11:00:00.000000Z");
  CHECK(meant("-7d") == "2026-11-15T12:00:00.000000Z");
  const Instant noon = *parse_instant("2026-11-22T12:00Z");
  CHECK(parse_time("today", noon, utc) == noon - std::chrono::hours{12});
  for (const char* text : {"", "-", "-h", "-1", "1h", "-1w", "-1.5h", "--1h", "-1 h", "-1hh", "+1h",
                           "tomorrow", "Today", "-9999999999d", "-999999999d"}) {
    INFO(text);
    CHECK(meant(text) == "nothing");
  }
}
