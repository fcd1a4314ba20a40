// The pauses between attempts to connect.
#include "net/backoff.hpp"

#include "catch.hpp"

using namespace std::chrono_literals;
using drachtio::net::Backoff;

namespace {

// The longest pause of many that follow the same number of failures.
std::chrono::milliseconds longest_after(unsigned failures) {
  std::chrono::milliseconds longest{0};
  for (std::uint32_t seed = 0; seed < 400; ++seed) {
    Backoff backoff{{}, seed};
    for (unsigned i = 0; i < failures; ++i) backoff.next();
    longest = std::max(longest, backoff.next());
  }
  return longest;
}

}  // namespace

TEST_CASE("Pauses grow from a quarter of a second to half a minute", "[net]") {
  CHECK(longest_after(0) <= 250ms);
  CHECK(longest_after(0) > 200ms);
  CHECK(longest_after(3) <= 2s);
  CHECK(longest_after(3) > 1700ms);
  CHECK(longest_after(20) <= 30s);
  CHECK(longest_after(20) > 25s);
  CHECK(longest_after(1'000) <= 30s);
}

TEST_CASE("Pauses are spread, and never shorter than 50 ms", "[net]") {
  std::chrono::milliseconds shortest{1h};
  std::chrono::milliseconds longest{0};
  for (std::uint32_t seed = 0; seed < 1000; ++seed) {
    Backoff backoff{{}, seed};
    for (int i = 0; i < 10; ++i) backoff.next();
    const auto pause = backoff.next();
    shortest = std::min(shortest, pause);
    longest = std::max(longest, pause);
  }
  CHECK(shortest >= 50ms);
  CHECK(shortest < 1s);
  CHECK(longest > 29s);
}

TEST_CASE("A link that lasted starts the pauses anew, one that did not does not", "[net]") {
  Backoff backoff{{.least = 1ms, .first = 1ms, .longest = 1h, .good_link = 10s}, 1};
  for (int i = 0; i < 30; ++i) backoff.next();
  backoff.was_up_for(9s);
  CHECK(backoff.next() > 1ms);
  backoff.was_up_for(10s);
  CHECK(backoff.next() == 1ms);
}
