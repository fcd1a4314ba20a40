// The rules of the log that live in the schema and in the file, where no client can forget them.
#include "log/event_log.hpp"

#include "catch.hpp"
#include "log/embedded_sql.hpp"
#include "log/migrate.hpp"
#include "log/reader.hpp"
#include "scratch_folder.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cctype>
#include <fstream>
#include <map>
#include <thread>

using namespace drachtio;
using test::ScratchFolder;

namespace {

// The next entry of a log: the INVITE of a dialog of its own, with evidence.
log::Entry next_entry(const log::Head& head, const std::string& bytes = "INVITE") {
  digest::Sha256 hasher;
  log::Entry entry;
  entry.evidence = log::Evidence{"in", "udp/127.0.0.1:5060", bytes};
  entry.row.position = head.position + 1;
  entry.row.dialog = entry.row.position;
  entry.row.version = 1;
  entry.row.type = "invited";
  entry.row.occurred_at = 1;
  entry.row.recorded_at = head.recorded_at;
  entry.row.data = "{}";
  entry.row.previous_hash = head.hash;
  entry.row.evidence_hash = log::evidence_hash(hasher, "in", "udp/127.0.0.1:5060", bytes);
  entry.row.hash = log::row_hash(hasher, entry.row);
  return entry;
}

void append(log::EventLog& log, const log::Entry& entry) { log.commit(std::span{&entry, 1}, {}); }

log::Failure failure_of_opening(const std::filesystem::path& path) {
  try {
    const log::EventLog log{path};
  } catch (const log::Error& error) {
    INFO(error.what());
    return error.failure();
  }
  FAIL("it opened");
  return log::Failure::other;
}

void refuses(const std::filesystem::path& path, const std::string& sql, const std::string& why) {
  SQLite::Database database{path.string(), SQLite::OPEN_READWRITE};
  INFO(sql);
  try {
    database.exec(sql);
    FAIL("it was done");
  } catch (const SQLite::Exception& error) {
    CHECK(std::string{error.what()}.find(why) != std::string::npos);
  }
}

}  // namespace

