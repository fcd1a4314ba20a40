// A log that was written before there was format 2: it opens, verifies, goes on and can be rebuilt.
#include "catch.hpp"
#include "log/error.hpp"
#include "log/verify.hpp"
#include "program.hpp"
#include "projection/rebuild.hpp"
#include "projection/verify.hpp"
#include "record/frames.hpp"
#include "scratch_folder.hpp"

#include <SQLiteCpp/Database.h>

#include <csignal>
#include <fstream>
#include <random>
#include <sstream>

using namespace drachtio;
using namespace drachtio::test;

namespace {

// tests/log/format-1/calls.sql is what the sqlite3 shell dumps of such a log: recorded calls, and a
// forked one, whose branches were one dialog then.
std::filesystem::path old_log(const ScratchFolder& folder) {
  std::ostringstream dump;
  dump << std::ifstream{std::string{DRACHTIO_TEST_LOG_OF_FORMAT_1}}.rdbuf();
  auto path = folder / "calls.db";
  SQLite::Database database{path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
  database.exec(dump.str());
  return path;
}

bool verifies(const std::filesystem::path& path) {
  log::Reader reader{path};
  log::Faults faults;
  log::verify(reader, {}, faults);
  projection::verify(reader, {}, faults);
  for (const auto& fault : faults.kept()) UNSCOPED_INFO(fault.where << ": " << fault.what);
  return faults.count() == 0;
}

std::map<std::int64_t, dialog::Dialog> dialogs(const std::filesystem::path& path) {
  log::Reader reader{path};
  projection::DialogTable table{reader.database()};
  std::map<std::int64_t, dialog::Dialog> all;
  table.each("1 ORDER BY id",
             [&](dialog::Dialog&& state) { all[state.number] = std::move(state); });
  return all;
}

}  // namespace

TEST_CASE("A reader says what to do with a log of an older version") {
  const ScratchFolder folder;
  const auto path = old_log(folder);
  CHECK_THROWS_WITH(log::Reader{path},
                    Catch::Matchers::Contains("open it once with dialog-recorder"));
}

TEST_CASE("A writer brings a log of format 1 up to date, and loses nothing of it") {
  const ScratchFolder folder;
  const auto path = old_log(folder);
  { const auto ledger = open_ledger(path); }
  CHECK(verifies(path));
  const auto found = dialogs(path);
  CHECK(found.size() == 7);
  CHECK(found.at(1).cause == Cause::far_end_release);
  CHECK(found.at(16).earlier_invites.size() == 1);  // a challenge, and its retry
  CHECK(found.at(23).hold() == Hold::none);         // held, and taken off again
  CHECK(found.at(37).times.connect_time);
  // The branches of a fork stay one dialog: the first decided.
  CHECK(found.at(40).cause == Cause::cancelled);
}

TEST_CASE("What a log of format 1 has is not recorded again, and what it lacks is") {
  const ScratchFolder folder;
  const auto path = old_log(folder);
  auto ledger = open_ledger(path);
  const std::int64_t head = ledger.head().position;
  feed(ledger, capture("uas-normal.app"));
  feed(ledger, capture("uas-challenge.app"), {}, 10);
  CHECK(ledger.staged() == 0);
  feed(ledger, capture("uas-reject.app"), {}, 20);
  ledger.commit();
  CHECK(ledger.head().position > head);
  CHECK(verifies(path));
}

TEST_CASE("A log of format 1 can be rebuilt") {
  const ScratchFolder folder;
  const auto path = old_log(folder);
  { const auto ledger = open_ledger(path); }
  const auto before = dialogs(path);
  {
    log::EventLog log{path};
    projection::rebuild(log, {});
  }
  CHECK(dialogs(path) == before);
}

TEST_CASE("Killed while it brings a log of format 1 up to date, a recorder leaves it whole",
          "[slow]") {
  std::mt19937 random{std::random_device{}()};
  int killed = 0;
  for (int round = 0; round < 30; ++round) {
    const ScratchFolder folder;
    const auto path = old_log(folder);
    const std::vector<std::string> import{"import", "--db", path.string(),
                                          capture_path("uas-reject.app").string()};
    const int pid = start("dialog-recorder", import, folder / "recorder.log");
    // A journal is there while the file is changed; then a -wal, in which what follows is written.
    const auto has = [&](const char* suffix) {
      return std::filesystem::exists(path.string() + suffix);
    };
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!has("-journal") && !has("-wal") && std::chrono::steady_clock::now() < deadline) {
    }
    const auto until = std::chrono::steady_clock::now() +
                       std::chrono::microseconds{std::uniform_int_distribution{0, 8000}(random)};
    while (std::chrono::steady_clock::now() < until) {
    }
    ::kill(pid, SIGKILL);
    killed += wait_for(pid) == 128 + SIGKILL ? 1 : 0;
    const Ran finished = run("dialog-recorder", import);
    INFO(finished.out << finished.err);
    REQUIRE(finished.status == 0);
    REQUIRE(verifies(path));
    const auto found = dialogs(path);
    CHECK(found.size() >= 7);
    CHECK(found.at(1).cause == Cause::far_end_release);
  }
  CHECK(killed > 0);
}
