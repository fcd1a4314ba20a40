// A call that was dropped from memory within reach is never taken for one that was not.
#include "record/forgotten_calls.hpp"

#include "catch.hpp"

#include <functional>
#include <random>

using namespace drachtio;
using namespace std::chrono_literals;

TEST_CASE("calls are noted for as long as a writer looks back, however many there are") {
  record::ForgottenCalls forgotten{5min};
  const Instant start = drachtio::now();
  std::mt19937_64 random{7};
  std::vector<std::uint64_t> early(100'000);
  std::vector<std::uint64_t> late(100'000);
  std::ranges::generate(early, std::ref(random));
  std::ranges::generate(late, std::ref(random));
  forgotten.add(early, start);
  forgotten.add(late, start + 4min);
  forgotten.add({}, start + 6min);  // the first have been held long enough, the others not
  const auto is_noted = [&](std::uint64_t call) { return forgotten.may_hold(call); };
  CHECK(std::ranges::all_of(late, is_noted));
  forgotten.add({}, start + 12min);
  CHECK(std::ranges::none_of(late, is_noted));
}

TEST_CASE("calls that were not noted are rarely taken for one that was") {
  record::ForgottenCalls forgotten{5min};
  std::mt19937_64 random{7};
  std::vector<std::uint64_t> calls(100'000);
  std::ranges::generate(calls, std::ref(random));
  forgotten.add(calls, drachtio::now());
  int mistaken = 0;
  for (int i = 0; i < 100'000; ++i) mistaken += forgotten.may_hold(random()) ? 1 : 0;
  CHECK(mistaken < 1000);
}
