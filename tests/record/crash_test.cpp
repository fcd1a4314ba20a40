// A recorder that is killed loses nothing it has told anybody of, and goes on where it was.
#include "capture_file.hpp"
#include "catch.hpp"
#include "log/reader.hpp"
#include "program.hpp"
#include "scratch_folder.hpp"

#include <drachtio/subscription.hpp>

#include <signal.h>

#include <atomic>
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
    signals.on_event.connect([&](const DialogEvent& event) {
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
    const std::int64_t told = witness.last();
    const int pid = test::start("dialog-recorder", {"import", "--db", db.string(), capture},
                                folder / "recorder.log");
    // At a random moment of its work: after it has got somewhere, and a bit.
    const auto somewhere = std::uniform_int_distribution<std::int64_t>{0, 2500}(random);
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (witness.last() < told + somewhere && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    const auto until = std::chrono::steady_clock::now() +
                       std::chrono::microseconds{std::uniform_int_distribution{0, 20000}(random)};
    while (std::chrono::steady_clock::now() < until) std::this_thread::yield();
    ::kill(pid, SIGKILL);
    const int status = test::wait_for(pid);
    if (status == 0) break;  // it had finished: nothing left to be killed in
    REQUIRE(status == 128 + SIGKILL);
    ++kills;
  }
  CHECK(kills == 30);

  const test::Ran finished = test::run("dialog-recorder", {"import", "--db", db.string(), capture});
  INFO(finished.out << finished.err);
  CHECK(finished.status == 0);
  witness.stop();

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

  // And it is what an import that nobody disturbed gives.
  const auto undisturbed = folder / "undisturbed.db";
  REQUIRE(test::run("dialog-recorder", {"import", "--db", undisturbed.string(), capture}).status ==
          0);
  CHECK(reader.head().position == log::Reader{undisturbed}.head().position);
}
