#include "recorded_log.hpp"

#include "record/writer.hpp"
#include "traffic.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <stdexcept>

namespace drachtio::bench {

namespace {

// A recorder always notes its links, and an import what it imported.
bool is_ours(const std::filesystem::path& db) {
  log::Reader reader{db};
  SQLite::Statement statement{
      reader.database(),
      "SELECT NOT EXISTS (SELECT 1 FROM dialog WHERE server <> ?) AND NOT EXISTS (SELECT 1 FROM "
      "event WHERE dialog IS NULL AND type LIKE 'link-%') AND NOT EXISTS (SELECT 1 FROM import)"};
  statement.bind(1, server_name);
  return statement.executeStep() && statement.getColumn(0).getInt() != 0;
}

}  // namespace

void require_ours(const std::filesystem::path& db) {
  namespace fs = std::filesystem;
  if (!fs::exists(fs::symlink_status(db))) return;
  std::string why = "it holds more than the calls of a bench";
  try {
    if (fs::is_regular_file(db) && (fs::file_size(db) == 0 || is_ours(db))) return;
  } catch (const log::Error& error) {
    why = error.what();
  }
  throw std::runtime_error{"will not remove " + db.string() + ": " + why};
}

void record_calls(record::Ledger& ledger, std::uint64_t first, std::uint64_t calls,
                  std::size_t frames) {
  for (std::uint64_t number = first; number < first + calls; ++number) {
    for (std::string& payload : call(number, frames)) {
      ledger.frame({server_name, 1, wire::Sender::server, std::move(payload), drachtio::now()});
    }
    if (ledger.staged() >= 1000) ledger.commit();
  }
  ledger.commit();
}

record::Ledger open_ledger(const std::filesystem::path& db) {
  return record::Ledger{log::EventLog{db}, [] { return drachtio::now(); }};
}

}  // namespace drachtio::bench