TEST_CASE("a new log is private, ours, and begins with a genesis row") {
  const ScratchFolder folder;
  const log::EventLog log{folder / "calls.db"};
  struct stat status {};
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
    INFO(suffix);
    REQUIRE(::stat((folder / ("calls.db" + std::string{suffix})).c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
  }
  log::Reader reader{folder / "calls.db"};
  const auto genesis = reader.at(0);
  REQUIRE(genesis);
  CHECK(genesis->type == "genesis");
  CHECK(genesis->previous_hash == log::Hash{});
  CHECK(genesis->data.find("log_id") != std::string::npos);
  CHECK(reader.head().position == 0);
}

TEST_CASE(
    "what is committed is read back, with its evidence, and the log goes on after reopening") {
  const ScratchFolder folder;
  log::Entry entry;
  {
    log::EventLog log{folder / "calls.db"};
    entry = next_entry(log.head(), std::string{"INVITE\0\xFF bytes as they came", 26});
    append(log, entry);
    CHECK(log.head().position == 1);
  }
  log::EventLog log{folder / "calls.db"};
  CHECK(log.head().position == 1);
  CHECK(log.head().hash == entry.row.hash);
  append(log, next_entry(log.head()));
  log::Reader reader{folder / "calls.db"};
  CHECK(reader.at(1)->hash == entry.row.hash);
  CHECK(reader.evidence(1)->bytes == entry.evidence->bytes);
  CHECK(reader.after(-1).size() == 3);
  CHECK(reader.after(0, 1).size() == 1);
}

TEST_CASE("the log is append-only for every client: no row is changed, removed or replaced") {
  const ScratchFolder folder;
  const auto path = folder / "calls.db";
  log::EventLog log{path};
  append(log, next_entry(log.head()));
  append(log, next_entry(log.head()));

  refuses(path, "UPDATE event SET type = 'x' WHERE position = 1", "never changed");
  refuses(path, "DELETE FROM event WHERE position = 2", "never deleted");
  refuses(path, "UPDATE sip_message SET bytes = x'00'", "never changed");
  refuses(path, "DELETE FROM sip_message", "evidence-dropped");
  const std::string columns =
      "(position, dialog, version, type, occurred_at, recorded_at, data, format, evidence_hash, "
      "previous_hash, hash)";
  refuses(path,
          "INSERT OR REPLACE INTO event " + columns +
              " SELECT 1, 1, 1, 'x', 1, 1, '{}', 1, NULL, previous_hash, hash FROM event "
              "WHERE position = 1",
          "position");
  refuses(path,
          "INSERT OR REPLACE INTO event " + columns +
              " SELECT 3, 1, 1, 'x', 1, 1, '{}', 1, NULL, hash, hash FROM event "
              "WHERE position = 2",
          "version");
  refuses(path,
          "INSERT INTO event " + columns +
              " SELECT 3, 3, 1, 'x', 1, 1, '{}', 1, NULL, previous_hash, hash FROM event "
              "WHERE position = 2",
          "previous_hash");
  refuses(path,
          "INSERT INTO event " + columns +
              " SELECT 7, 7, 1, 'x', 1, 1, '{}', 1, NULL, hash, hash FROM event "
              "WHERE position = 2",
          "position");
  refuses(path, "INSERT OR REPLACE INTO sip_message VALUES (1, 'in', '', x'00')", "already there");
  refuses(path, "INSERT INTO sip_message VALUES (9, 'in', '', x'00')", "no event");
  log::Reader reader{path};
  CHECK(reader.after(-1).size() == 3);
}

TEST_CASE("a writer with a stale view of the log fails instead of forking history") {
  const ScratchFolder folder;
  log::EventLog log{folder / "calls.db"};
  const log::Entry first = next_entry(log.head(), "one");
  const log::Entry rival = next_entry(log.head(), "two");
  append(log, first);
  try {
    append(log, rival);
    FAIL("history forked");
  } catch (const log::Error& error) {
    CHECK(error.failure() == log::Failure::conflict);
    CHECK_FALSE(error.retryable());
  }
  CHECK(log.head().hash == first.row.hash);
}

TEST_CASE("a batch is one transaction: it happens whole or not at all") {
  const ScratchFolder folder;
  log::EventLog log{folder / "calls.db"};
  const log::Entry entry = next_entry(log.head());
  CHECK_THROWS_AS(log.commit(std::span{&entry, 1},
                             [](SQLite::Database& database) { database.exec("nonsense"); }),
                  log::Error);
  CHECK(log::Reader{folder / "calls.db"}.head().position == 0);
  append(log, entry);  // the same entry, tried again
  CHECK(log::Reader{folder / "calls.db"}.head().position == 1);
}

TEST_CASE("single_writer: a second writer is refused, by name of the first one's process") {
  const ScratchFolder folder;
  const log::EventLog log{folder / "calls.db"};
  std::filesystem::create_symlink("calls.db", folder / "link.db");
  const std::string by_name = GENERATE("calls.db", "link.db");
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      const log::EventLog second{folder / by_name};
      ::_exit(1);
    } catch (const log::Error& error) {
      const bool named =
          std::string{error.what()}.find(std::to_string(::getppid())) != std::string::npos;
      ::_exit(error.failure() == log::Failure::locked && named ? 0 : 2);
    }
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("single_writer: whoever asks whether the log is being written keeps no writer out") {
  const ScratchFolder folder;
  CHECK(log::is_being_written(folder / "calls.db") == false);
  CHECK(std::filesystem::is_empty(folder.path()));
  {
    const log::EventLog log{folder / "calls.db"};
    CHECK(log::is_being_written(folder / "calls.db") == true);
  }
  CHECK(log::is_being_written(folder / "calls.db") == false);
  std::atomic<bool> done = false;
  std::thread asking{[&] {
    while (!done) (void)log::is_being_written(folder / "calls.db");
  }};
  for (int i = 0; i < 200; ++i) CHECK_NOTHROW(log::SingleWriter{folder / "calls.db"});
  done = true;
  asking.join();
}

TEST_CASE("odd_names: a file's name is a name, whatever it means to SQLite") {
  const ScratchFolder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  for (const char* name : {":memory:", "file:calls.db", "file:calls.db?mode=memory", "%20"}) {
    INFO(name);
    {
      log::EventLog log{name};
      append(log, next_entry(log.head()));
    }
    CHECK(log::Reader{name}.head().position == 1);
    CHECK(std::filesystem::file_size(folder / name) > 0);
  }
  std::filesystem::current_path(before);
}

TEST_CASE("second_name: a log with a hard link is refused, as its lock goes by its name") {
  const ScratchFolder folder;
  const auto first = std::make_unique<log::EventLog>(folder / "calls.db");
  std::filesystem::create_hard_link(folder / "calls.db", folder / "link.db");
  CHECK(failure_of_opening(folder / "link.db") == log::Failure::cannot_open);
  CHECK_FALSE(std::filesystem::exists(folder / "link.db.lock"));
}

TEST_CASE("database_from_the_future: a newer log is refused, and left as it is") {
  const ScratchFolder folder;
  { const log::EventLog log{folder / "calls.db"}; }
  {
    SQLite::Database database{(folder / "calls.db").string(), SQLite::OPEN_READWRITE};
    database.exec("PRAGMA user_version = 999");
  }
  CHECK(failure_of_opening(folder / "calls.db") == log::Failure::newer);
  CHECK_THROWS_AS(log::Reader{folder / "calls.db"}, log::Error);
}

TEST_CASE("foreign_file: what is not a log of ours is refused, and left as it is") {
  const ScratchFolder folder;
  {
    SQLite::Database database{(folder / "other.db").string(),
                              SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
    database.exec("CREATE TABLE mine (a)");
  }
  CHECK(failure_of_opening(folder / "other.db") == log::Failure::foreign);
  std::ofstream{folder / "text"} << "this is no database at all, but it is long enough to be one\n";
  CHECK(failure_of_opening(folder / "text") == log::Failure::foreign);
  CHECK_FALSE(std::filesystem::exists(folder / "text.lock"));
  SQLite::Database database{(folder / "other.db").string()};
  CHECK(database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 1);
}

TEST_CASE("missing_folder: the message says what cannot be created and why") {
  const ScratchFolder folder;
  try {
    const log::EventLog log{folder / "no/such/calls.db"};
    FAIL("it opened");
  } catch (const log::Error& error) {
    CHECK(error.failure() == log::Failure::cannot_open);
    CHECK(std::string{error.what()}.find("No such file") != std::string::npos);
  }
}

TEST_CASE("truncated_file: a damaged database is corrupt, not read as if it were whole") {
  const ScratchFolder folder;
  {
    log::EventLog log{folder / "calls.db"};
    for (int i = 0; i < 200; ++i) append(log, next_entry(log.head(), std::string(500, 'x')));
  }
  const auto size = std::filesystem::file_size(folder / "calls.db");
  std::filesystem::resize_file(folder / "calls.db", size / 2);
  bool noticed = false;
  try {
    log::EventLog log{folder / "calls.db"};
    append(log, next_entry(log.head()));
  } catch (const log::Error& error) {
    noticed = error.failure() == log::Failure::corrupt;
  }
  CHECK(noticed);
}

TEST_CASE("evidence goes only with an event that says so, and only up to there") {
  const ScratchFolder folder;
  log::EventLog log{folder / "calls.db"};
  append(log, next_entry(log.head()));
  append(log, next_entry(log.head()));
  log::Entry dropped = next_entry(log.head());
  dropped.evidence.reset();
  dropped.row.evidence_hash.reset();
  dropped.row.dialog.reset();
  dropped.row.version.reset();
  dropped.row.type = "evidence-dropped";
  dropped.row.data = R"({"detail":"30 days","count":1})";
  digest::Sha256 hasher;
  dropped.row.hash = log::row_hash(hasher, dropped.row);
  log.drop_evidence(std::span{&dropped, 1}, 1, {});
  log::Reader reader{folder / "calls.db"};
  CHECK_FALSE(reader.evidence(1));
  CHECK(reader.evidence(2));
  refuses(folder / "calls.db", "DELETE FROM sip_message WHERE position = 2", "evidence-dropped");
}

TEST_CASE("a log of an older schema is brought up to date, and its rows stay as they are") {
  const ScratchFolder folder;
  {
    SQLite::Database old{(folder / "calls.db").string(),
                         SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
    old.exec(std::string{log::migrations()[0].text});
    old.exec("PRAGMA application_id = " + std::to_string(log::application_id));
    old.exec("PRAGMA user_version = 1");
  }
  CHECK_THROWS_AS(log::Reader{folder / "calls.db"}, log::Error);  // a writer must do it
  {
    log::EventLog log{folder / "calls.db"};
    CHECK(log.head().position == 0);
  }
  CHECK(log::Reader{folder / "calls.db"}.head().position == 0);
  SQLite::Database database{(folder / "calls.db").string()};
  SQLite::Statement view{database, "SELECT sql FROM sqlite_schema WHERE name = 'coverage_gap'"};
  REQUIRE(view.executeStep());
  CHECK(view.getColumn(0).getString().find("link-refused") != std::string::npos);
}

TEST_CASE("the schema files show what the migrations make") {
  const auto objects = [](SQLite::Database& database) {
    std::map<std::string, std::string> result;
    SQLite::Statement statement{database,
                                "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"};
    while (statement.executeStep())
      result[statement.getColumn(0)] = statement.getColumn(1).getString();
    return result;
  };
  SQLite::Database migrated{":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
  log::migrate(migrated);
  SQLite::Database shown{":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
  for (const char* kind :
       {"CREATE TABLE", "CREATE UNIQUE INDEX", "CREATE INDEX", "CREATE TRIGGER", "CREATE VIEW"}) {
    for (const log::SqlFile& file : log::schema()) {
      if (file.text.find(kind) != std::string_view::npos) shown.exec(std::string{file.text});
    }
  }
  CHECK(objects(migrated) == objects(shown));
  CHECK(objects(migrated).size() == log::schema().size());
  for (const log::SqlFile& file : log::schema()) {
    INFO(file.name);
    CHECK(objects(shown).contains(std::string{file.name.substr(0, file.name.size() - 4)}));
  }
}
