// The -wal of a real log stays short while a writer has as much to do as it can.
#include "catch.hpp"
#include "log/verify.hpp"
#include "net/contains.hpp"
#include "program.hpp"
#include "record/frames.hpp"
#include "scratch_folder.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Transaction.h>

using namespace drachtio;
using namespace drachtio::test;
using namespace std::chrono_literals;

namespace {

// A writer, the length of its -wal after each commit, and what it warns of.
class Writing {
 public:
  explicit Writing(const std::filesystem::path& db)
      : wal_(db.string() + "-wal"), writer_(db, options()) {}

  // INVITEs of so many calls, as fast as they are taken; waits until they are on disk.
  void calls(int count) {
    for (int i = 0; i < count; ++i, ++last_call_) {
      writer_.frame(from_server(sip_frame(invite_text("call-" + std::to_string(last_call_)))));
      // No faster than that: else all would wait in memory.
      while (writer_.statistics().queued_bytes > 8'000'000) std::this_thread::yield();
    }
    while (writer_.statistics().events < static_cast<std::uint64_t>(last_call_)) {
      std::this_thread::yield();
    }
  }
  bool stop() { return writer_.stop(); }
  [[nodiscard]] std::uintmax_t longest() const { return longest_; }
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  record::Writer::Options options() {
    record::Writer::Options options;
    options.on_commit = [this](const log::Head&) {
      longest_ = std::max<std::uintmax_t>(longest_, std::filesystem::file_size(wal_));
    };
    options.on_warning = [this](const std::string& what) { warnings_.push_back(what); };
    return options;
  }

  std::filesystem::path wal_;
  std::atomic<std::uintmax_t> longest_ = 0;
  std::vector<std::string> warnings_;
  int last_call_ = 0;
  record::Writer writer_;
};

bool verifies(const std::filesystem::path& db) {
  const Ran verified = run("dialog-replay", {"verify", "--db", db.string()});
  INFO(verified.out << verified.err);
  return verified.status == 0;
}

}  // namespace

TEST_CASE("Half a million frames at full speed leave the -wal under 64 MiB", "[slow]") {
  const ScratchFolder folder;
  Writing writing{folder / "calls.db"};
  writing.calls(500'000);
  CHECK(writing.longest() < 64UL * 1024 * 1024);
  CHECK(writing.warnings().empty());
  CHECK(writing.stop());
}

TEST_CASE("A reader that holds its snapshot through 100,000 frames is warned of, and costs nothing",
          "[slow]") {
  const ScratchFolder folder;
  const auto db = folder / "calls.db";
  Writing writing{db};
  writing.calls(100);
  {
    SQLite::Database reader{db.string(), SQLite::OPEN_READONLY};
    const SQLite::Transaction snapshot{reader};
    const int seen = reader.execAndGet("SELECT count(*) FROM event").getInt();
    writing.calls(100'000);
    CHECK(reader.execAndGet("SELECT count(*) FROM event").getInt() == seen);
  }
  const std::uintmax_t longest = writing.longest();
  CHECK(longest > 64UL * 1024 * 1024);
  writing.calls(20'000);
  CHECK(writing.longest() < longest + 32UL * 1024 * 1024);  // it has started over
  CHECK(writing.stop());
  REQUIRE_FALSE(writing.warnings().empty());
  CHECK_THAT(writing.warnings().front(), contains("has been reading the log for long"));
  CHECK(verifies(db));
}
