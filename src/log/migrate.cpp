#include "log/migrate.hpp"

#include "log/embedded_sql.hpp"
#include "log/error.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <string>

namespace drachtio::log {

namespace {

int pragma(SQLite::Database& database, const char* name) {
  return database.execAndGet(std::string{"PRAGMA "} + name).getInt();
}

void require_ours(SQLite::Database& database) {
  const std::string& file = database.getFilename();
  if (pragma(database, "application_id") != application_id) {
    throw Error{Failure::foreign, file +
                                      " is not a drachtio-dialog log (it is another SQLite "
                                      "database, or a file of another program)"};
  }
  if (const int version = pragma(database, "user_version"); version > schema_version()) {
    throw Error{Failure::newer, file + " was written by a newer version (its schema is " +
                                    std::to_string(version) + ", this program knows " +
                                    std::to_string(schema_version()) + "): use that version"};
  }
}

}  // namespace

int schema_version() { return static_cast<int>(migrations().size()); }

void migrate(SQLite::Database& database) {
  const bool empty = database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 0 &&
                     pragma(database, "application_id") == 0;
  if (!empty) require_ours(database);
  const int version = empty ? 0 : pragma(database, "user_version");
  if (version == schema_version()) return;
  // Immediate: two first-time writers must not both find the file empty.
  SQLite::Transaction transaction{database, SQLite::TransactionBehavior::IMMEDIATE};
  for (int next = version; next < schema_version(); ++next) {
    database.exec(std::string{migrations()[static_cast<std::size_t>(next)].text});
  }
  database.exec("PRAGMA application_id = " + std::to_string(application_id));
  database.exec("PRAGMA user_version = " + std::to_string(schema_version()));
  transaction.commit();
}

void require_current(SQLite::Database& database) {
  require_ours(database);
  if (const int version = pragma(database, "user_version"); version < schema_version()) {
    throw Error{Failure::cannot_open,
                database.getFilename() + " has the schema of an older version (" +
                    std::to_string(version) + ", this program reads " +
                    std::to_string(schema_version()) +
                    "): open it once with dialog-recorder, which brings it up to date"};
  }
}

}  // namespace drachtio::log
