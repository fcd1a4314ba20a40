#include "projection/rebuild.hpp"

#include "log/migrate.hpp"
#include "projection/dialog_table.hpp"
#include "projection/log_fold.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <string>
#include <string_view>
#include <vector>

namespace drachtio::projection {

namespace {

constexpr std::int64_t progress_every = 4096;

// The statements that make the tables and their indexes, from a database as it is shipped: the
// tables first.
std::vector<std::string> definitions() {
  SQLite::Database shipped{":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
  log::migrate(shipped);
  SQLite::Statement statement{shipped,
                              "SELECT sql FROM sqlite_schema "
                              "WHERE tbl_name IN ('dialog', 'open_dialog') AND sql IS NOT NULL "
                              "ORDER BY type = 'table' DESC, name"};
  std::vector<std::string> result;
  while (statement.executeStep()) result.push_back(statement.getColumn(0).getString());
  return result;
}

// Only what a fold needs of a row, into the same Row each time: its strings keep their memory.
void read_into(SQLite::Statement& statement, log::Row& row) {
  const auto text = [&](int index) {
    const SQLite::Column column = statement.getColumn(index);
    const char* bytes = column.getText();
    return std::string_view{bytes, static_cast<std::size_t>(column.getBytes())};
  };
  row.position = statement.getColumn(0).getInt64();
  row.dialog = statement.getColumn(1).getInt64();
  row.version = statement.getColumn(2).getInt64();
  row.type = text(3);
  row.occurred_at = statement.getColumn(4).getInt64();
  row.recorded_at = statement.getColumn(5).getInt64();
  row.data = text(6);
  row.format = statement.getColumn(7).getInt64();
}

Rebuilt refill(SQLite::Database& database, std::int64_t head, const log::Progress& progress) {
  DialogTable table{database};
  LogFold fold{[&](const dialog::Dialog& dialog) { table.write(dialog); },
               [&](std::int64_t number) { return table.find(number); }};
  // NOT INDEXED: in the order of the log, not dialog by dialog.
  SQLite::Statement rows{database,
                         "SELECT position, dialog, version, type, occurred_at, recorded_at, data, "
                         "format FROM event NOT INDEXED WHERE dialog IS NOT NULL "
                         "ORDER BY position"};
  Rebuilt rebuilt;
  log::Row row;
  while (rows.executeStep()) {
    read_into(rows, row);
    fold.add(row);
    if (++rebuilt.events % progress_every == 0 && progress) progress(row.position, head);
  }
  fold.finish();
  rebuilt.dialogs = fold.dialogs();
  return rebuilt;
}

}  // namespace

bool is_missing(log::EventLog& log) {
  try {
    return log.database()
               .execAndGet(
                   "SELECT NOT EXISTS (SELECT 1 FROM dialog) "
                   "AND EXISTS (SELECT 1 FROM event WHERE dialog IS NOT NULL)")
               .getInt() != 0;
  } catch (const SQLite::Exception& error) {
    throw log::translate(error, "cannot read the log " + log.path().string());
  }
}

Rebuilt rebuild(log::EventLog& log, const log::Progress& progress) {
  constexpr std::size_t tables = 2;
  const std::vector<std::string> create = definitions();
  Rebuilt rebuilt;
  log.commit({}, [&](SQLite::Database& database) {
    database.exec("DROP TABLE IF EXISTS dialog; DROP TABLE IF EXISTS open_dialog;");
    for (std::size_t i = 0; i < tables; ++i) database.exec(create[i]);
    rebuilt = refill(database, log.head().position, progress);
    for (std::size_t i = tables; i < create.size(); ++i) database.exec(create[i]);
  });
  return rebuilt;
}

}  // namespace drachtio::projection
