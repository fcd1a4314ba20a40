// A recorder that is killed loses nothing it has told anybody of, and goes on where it was.
#include "capture_file.hpp"
#include "catch.hpp"
#include "log/reader.hpp"
#include "net/peer.hpp"
#include "program.hpp"
#include "scratch_folder.hpp"

#include <drachtio/subscription.hpp>

#include <atomic>
#include <csignal>
#include <fstream>
#include <map>
#include <random>
#include <thread>

using namespace drachtio;
using namespace std::chrono_literals;
using test::ScratchFolder;

namespace {

// Writes down what it is told, position and hash alike, until told to stop.
class Witness {
 public:
  explicit Witness(const std::filesystem::path& db) : thread_([this, db] { run(db); }) {}
  ~Witness() { stop(); }
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;
  Witness(Witness&&) = delete;
  Witness& operator=(Witness&&) = delete;

  void stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }
  // Meaningful once stopped.
  [[nodiscard]] const std::map<std::int64_t, log::Hash>& told() const { return told_; }
  [[nodiscard]] std::int64_t last() const { return last_; }
  [[nodiscard]] bool in_order() const { return in_order_; }

 private:
  void run(const std::filesystem::path& db) {
    DialogSignals signals;
    std::unique_ptr<Subscription> subscription;
    std::unique_ptr<log::Reader> reader;
    signals.on_event().connect([&](const DialogEvent& event) {
      in_order_ = in_order_ && event.position == last_ + 1;
      last_ = event.position;
      told_[event.position] = reader->at(event.position)->hash;
    });
    while (!stopping_) {
      try {
        if (!subscription) {
          reader = std::make_unique<log::Reader>(db);
          subscription = std::make_unique<Subscription>(db, signals, last_);
        }
        subscription->wait(20ms);
      } catch (const std::runtime_error&) {
        subscription.reset();  // not there yet
        std::this_thread::yield();
      }
    }
  }

  std::atomic<bool> stopping_ = false;
  std::map<std::int64_t, log::Hash> told_;
  std::atomic<std::int64_t> last_ = -1;
  bool in_order_ = true;
  std::thread thread_;
};

// A drachtio-server that calls come in on, one after the other, and whose call records go to
// whoever asks: up to so many calls for each who connects.
class BusyServer {
 public:
  explicit BusyServer(int calls_each) : calls_each_(calls_each), thread_([this] { run(); }) {}
  ~BusyServer() {
    stopping_ = true;
    thread_.join();
  }
  BusyServer(const BusyServer&) = delete;
  BusyServer& operator=(const BusyServer&) = delete;
  BusyServer(BusyServer&&) = delete;
  BusyServer& operator=(BusyServer&&) = delete;

  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(door_.port()); }

 private:
  void run() {
    while (!stopping_) {
      try {
        if (auto client = door_.accept_within(20ms)) serve(*client);
      } catch (const std::runtime_error&) {  // NOLINT(bugprone-empty-catch): the client was killed
      }
    }
  }

  void serve(test::Peer& client) {
    for (int i = 0; i < 4; ++i) {  // the login, and three routes
      const std::string frame = client.read_frame();
      client.send_frame("r|response|" + frame.substr(0, frame.find('|')) +
                        "|OK|udp/127.0.0.1:5060|v0.9.4|udp/127.0.0.1:5060");
    }
    for (int i = 0; i < calls_each_ && !stopping_; ++i) {
      ++call_;
      for (const std::string& record : records_) client.send_frame(test::as_call(record, call_));
    }
    while (!stopping_ && !client.has_something(20ms)) {
    }
  }

  int calls_each_;
  int call_ = 0;
  std::vector<std::string> records_ = test::call_records("uas-normal.cdr");
  std::atomic<bool> stopping_ = false;
  test::Door door_;
  std::thread thread_;
};

// Kills it at a random moment of its work: after it has got somewhere, and a bit.
int kill_in_the_middle(int pid, const Witness& witness, std::mt19937& random) {
  const std::int64_t somewhere =
      witness.last() + std::uniform_int_distribution<std::int64_t>{0, 2500}(random);
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (witness.last() < somewhere && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  const auto until = std::chrono::steady_clock::now() +
                     std::chrono::microseconds{std::uniform_int_distribution{0, 20000}(random)};
  while (std::chrono::steady_clock::now() < until) std::this_thread::yield();
  ::kill(pid, SIGKILL);
  return test::wait_for(pid);
}

void check_all_that_was_told(const Witness& witness, const std::filesystem::path& db) {
  log::Reader reader{db};
  CHECK(witness.in_order());
  CHECK(witness.told().size() > 1000);
  bool all_there = true;
  for (const auto& [position, hash] : witness.told()) {
    const auto row = reader.at(position);
    all_there = all_there && row && row->hash == hash;
  }
  CHECK(all_there);
  const test::Ran verified = test::run("dialog-replay", {"verify", "--db", db.string()});
  INFO(verified.out << verified.err);
  CHECK(verified.status == 0);
}

}  // namespace

