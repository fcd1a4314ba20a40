// Times of day without a date: the instant nearest to when the frame was read.
#include "wire/server_clock.hpp"

#include "catch.hpp"
#include "text/timestamp.hpp"

#include <string>

using namespace drachtio;

namespace {

std::string resolved(const char* time_of_day, const char* read_at) {
  const auto time = text::parse_instant(std::string{"1970-01-01T"} + time_of_day);
  return text::rfc3339(
      wire::resolve_time(time.value().time_since_epoch(), text::parse_instant(read_at).value()));
}

}  // namespace

TEST_CASE("Server time: on the day the frame was read", "[wire]") {
  CHECK(resolved("18:39:47.687980", "2026-11-22T18:39:47.690") == "2026-11-22T18:39:47.687980Z");
  CHECK(resolved("00:00:00", "2026-11-22T00:00:00") == "2026-11-22T00:00:00.000000Z");
  CHECK(resolved("07:00:00", "2026-11-22T18:30:00") == "2026-11-22T07:00:00.000000Z");
}

TEST_CASE("Server time: across midnight, either way", "[wire]") {
  CHECK(resolved("23:59:59.999999", "2026-11-22T00:00:00.000100") == "2026-11-21T23:59:59.999999Z");
  CHECK(resolved("00:00:00.000001", "2026-11-21T23:59:59.9") == "2026-11-22T00:00:00.000001Z");
  CHECK(resolved("23:59:59", "2027-01-01T00:00:01") == "2026-12-31T23:59:59.000000Z");
  CHECK(resolved("00:00:01", "2024-02-28T23:59:59") == "2024-02-29T00:00:01.000000Z");
}

TEST_CASE("Server time: of a clock that is off by less than twelve hours", "[wire]") {
  CHECK(resolved("06:00:00", "2026-11-22T17:59:59") == "2026-11-22T06:00:00.000000Z");
  CHECK(resolved("06:00:00", "2026-11-22T18:00:01") == "2026-11-23T06:00:00.000000Z");
  CHECK(resolved("18:00:00", "2026-11-22T05:59:59") == "2026-11-21T18:00:00.000000Z");
  CHECK(resolved("18:00:00", "2026-11-22T06:00:01") == "2026-11-22T18:00:00.000000Z");
}

TEST_CASE("Server time: before 1970 too", "[wire]") {
  CHECK(resolved("23:59:59", "1970-01-01T00:00:01") == "1969-12-31T23:59:59.000000Z");
  CHECK(resolved("00:00:01", "1969-12-31T23:59:59") == "1970-01-01T00:00:01.000000Z");
}
