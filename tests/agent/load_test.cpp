// Many calls at full speed: nothing lost, nothing kept that is over.
#include "agent/agent_program.hpp"
#include "program.hpp"

#include <malloc.h>
#include <sqlite3.h>

#include <cstdlib>

using namespace drachtio;
using namespace drachtio::test;
using namespace std::chrono_literals;

namespace {

// Returns what the program has allocated and not freed, but for SQLite's page cache: that is
// bounded. Resident memory would tell of the allocator's habits instead.
std::int64_t bytes_in_use() {
  return static_cast<std::int64_t>(::mallinfo2().uordblks) - ::sqlite3_memory_used();
}

// ... once nothing is under way any more: the last batches are written, and what is looked after
// once a second has been looked after.
std::int64_t bytes_at_rest(Program& program) {
  std::int64_t bytes = bytes_in_use();
  bool rests = false;
  while (!rests) {
    const auto look_again = std::chrono::steady_clock::now() + 2s;
    REQUIRE(program.until([&] { return std::chrono::steady_clock::now() > look_again; }));
    const std::int64_t before = std::exchange(bytes, bytes_in_use());
    rests = std::abs(bytes - before) < 64L * 1024;
  }
  return bytes;
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
  program.agent->on_event().disconnect_all_slots();
  program.agent->on_create().disconnect_all_slots();
  program.agent->on_create().connect([&](const DialogEvent&) { ++created; });
  program.agent->on_terminate().connect([&](const DialogEvent&) { ++ended; });
  program.connect();
  const auto calls = [&](std::uint64_t count) {
    created = 0;
    ended = 0;
    sim.command("call " + std::to_string(count) + " 0 hangup");
    REQUIRE(program.until([&] { return created == count && ended == count; }, 120s));
  };
  // These rounds make what is made once: some thousand calls that ended are kept, and the tables
  // that hold them grow once more after that.
  for (int round = 0; round < 3; ++round) calls(10'000);
  const auto before = bytes_at_rest(program);
  calls(10'000);
  [[maybe_unused]] const auto growth = bytes_at_rest(program) - before;
  CHECK(program.agent->dialogs().empty());
  auto stats = sim.stats();
  CHECK(stats["answered"] == 40'000);
  CHECK(stats["refused"] == 0);
  CHECK(stats["dialogs"] == 0);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they bring their own malloc
  constexpr std::int64_t bytes_a_call = 20;  // a pointer and a time for each would take more
  CHECK(growth < 10'000 * bytes_a_call);
#endif
  program.agent.reset();
  const Ran verify = test::run("dialog-replay", {"--db", program.db().string(), "verify"});
  CHECK(verify.status == 0);
}
