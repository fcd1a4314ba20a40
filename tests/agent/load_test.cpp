// Many calls at full speed: nothing lost, nothing kept that is over.
#include "agent/agent_program.hpp"
#include "program.hpp"

#include <unistd.h>

#include <fstream>

using namespace drachtio;
using namespace drachtio::test;
using namespace std::chrono_literals;

namespace {

std::int64_t resident_kilobytes() {
  std::ifstream statm{"/proc/self/statm"};
  std::int64_t pages = 0;
  statm >> pages >> pages;
  return pages * ::sysconf(_SC_PAGESIZE) / 1024;
}

}  // namespace

TEST_CASE("10,000 calls at full speed: each is answered, created and ended, none is kept",
          "[agent][slow]") {
  Sim sim{{"--talk", "10"}};
  Program program{sim};
  std::uint64_t created = 0;
  std::uint64_t ended = 0;
  program.agent->invite([](Request& req, Response& res) {
    req.session()["caller"] = req.from().user;
    res.send(200, {.body = our_sdp});
  });
  // Only counted: Program keeps every event it hears of.
  program.agent->on_event.disconnect_all_slots();
  program.agent->on_create.disconnect_all_slots();
  program.agent->on_create.connect([&](const DialogEvent&) { ++created; });
  program.agent->on_terminate.connect([&](const DialogEvent&) { ++ended; });
  program.connect();
  const auto calls = [&](std::uint64_t count) {
    created = 0;
    ended = 0;
    sim.command("call " + std::to_string(count) + " 0 hangup");
    REQUIRE(program.until([&] { return created == count && ended == count; }, 120s));
  };
  calls(10'000);  // what is made once is made now: SQLite's cache, the allocator's arenas
  calls(10'000);
  // Memory that is kept of ended calls grows in every round; other memory grows in some rounds
  // only.
  auto least_growth = std::numeric_limits<decltype(resident_kilobytes())>::max();
  int rounds = 2;
  for (; rounds < 5; ++rounds) {
    const auto before = resident_kilobytes();
    calls(10'000);
    const auto now = resident_kilobytes();
    least_growth = std::min(least_growth, now > before ? now - before : 0);
  }
  CHECK(program.agent->dialogs().empty());
  auto stats = sim.stats();
  CHECK(stats["answered"] == rounds * 10'000);
  CHECK(stats["refused"] == 0);
  CHECK(stats["dialogs"] == 0);
#if !defined(__SANITIZE_ADDRESS__)
  constexpr int bytes_a_call = 100;  // the state alone of a call that is kept takes more
  CHECK(least_growth * 1024 < 10'000 * bytes_a_call);
#endif
  program.agent.reset();
  const Ran verify = test::run("dialog-replay", {"--db", program.db().string(), "verify"});
  CHECK(verify.status == 0);
}
