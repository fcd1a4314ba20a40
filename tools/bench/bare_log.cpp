#include "bare_log.hpp"

#include "log/reader.hpp"
#include "measure.hpp"

#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

namespace drachtio::bench {

namespace {

std::filesystem::path anew(const std::filesystem::path& path) {
  remove_database(path);
  return path;
}

SQLite::Database with_tables(const std::filesystem::path& path) {
  SQLite::Database database{anew(path).string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
  database.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768;"
      "PRAGMA wal_autocheckpoint = 4000;");
  database.exec(
      "CREATE TABLE event (position INTEGER PRIMARY KEY, dialog INTEGER, version INTEGER, type "
      "TEXT,"
      " occurred_at INTEGER, recorded_at INTEGER, data TEXT, format INTEGER, evidence_hash BLOB,"
      " previous_hash BLOB, hash BLOB) STRICT;"
      "CREATE TABLE sip_message (position INTEGER PRIMARY KEY, direction TEXT, peer TEXT,"
      " bytes BLOB) STRICT;");
  return database;
}

}  // namespace

BareLog::BareLog(const std::filesystem::path& path)
    : database_(with_tables(path)),
      event_(database_, "INSERT INTO event VALUES (?,?,?,?,?,?,?,?,?,?,?)"),
      evidence_(database_, "INSERT INTO sip_message VALUES (?,?,?,?)") {}

void BareLog::append(std::span<const log::Entry> entries) {
  SQLite::Transaction transaction{database_, SQLite::TransactionBehavior::IMMEDIATE};
  for (const log::Entry& entry : entries) {
    const log::Row& row = entry.row;
    event_.bind(1, row.position);
    row.dialog ? event_.bind(2, *row.dialog) : event_.bind(2);
    row.version ? event_.bind(3, *row.version) : event_.bind(3);
    event_.bindNoCopy(4, row.type);
    event_.bind(5, row.occurred_at);
    event_.bind(6, row.recorded_at);
    event_.bindNoCopy(7, row.data);
    event_.bind(8, row.format);
    row.evidence_hash ? event_.bindNoCopy(9, row.evidence_hash->data(), 32) : event_.bind(9);
    event_.bindNoCopy(10, row.previous_hash.data(), 32);
    event_.bindNoCopy(11, row.hash.data(), 32);
    event_.exec();
    event_.reset();
    if (!entry.evidence) continue;
    evidence_.bind(1, row.position);
    evidence_.bindNoCopy(2, entry.evidence->direction);
    evidence_.bindNoCopy(3, entry.evidence->peer);
    evidence_.bindNoCopy(4, entry.evidence->bytes.data(),
                         static_cast<int>(entry.evidence->bytes.size()));
    evidence_.exec();
    evidence_.reset();
  }
  transaction.commit();
}

std::vector<log::Entry> read_entries(const std::filesystem::path& db) {
  log::Reader reader{db};
  std::vector<log::Entry> entries;
  std::int64_t position = 0;
  while (true) {
    auto rows = reader.after(position);
    if (rows.empty()) return entries;
    position = rows.back().position;
    for (log::Row& row : rows) {
      auto evidence = reader.evidence(row.position);
      entries.push_back({std::move(row), std::move(evidence)});
    }
  }
}

std::int64_t pages_written(SQLite::Database& database) {
  int pages = 0;
  int unused = 0;
  sqlite3_db_status(database.getHandle(), SQLITE_DBSTATUS_CACHE_WRITE, &pages, &unused, 1);
  return pages;
}

}  // namespace drachtio::bench
