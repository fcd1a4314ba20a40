// What goes wrong under a writer, by name: nothing that was taken in is lost by it.
#include "catch.hpp"
#include "faulty_disk.hpp"
#include "record/frames.hpp"
#include "scratch_folder.hpp"

#include <SQLiteCpp/Database.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <map>
#include <mutex>

using namespace drachtio::test;
using namespace drachtio;
using namespace std::chrono_literals;
using test::FaultyDisk;
using test::ScratchFolder;

namespace {

record::Frame invite(int number) {
  const std::string call_id = "call-" + std::to_string(number);
  return {"pbx", 1, wire::Sender::server,
          "id|sip|network|1|udp|192.0.2.1|5060|12:00:00.000000|tx" + call_id +
              "||192.0.2.9|5060|\r\n"
              "INVITE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK" +
              call_id +
              "\r\nFrom: <sip:ann@example.com>;tag=a\r\nTo: <sip:bob@example.com>\r\nCall-ID: " +
              call_id + "\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n",
          drachtio::now()};
}

// Waits for a position to be committed, or for the writer to fail.
class Progress {
 public:
  record::Writer::Options options() {
    record::Writer::Options options;
    options.on_commit = [this](const log::Head& head) {
      const std::lock_guard lock{mutex_};
      position_ = head.position;
      changed_.notify_all();
    };
    options.on_failed = [this](const log::Error& error) {
      const std::lock_guard lock{mutex_};
      failure_ = error.failure();
      changed_.notify_all();
    };
    return options;
  }
  bool reaches(std::int64_t position, std::chrono::seconds patience = 20s) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, patience, [&] { return position_ >= position || failure_; }) &&
           position_ >= position;
  }
  std::optional<log::Failure> fails(std::chrono::seconds patience = 20s) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, patience, [&] { return failure_.has_value(); });
    return failure_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t position_ = 0;
  std::optional<log::Failure> failure_;
};

std::size_t count_events(const std::filesystem::path& path, const std::string& type) {
  std::size_t count = 0;
  for (const log::Row& row : log::Reader{path}.after(0, 100000)) count += row.type == type ? 1 : 0;
  return count;
}

// Waits until nothing is queued.
bool queue_is_read(const record::Writer& writer, std::chrono::seconds patience = 20s) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (writer.statistics().queued_bytes > 0) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

void survives(FaultyDisk::Fault fault) {
  const ScratchFolder folder;
  FaultyDisk disk;
  Progress progress;
  record::Writer writer{folder / "calls.db", progress.options()};
  for (int i = 0; i < 10; ++i) writer.frame(invite(i));
  REQUIRE(progress.reaches(10));
  disk.fail(fault);
  for (int i = 10; i < 50; ++i) writer.frame(invite(i));
  REQUIRE(disk.wait_for_failures(3));  // tried, and tried again
  CHECK(writer.statistics().events == 10);
  disk.heal();
  REQUIRE(progress.reaches(50));
  CHECK(writer.stop());
  CHECK(count_events(folder / "calls.db", "invited") == 50);
  CHECK(writer.statistics().given_up == 0);
}

}  // namespace

TEST_CASE("disk_full: frames wait in memory and are all written once there is room") {
  survives(FaultyDisk::Fault::full);
}

TEST_CASE("io_error_on_commit: the commit is retried as it stands") {
  survives(FaultyDisk::Fault::sync);
}

TEST_CASE("queue_overflow: the oldest unread frames are given up, and a gap says how many") {
  const ScratchFolder folder;
  FaultyDisk disk;
  Progress progress;
  record::Writer::Options options = progress.options();
  options.queue_bytes = 20 * (invite(0).payload.bytes().size() + sizeof(record::Frame));
  record::Writer writer{folder / "calls.db", options};
  writer.frame(invite(0));
  REQUIRE(progress.reaches(1));
  disk.fail(FaultyDisk::Fault::full);
  writer.frame(invite(1));
  REQUIRE(disk.wait_for_failures(1));
  writer.frame(invite(2));
  REQUIRE(queue_is_read(writer));  // one batch is walked and waits: from here on nothing is taken
  for (int i = 3; i < 103; ++i) writer.frame(invite(i));
  const std::uint64_t given_up = writer.statistics().given_up;
  CHECK(given_up >= 79);
  CHECK(given_up <= 84);
  disk.heal();
  CHECK(writer.stop());
  CHECK(count_events(folder / "calls.db", "invited") == 103 - given_up);
  CHECK(count_events(folder / "calls.db", "gap") == 1);
  log::Reader reader{folder / "calls.db"};
  bool last_is_there = false;
  for (const log::Row& row : reader.after(0, 1000)) {
    if (row.type == "gap") {
      CHECK(row.data.find("\"count\":" + std::to_string(given_up)) != std::string::npos);
      CHECK(row.data.find("\"since\":") != std::string::npos);
    }
    last_is_there = last_is_there || row.data.find("call-102\"") != std::string::npos;
  }
  CHECK(last_is_there);
}

