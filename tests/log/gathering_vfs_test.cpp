// A GatheringVfs lets a commit reach the -wal in a few writes, and nobody can tell that from what
// they read.
#include "log/gathering_vfs.hpp"

#include "catch.hpp"
#include "log/event_log.hpp"
#include "record/faulty_disk.hpp"
#include "scratch_folder.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

using namespace drachtio;
using test::ScratchFolder;

namespace {

const int read_write = SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE;
constexpr int pages_of_a_row = 3;

SQLite::Database open(const std::filesystem::path& path, const log::GatheringVfs& vfs) {
  SQLite::Database database{path.string(), read_write, 0, vfs.name()};
  database.exec(
      "PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;"
      "CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, x BLOB)");
  return database;
}

void insert_rows(SQLite::Database& database, int from, int count) {
  SQLite::Statement insert{database, "INSERT INTO t VALUES (?, zeroblob(?))"};
  for (int id = from; id < from + count; ++id) {
    insert.bind(1, id);
    insert.bind(2, pages_of_a_row * 4096);
    insert.exec();
    insert.reset();
  }
}

std::string answer(SQLite::Database& database, const char* sql) {
  return database.execAndGet(sql).getString();
}

}  // namespace

TEST_CASE("A commit of hundreds of pages reaches the -wal in a few writes") {
  const ScratchFolder folder;
  const test::FaultyDisk disk;  // it counts
  const log::GatheringVfs vfs;
  SQLite::Database database = open(folder / "t.db", vfs);
  const int before = disk.writes_to_wal();
  SQLite::Transaction transaction{database};
  insert_rows(database, 0, 100);
  transaction.commit();
  constexpr int pages = 100 * pages_of_a_row;
  CHECK(disk.writes_to_wal() - before >= pages * 4096 / 65536);
  CHECK(disk.writes_to_wal() - before <= pages * 4096 / 65536 + 10);
}

TEST_CASE("A commit of one event reaches the -wal in one write") {
  const ScratchFolder folder;
  const test::FaultyDisk disk;
  log::EventLog log{folder / "calls.db"};
  log.commit({}, [](SQLite::Database& database) { database.exec("CREATE TABLE t (x)"); });
  const int before = disk.writes_to_wal();
  log.commit({}, [](SQLite::Database& database) { database.exec("INSERT INTO t VALUES (1)"); });
  CHECK(disk.writes_to_wal() - before == 1);
}

TEST_CASE("Others see each commit at once, whichever VFS is theirs") {
  const ScratchFolder folder;
  const log::GatheringVfs vfs;
  SQLite::Database writer = open(folder / "t.db", vfs);
  const auto synchronous = GENERATE("OFF", "NORMAL", "FULL");
  writer.exec(std::string{"PRAGMA synchronous = "} + synchronous);
  SQLite::Database reader{(folder / "t.db").string(), SQLite::OPEN_READWRITE};
  for (int row = 0; row < 50; ++row) {
    insert_rows(writer, row, 1);
    CHECK(answer(reader, "SELECT count(*) FROM t") == std::to_string(row + 1));
    if (row % 20 == 19) CHECK(answer(reader, "PRAGMA wal_checkpoint(PASSIVE)") == "0");
  }
  CHECK(answer(reader, "PRAGMA integrity_check") == "ok");
}

TEST_CASE("A transaction that outgrows the cache reads its own pages, and can be rolled back") {
  const ScratchFolder folder;
  const log::GatheringVfs vfs;
  {
    SQLite::Database database = open(folder / "t.db", vfs);
    database.exec("PRAGMA cache_size = 5");
    insert_rows(database, 0, 10);
    {
      SQLite::Transaction given_up{database};
      insert_rows(database, 10, 100);
      database.exec("UPDATE t SET x = zeroblob(5000)");
      CHECK(answer(database, "SELECT sum(length(x)) FROM t") == std::to_string(110 * 5000));
    }
    CHECK(answer(database, "SELECT count(*) FROM t") == "10");
    SQLite::Transaction transaction{database};
    insert_rows(database, 10, 200);
    database.exec("UPDATE t SET x = zeroblob(6000) WHERE id % 2 = 0");
    transaction.commit();
    CHECK(answer(database, "PRAGMA integrity_check") == "ok");
  }
  SQLite::Database reader{(folder / "t.db").string(), SQLite::OPEN_READONLY};
  CHECK(answer(reader, "SELECT count(*) FROM t") == "210");
  CHECK(answer(reader, "SELECT sum(length(x)) FROM t") ==
        std::to_string(105 * 6000 + 105 * pages_of_a_row * 4096));
  CHECK(answer(reader, "PRAGMA integrity_check") == "ok");
}

TEST_CASE("A commit that the disk has no room for has not happened, and can be tried again") {
  const ScratchFolder folder;
  test::FaultyDisk disk;
  const log::GatheringVfs vfs;
  SQLite::Database database = open(folder / "t.db", vfs);
  insert_rows(database, 0, 1);
  disk.fail(test::FaultyDisk::Fault::full);
  for (int attempt = 0; attempt < 2; ++attempt) {
    try {
      insert_rows(database, 1, 1);
      FAIL("the disk has room");
    } catch (const SQLite::Exception& error) {
      CHECK(error.getErrorCode() == SQLITE_FULL);
    }
  }
  disk.heal();
  CHECK(answer(database, "SELECT count(*) FROM t") == "1");
  insert_rows(database, 1, 1);
  CHECK(answer(database, "SELECT count(*) FROM t") == "2");
  CHECK(answer(database, "PRAGMA integrity_check") == "ok");
}

TEST_CASE("A database that cannot be opened is said to be so") {
  const ScratchFolder folder;
  const log::GatheringVfs vfs;
  CHECK_THROWS_AS(
      (SQLite::Database{(folder / "none" / "t.db").string(), read_write, 0, vfs.name()}),
      SQLite::Exception);
}
