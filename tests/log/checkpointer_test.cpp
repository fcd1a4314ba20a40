// The -wal stays short while the log is written, whoever reads and whatever the disk does; and
// nothing is lost by how it is kept short.
#include "log/checkpointer.hpp"

#include "catch.hpp"
#include "net/contains.hpp"
#include "record/faulty_disk.hpp"
#include "scratch_folder.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <atomic>
#include <thread>

using namespace drachtio;
using namespace drachtio::test;

namespace {

constexpr log::CheckpointLengths short_lengths{
    .step = 10, .restart = 60, .little = 5, .at_once = 80, .warn = 100};
constexpr int busy_timeout_ms = 2000;             // another connection may look at the -wal's index
constexpr std::uintmax_t frame_size = 4096 + 24;  // https://sqlite.org/fileformat2.html, 4.1

// A database that is written a row a commit, as a log is by its writer.
class Written {
 public:
  explicit Written(const std::filesystem::path& path)
      : path_(path),
        database_(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, busy_timeout_ms),
        prepared_(prepare()),
        checkpointer_(path, database_, short_lengths),
        insert_(database_, "INSERT INTO entry (text) VALUES (?)") {}

  void rows(int count) {
    const std::string text(1000, 'x');
    for (int i = 0; i < count; ++i) {
      const log::Checkpointer::Guard guard = checkpointer_.make_room();
      insert_.bind(1, text);
      insert_.exec();
      insert_.reset();
      longest_ = std::max(longest_, std::filesystem::file_size(path_.string() + "-wal"));
      if (auto warning = checkpointer_.take_warning()) warnings_.push_back(std::move(*warning));
    }
    written_ += count;
  }
  [[nodiscard]] std::uintmax_t longest() const { return longest_; }
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }
  [[nodiscard]] int written() const { return written_; }

 private:
  bool prepare() {
    database_.exec(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
        "CREATE TABLE entry (id INTEGER PRIMARY KEY, text TEXT NOT NULL)");
    return true;
  }

  std::filesystem::path path_;
  SQLite::Database database_;
  bool prepared_;
  log::Checkpointer checkpointer_;
  SQLite::Statement insert_;
  std::uintmax_t longest_ = 0;
  std::vector<std::string> warnings_;
  int written_ = 0;
};

bool holds(const std::filesystem::path& path, int rows) {
  SQLite::Database database{path.string(), SQLite::OPEN_READONLY};
  return database.execAndGet("SELECT count(*) FROM entry").getInt() == rows &&
         database.execAndGet("PRAGMA integrity_check").getString() == "ok";
}

}  // namespace

TEST_CASE("The -wal starts over while a log is always being written") {
  const ScratchFolder folder;
  const auto path = folder / "log.db";
  Written log{path};
  log.rows(3000);  // some two frames each
  CHECK(log.longest() < 100 * frame_size);
  CHECK(log.warnings().empty());
  CHECK(holds(path, log.written()));
}

TEST_CASE("A reader's old snapshot makes the -wal grow, which is said, and loses nothing") {
  const ScratchFolder folder;
  const auto path = folder / "log.db";
  Written log{path};
  log.rows(10);
  {
    SQLite::Database reader{path.string(), SQLite::OPEN_READONLY};
    const SQLite::Transaction snapshot{reader};
    REQUIRE(reader.execAndGet("SELECT count(*) FROM entry").getInt() == 10);
    log.rows(1000);
    CHECK(reader.execAndGet("SELECT count(*) FROM entry").getInt() == 10);
  }
  CHECK(log.longest() > 1000 * frame_size);
  REQUIRE(log.warnings().size() >= 2);
  CHECK(log.warnings().size() <= 6);  // not for each commit
  CHECK_THAT(log.warnings().front(), contains("log.db-wal has grown to"));
  CHECK_THAT(log.warnings().front(), contains("has been reading the log"));
  log.rows(200);
  // SQLite has given the room back to the disk.
  CHECK(std::filesystem::file_size(path.string() + "-wal") <= 100 * frame_size + 32);
  CHECK(holds(path, log.written()));
}

TEST_CASE("Readers that follow one another without a pause do not make the -wal grow") {
  const ScratchFolder folder;
  const auto path = folder / "log.db";
  Written log{path};
  log.rows(2000);
  std::atomic<bool> is_over{false};
  const auto read = [&] {
    SQLite::Database reader{path.string(), SQLite::OPEN_READONLY, busy_timeout_ms};
    while (!is_over) {
      reader.execAndGet("SELECT count(*) FROM entry WHERE id <= 300 AND text LIKE '%y%'");
    }
  };
  // Each reads for a millisecond or so, so that there is always one that has begun before.
  std::thread one{read};
  std::thread other{read};
  log.rows(3000);
  is_over = true;
  one.join();
  other.join();
  CHECK(log.longest() < 500 * frame_size);  // of 4,500 frames
  CHECK(holds(path, log.written()));
}

TEST_CASE("A checkpoint for which the disk has no room is tried again, and said to fail") {
  const ScratchFolder folder;
  const auto path = folder / "log.db";
  FaultyDisk disk;
  Written log{path};
  log.rows(10);
  disk.fail(FaultyDisk::Fault::copy);
  log.rows(200);
  REQUIRE(disk.wait_for_failures(2));
  REQUIRE_FALSE(log.warnings().empty());
  CHECK_THAT(log.warnings().front(), contains("cannot be copied into the log"));
  CHECK_THAT(log.warnings().front(), contains("full"));
  CHECK(holds(path, log.written()));
  disk.heal();
  const std::uintmax_t longest = log.longest();
  log.rows(2000);
  CHECK(log.longest() < longest + 100 * frame_size);
  CHECK(holds(path, log.written()));
}

TEST_CASE("A disk that will not keep what was copied is told of") {
  const ScratchFolder folder;
  const auto path = folder / "log.db";
  FaultyDisk disk;
  Written log{path};
  disk.fail(FaultyDisk::Fault::sync);
  // A commit that does not ask the disk to keep it succeeds. The -wal is synced first, then the
  // database; a checkpoint that found the -wal busy syncs the database alone, and comes again.
  bool failed = false;
  for (int i = 0; i < 10 && !failed; ++i) {
    log.rows(8);
    failed = disk.wait_for_failures(2, std::chrono::seconds{1});
  }
  REQUIRE(failed);
  disk.heal();
  log.rows(600);
  REQUIRE_FALSE(log.warnings().empty());
  CHECK_THAT(log.warnings().front(), contains("the disk would not keep what was copied"));
  CHECK(holds(path, log.written()));
}