TEST_CASE("queue_overflow of several servers: each has its own gap") {
  const ScratchFolder folder;
  FaultyDisk disk;
  Progress progress;
  record::Writer::Options options = progress.options();
  options.queue_bytes = 20 * (invite(0).payload.bytes().size() + sizeof(record::Frame));
  record::Writer writer{folder / "calls.db", options};
  disk.fail(FaultyDisk::Fault::full);
  writer.frame(invite(1));
  REQUIRE(disk.wait_for_failures(1));
  writer.frame(invite(2));
  REQUIRE(queue_is_read(writer));
  for (int i = 3; i < 103; ++i) {
    record::Frame frame = invite(i);
    frame.server = i % 2 == 0 ? "east" : "west";
    writer.frame(std::move(frame));
  }
  disk.heal();
  CHECK(writer.stop());
  std::map<std::string, int> gaps;
  for (const log::Row& row : log::Reader{folder / "calls.db"}.after(0, 1000)) {
    if (row.type == "gap") ++gaps[row.data.find("east") != std::string::npos ? "east" : "west"];
  }
  CHECK(gaps == std::map<std::string, int>{{"east", 1}, {"west", 1}});
}

TEST_CASE("disk_full is told to the operator at once, and so is its end") {
  const ScratchFolder folder;
  FaultyDisk disk;
  Progress progress;
  std::mutex mutex;
  std::vector<std::string> warnings;
  record::Writer::Options options = progress.options();
  options.on_warning = [&](const std::string& what) {
    const std::lock_guard lock{mutex};
    warnings.push_back(what);
  };
  record::Writer writer{folder / "calls.db", options};
  disk.fail(FaultyDisk::Fault::full);
  writer.frame(invite(0));
  REQUIRE(disk.wait_for_failures(3));
  disk.heal();
  REQUIRE(progress.reaches(1));
  CHECK(writer.stop());
  REQUIRE(warnings.size() == 2);
  CHECK(warnings[0].find("full") != std::string::npos);
  CHECK(warnings[1].find("again") != std::string::npos);
}

TEST_CASE("what cannot be read is told to the operator") {
  const ScratchFolder folder;
  std::vector<std::string> warnings;
  record::Writer::Options options;
  options.on_warning = [&](const std::string& what) { warnings.push_back(what); };
  record::Writer writer{folder / "calls.db", options};
  writer.frame({"pbx", 1, wire::Sender::server, "id|nonsense|", drachtio::now()});
  CHECK(writer.stop());
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].find("pbx: a message cannot be read") == 0);
}

TEST_CASE("full_at_the_end: stop gives up after its patience and says so") {
  const ScratchFolder folder;
  FaultyDisk disk;
  Progress progress;
  record::Writer writer{folder / "calls.db", progress.options()};
  disk.fail(FaultyDisk::Fault::full);
  writer.frame(invite(0));
  REQUIRE(disk.wait_for_failures(1));
  CHECK_FALSE(writer.stop(1s));
  CHECK(progress.fails(1s) == log::Failure::full);
}

TEST_CASE(
    "history_moved: a rival that got past the lock ends the writer instead of forking history") {
  const ScratchFolder folder;
  Progress progress;
  record::Writer writer{folder / "calls.db", progress.options()};
  {
    SQLite::Database rival{(folder / "calls.db").string(), SQLite::OPEN_READWRITE};
    rival.exec(
        "INSERT INTO event SELECT 1, NULL, NULL, 'gap', 0, recorded_at, '{}', 1, NULL, hash, "
        "zeroblob(32) FROM event WHERE position = 0");
  }
  writer.frame(invite(0));
  CHECK(progress.fails() == log::Failure::conflict);
  CHECK_FALSE(writer.stop());
}

