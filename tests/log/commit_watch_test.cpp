// A commit wakes whoever waits for it, wherever the writer is.
#include "log/commit_watch.hpp"

#include "catch.hpp"
#include "log/single_writer.hpp"
#include "net/contains.hpp"
#include "sample_log.hpp"
#include "scratch_folder.hpp"

#include <drachtio/subscription.hpp>

#include <unistd.h>

#include <fstream>
#include <future>

using namespace drachtio;
using namespace drachtio::test;
using namespace std::chrono_literals;

namespace {

// Longer than any test takes: who returns true before has been woken.
bool is_woken(log::CommitWatch& watch) {
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (std::chrono::steady_clock::now() < deadline) {
    if (watch.wait(1s)) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("a commit wakes who waits for it") {
  const ScratchFolder folder;
  SampleLog log{folder / "calls.db"};
  log::CommitWatch watch{folder / "calls.db"};
  REQUIRE(watch.is_woken());
  CHECK_FALSE(watch.wait(0ms));
  auto woken = std::async(std::launch::async, [&] { return is_woken(watch); });
  log.call("first@example.com", 10, 1);
  CHECK(woken.get());
  CHECK_FALSE(watch.wait(0ms));  // once told, it waits for the next one
}

TEST_CASE("a commit between the look at the log and the wait is not missed") {
  const ScratchFolder folder;
  SampleLog log{folder / "calls.db"};
  log::CommitWatch watch{folder / "calls.db"};
  log.call("first@example.com", 10, 1);
  CHECK(watch.wait(0ms));
}

TEST_CASE("the log's other names lead to the same watch") {
  const ScratchFolder folder;
  SampleLog log{folder / "calls.db"};
  std::filesystem::create_symlink(folder / "calls.db", folder / "link.db");
  log::CommitWatch watch{folder / "link.db"};
  log.call("first@example.com", 10, 1);
  CHECK(watch.wait(0ms));
}

TEST_CASE("where no writer was, there is nothing to be woken by, and waiting is a pause") {
  const ScratchFolder folder;
  const std::string name = GENERATE(std::string{"calls.db"}, std::string(300, 'x'));  // too long
  log::CommitWatch watch{folder / name};
  CHECK_FALSE(watch.is_woken());
  CHECK_FALSE(watch.wait(1ms));
}

TEST_CASE("the lock's file tells the head, and its holder by the pid alone") {
  const ScratchFolder folder;
  SampleLog log{folder / "calls.db"};
  log.call("first@example.com", 10, 1);
  std::ifstream file{folder / "calls.db.lock"};
  std::string pid;
  std::string head;
  REQUIRE(std::getline(file, pid));
  REQUIRE(std::getline(file, head));
  CHECK(pid == std::to_string(::getpid()));
  CHECK(head == "1");
  CHECK_THROWS_WITH(log::SingleWriter{folder / "calls.db"},
                    contains("is being written by process " + pid + ": only one process"));
}

TEST_CASE("a subscription that waits hears of a commit of another thread") {
  const ScratchFolder folder;
  SampleLog log{folder / "calls.db"};
  DialogSignals signals;
  std::vector<std::int64_t> told;
  signals.on_event().connect([&](const DialogEvent& event) { told.push_back(event.position); });
  Subscription subscription{folder / "calls.db", signals, 0};
  auto delivered = std::async(std::launch::async, [&] { return subscription.wait(60s); });
  log.call("first@example.com", 10, 1);
  CHECK(delivered.get() == 1);
  CHECK(told == std::vector<std::int64_t>{1});
}