TEST_CASE("killed thirty times in the middle of its work, a recorder still proves all it told",
          "[slow]") {
  const ScratchFolder folder;
  const auto db = folder / "calls.db";
  const std::string capture = (folder / "long.jsonl").string();
  constexpr int calls = 20000;
  test::write_capture(capture, test::repeated(calls));
  std::mt19937 random{std::random_device{}()};
  Witness witness{db};

  int kills = 0;
  while (kills < 30) {
    const int pid = test::start("dialog-recorder", {"import", "--db", db.string(), capture},
                                folder / "recorder.log");
    const int status = kill_in_the_middle(pid, witness, random);
    if (status == 0) break;  // it had finished: nothing left to be killed in
    REQUIRE(status == 128 + SIGKILL);
    ++kills;
  }
  CHECK(kills == 30);

  const test::Ran finished = test::run("dialog-recorder", {"import", "--db", db.string(), capture});
  INFO(finished.out << finished.err);
  CHECK(finished.status == 0);
  witness.stop();

  check_all_that_was_told(witness, db);

  // And it is what an import that nobody disturbed gives.
  const auto undisturbed = folder / "undisturbed.db";
  REQUIRE(test::run("dialog-recorder", {"import", "--db", undisturbed.string(), capture}).status ==
          0);
  CHECK(log::Reader{db}.head().position == log::Reader{undisturbed}.head().position);
}

// Only a checkpoint writes the database itself; a commit writes its -wal.
TEST_CASE("killed ten times in the middle of a checkpoint, a recorder still proves all it told",
          "[slow]") {
  const ScratchFolder folder;
  const auto db = folder / "calls.db";
  const std::string capture = (folder / "long.jsonl").string();
  test::write_capture(capture, test::repeated(30000));
  const auto written = [&] {
    std::error_code error;
    const auto time = std::filesystem::last_write_time(db, error);
    return std::pair{std::filesystem::file_size(db, error), time};
  };
  Witness witness{db};
  std::mt19937 random{std::random_device{}()};
  for (int kills = 0; kills < 10; ++kills) {
    const int pid = test::start("dialog-recorder", {"import", "--db", db.string(), capture},
                                folder / "recorder.log");
    const std::int64_t somewhere = witness.last() + 1000;  // it has opened the log, and goes on
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (witness.last() < somewhere && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    const auto before = written();
    while (written() == before && std::chrono::steady_clock::now() < deadline) {
    }
    // Copying a thousand pages, and the fsync after it, takes some milliseconds.
    const auto until = std::chrono::steady_clock::now() +
                       std::chrono::microseconds{std::uniform_int_distribution{0, 4000}(random)};
    while (std::chrono::steady_clock::now() < until) {
    }
    ::kill(pid, SIGKILL);
    REQUIRE(test::wait_for(pid) == 128 + SIGKILL);
  }
  witness.stop();
  check_all_that_was_told(witness, db);
}

TEST_CASE("killed twelve times while calls come in, a recorder still proves all it told",
          "[slow]") {
  const ScratchFolder folder;
  const auto db = folder / "calls.db";
  ::setenv("DRACHTIO_SECRET", "cymru", 1);
  std::mt19937 random{std::random_device{}()};
  BusyServer server{5000};
  Witness witness{db};
  const auto watch = [&] {
    // The captured call records' times of day may lie hours back.
    return test::start("dialog-recorder",
                       {"watch", "--db", db.string(), "--server", "pbx=" + server.address(),
                        "--pending-after", "900d", "--lost-after", "900d"},
                       folder / "recorder.log");
  };
  for (int kills = 0; kills < 12; ++kills) {
    const int pid = watch();
    REQUIRE(kill_in_the_middle(pid, witness, random) == 128 + SIGKILL);
  }
  // It goes on, and nothing is in its way.
  const std::int64_t told = witness.last();
  const int pid = watch();
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (witness.last() < told + 1000 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  CHECK(witness.last() >= told + 1000);
  ::kill(pid, SIGTERM);
  CHECK(test::wait_for(pid) == 0);
  witness.stop();
  check_all_that_was_told(witness, db);
  const test::Ran gaps = test::run("dialog-replay", {"gaps", "--db", db.string()});
  CHECK(gaps.out.find("the recorder was killed") != std::string::npos);
}