TEST_CASE("moved_file: an idle writer notices it too, and one that is stopped before it could") {
  const ScratchFolder folder;
  Progress progress;
  record::Writer writer{folder / "calls.db", progress.options()};
  writer.frame(invite(0));
  REQUIRE(progress.reaches(1));
  std::filesystem::rename(folder / "calls.db", folder / "elsewhere.db");
  SECTION("within its second") { CHECK(progress.fails() == log::Failure::moved); }
  SECTION("when it is stopped") {
    CHECK_FALSE(writer.stop());
    CHECK(progress.fails(1s) == log::Failure::moved);
  }
  CHECK_FALSE(writer.stop());
}

TEST_CASE("busy_database: another process's transaction delays the commit, nothing more") {
  const ScratchFolder folder;
  Progress progress;
  record::Writer writer{folder / "calls.db", progress.options()};
  writer.frame(invite(0));
  REQUIRE(progress.reaches(1));
  SQLite::Database rival{(folder / "calls.db").string(), SQLite::OPEN_READWRITE};
  rival.exec("BEGIN IMMEDIATE");
  writer.frame(invite(1));
  CHECK_FALSE(progress.reaches(2, 3s));  // longer than SQLite's own patience
  rival.exec("ROLLBACK");
  CHECK(progress.reaches(2));
}

TEST_CASE(
    "full_disk_at_retention: evidence that could not be dropped leaves no event that says so") {
  const ScratchFolder folder;
  FaultyDisk disk;
  record::Ledger ledger{log::EventLog{folder / "calls.db"}, [] { return drachtio::now(); }};
  ledger.frame(invite(0));
  ledger.commit();
  disk.fail(FaultyDisk::Fault::full);
  CHECK_THROWS_AS(ledger.drop_evidence(1, "kept for 30 days"), log::Error);
  disk.heal();
  ledger.frame(invite(1));
  ledger.commit();
  CHECK(count_events(folder / "calls.db", "evidence-dropped") == 0);
  CHECK(count_events(folder / "calls.db", "invited") == 2);
  CHECK(log::Reader{folder / "calls.db"}.evidence(1));
}

TEST_CASE("stop commits what is queued") {
  const ScratchFolder folder;
  record::Writer writer{folder / "calls.db", {}};
  for (int i = 0; i < 5000; ++i) writer.frame(invite(i));
  CHECK(writer.stop());
  CHECK(writer.statistics().head.position == 5000);
  CHECK(log::Reader{folder / "calls.db"}.head().position == 5000);
}

TEST_CASE("unexpected_exception: what is no log error ends the log loudly, not the program") {
  const ScratchFolder folder;
  std::promise<std::string> failed;
  record::Writer::Options options;
  options.go_on = GENERATE(true, false);
  options.on_walked = [](const std::vector<record::Walked>&) { throw std::out_of_range{"a bug"}; };
  options.on_failed = [&](const log::Error& error) { failed.set_value(error.what()); };
  record::Writer writer{folder / "calls.db", options};
  writer.frame(from_server(sip_frame(invite_text("c1"))));
  auto heard = failed.get_future();
  REQUIRE(heard.wait_for(std::chrono::seconds{20}) == std::future_status::ready);
  const std::string why = heard.get();
  CHECK(why.find("a bug") != std::string::npos);
  CHECK(why.find("after position ") != std::string::npos);
  CHECK_FALSE(writer.stop());
}

TEST_CASE("start: a writer that is not started writes nothing, and then all of it") {
  const ScratchFolder folder;
  record::Writer::Options options;
  options.start_at_once = false;
  record::Writer writer{folder / "calls.db", options};
  writer.frame(from_server(sip_frame(invite_text("c1"))));
  CHECK(writer.statistics().commits == 0);
  writer.start();
  CHECK(writer.stop());
  CHECK(types(folder / "calls.db") == std::vector<std::string>{"invited"});
}
