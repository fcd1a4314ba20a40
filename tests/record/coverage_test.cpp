// When the recorder was blind: what the view coverage_gap makes of links, refusals and crashes.
#include "catch.hpp"
#include "record/writer.hpp"
#include "scratch_folder.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace drachtio;
using test::ScratchFolder;

namespace {

// server, whether it has ended, why
std::vector<std::string> gaps(const std::filesystem::path& path) {
  const SQLite::Database database{path.string(), SQLite::OPEN_READONLY};
  SQLite::Statement query{database,
                          "SELECT server || CASE WHEN ended IS NULL THEN ' open: ' ELSE ' over: ' "
                          "END || why FROM coverage_gap ORDER BY server, position"};
  std::vector<std::string> found;
  while (query.executeStep()) found.push_back(query.getColumn(0).getString());
  return found;
}

// Writes in a process of its own, that ends without a word.
template <typename Work>
void killed_after(const std::filesystem::path& path, const Work& work) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    record::Ledger ledger{log::EventLog{path}, [] { return drachtio::now(); }};
    work(ledger);
    ledger.commit();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  REQUIRE(WEXITSTATUS(status) == 0);
}

void note(record::Ledger& ledger, EventType type, const std::string& server) {
  Event event;
  event.type = type;
  event.occurred_at = drachtio::now();
  event.server = server;
  event.detail = "said so";
  ledger.note({0, std::move(event)});
}

}  // namespace

TEST_CASE("a server that was never reached is a gap from the first refusal on") {
  const ScratchFolder folder;
  const auto db = folder / "calls.db";
  record::Writer writer{db, {}};
  writer.link_refused("pbx", "connection refused");
  writer.link_refused("pbx", "no route");
  SECTION("and still is") {
    writer.stop();
    CHECK(gaps(db) == std::vector<std::string>{"pbx open: connection refused"});
  }
  SECTION("until it is reached") {
    writer.link_up("pbx", "logged in");
    writer.stop();
    CHECK(gaps(db) == std::vector<std::string>{"pbx over: connection refused"});
  }
}

TEST_CASE("a server that fell silent was not recorded from its last byte on") {
  const ScratchFolder folder;
  const auto db = folder / "calls.db";
  {
    record::Writer writer{db, {}};
    writer.link_up("pbx", "logged in");
    writer.link_down("pbx", "no reply to a ping", drachtio::now() - std::chrono::seconds{40});
    writer.link_up("pbx", "logged in");
  }
  const SQLite::Database database{db.string(), SQLite::OPEN_READONLY};
  SQLite::Statement query{database, "SELECT seconds FROM coverage_gap"};
  REQUIRE(query.executeStep());
  CHECK(query.getColumn(0).getDouble() >= 40);
}

TEST_CASE("a recorder that was killed was blind from its last event on, for each of its servers") {
  const ScratchFolder folder;
  const auto db = folder / "calls.db";
  killed_after(db, [](record::Ledger& ledger) {
    note(ledger, EventType::link_up, "east");
    note(ledger, EventType::link_up, "west");
    note(ledger, EventType::link_up, "north");
    note(ledger, EventType::link_down, "north");
    note(ledger, EventType::gap, "east");
  });
  const auto last = log::Reader{db}.head().recorded_at;
  record::Writer writer{db, {}};
  writer.link_refused("east", "still booting");
  writer.link_up("east", "logged in");
  writer.stop();
  CHECK(gaps(db) ==
        std::vector<std::string>{
            "east over: said so", "east over: the recorder was killed, or its machine went down",
            "north open: said so", "west open: the recorder was killed, or its machine went down"});
  for (const log::Row& row : log::Reader{db}.after(5)) {
    if (row.type == "link-down") CHECK(row.occurred_at == last);
  }
}

TEST_CASE("a recorder that ended cleanly says nothing more when it starts again") {
  const ScratchFolder folder;
  const auto db = folder / "calls.db";
  {
    record::Writer writer{db, {}};
    writer.link_up("pbx", "logged in");
    writer.link_down("pbx", "the recorder was stopped");
  }
  record::Writer writer{db, {}};
  writer.stop();
  CHECK(log::Reader{db}.head().position == 2);
}

TEST_CASE("a recorder that hears nothing says once a minute that it is alive") {
  const ScratchFolder folder;
  const auto path = folder / "calls.db";
  Instant clock = to_instant(1'800'000'000'000'000);
  record::Ledger ledger{log::EventLog{path}, [&] { return clock; }};
  ledger.note_alive(clock);
  ledger.commit();
  const std::int64_t begun = ledger.head().position;
  const auto alive_after = [&](std::chrono::seconds time) {
    const std::int64_t before = ledger.head().position;
    ledger.note_alive(clock += time);
    ledger.commit();
    return ledger.head().position - before;
  };
  clock = std::max(clock, to_instant(ledger.head().recorded_at));
  CHECK(alive_after(std::chrono::seconds{59}) == 0);
  CHECK(alive_after(std::chrono::seconds{1}) == 1);
  CHECK(alive_after(std::chrono::seconds{59}) == 0);
  CHECK(alive_after(std::chrono::seconds{1}) == 1);
  CHECK(ledger.head().position == begun + 2);
  CHECK(log::Reader{path}.at(begun + 1)->type == "alive");
}
