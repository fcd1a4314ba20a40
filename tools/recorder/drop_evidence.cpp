#include "recorder/drop_evidence.hpp"

#include "console/output.hpp"
#include "record/writer.hpp"
#include "recorder/service.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

namespace drachtio::tools {

namespace {

std::int64_t ask(SQLite::Database& database, const char* sql, std::int64_t value) {
  SQLite::Statement statement{database, sql};
  statement.bind(1, value);
  return statement.executeStep() ? statement.getColumn(0).getInt64() : -1;
}

std::int64_t last_position(SQLite::Database& database, const DropEvidenceOptions& options) {
  if (options.through) return *options.through;
  return ask(database,
             "SELECT position FROM event WHERE recorded_at < ? ORDER BY position DESC LIMIT 1",
             to_integer(*options.before));
}

// The -wal holds pages as they were before, until it is begun anew.
void empty_wal(log::EventLog& log) {
  if (log.database().execAndGet("PRAGMA wal_checkpoint(TRUNCATE)").getInt() == 0) return;
  put_error(fmt::format(
      "dialog-recorder: somebody is reading the log: until they end, {}-wal may still hold what "
      "was dropped\n",
      log.path().string()));
}

int drop(record::Ledger& ledger, const DropEvidenceOptions& options) {
  SQLite::Database& database = ledger.store().log().database();
  const std::int64_t through = last_position(database, options);
  if (through > ledger.head().position) {
    throw UsageError{fmt::format("--through: the log ends at position {}", ledger.head().position)};
  }
  const std::int64_t messages =
      ask(database, "SELECT count(*) FROM sip_message WHERE position <= ?", through);
  if (messages == 0) {
    put("nothing to drop: there is no message so far back\n");
  } else {
    ledger.note_killed();  // or our event would pass for the last that a killed recorder wrote
    ledger.drop_evidence(through, options.why);
    empty_wal(ledger.store().log());
    put(fmt::format("dropped {} message{}, through position {}\n", messages,
                    messages == 1 ? "" : "s", through));
  }
  put(fmt::format("log head: position {}, hash {}\n", ledger.head().position,
                  digest::to_hex(ledger.head().hash)));
  return done;
}

}  // namespace

int run_drop_evidence(const DropEvidenceOptions& options) {
  record::Ledger ledger{log::EventLog{options.db, log::IfMissing::refuse},
                        [] { return drachtio::now(); }};
  try {
    return drop(ledger, options);
  } catch (const SQLite::Exception& error) {
    throw log::translate(error, "cannot read the log " + options.db.string());
  }
}

}  // namespace drachtio::tools
