// The append-only rules live in the schema: it must be, object by object, what this library ships.
#include "log/migrate.hpp"
#include "log/verify.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace drachtio::log {

namespace {

struct Object {
  std::string table;
  std::string sql;
  bool operator==(const Object&) const = default;
};

using Name = std::pair<std::string, std::string>;  // type, name

std::map<Name, Object> objects(SQLite::Database& database) {
  std::map<Name, Object> result;
  SQLite::Statement statement{database, "SELECT type, name, tbl_name, sql FROM sqlite_schema"};
  while (statement.executeStep()) {
    result[{statement.getColumn(0).getString(), statement.getColumn(1).getString()}] = {
        statement.getColumn(2).getString(), statement.getColumn(3).getString()};
  }
  return result;
}

// A table of SQLite's own, such as ANALYZE leaves; a trigger is never one.
bool is_internal(const Name& name) {
  return name.second.starts_with("sqlite_") && name.first != "trigger";
}

}  // namespace

void verify_schema(SQLite::Database& database, Faults& faults) {
  SQLite::Database shipped{":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
  migrate(shipped);
  const std::map<Name, Object> expected = objects(shipped);
  const std::map<Name, Object> found = objects(database);
  for (const auto& [name, object] : expected) {
    const std::string what = name.first + " " + name.second;
    const auto here = found.find(name);
    if (here == found.end()) {
      faults.add("schema", what + " is missing");
    } else if (here->second != object) {
      faults.add("schema", what + " is not as shipped; found: " + here->second.sql);
    }
  }
  for (const auto& [name, object] : found) {
    if (expected.contains(name) || is_internal(name)) continue;
    if (name.first == "trigger") {
      faults.add("schema", "trigger " + name.second + " on " + object.table +
                               " was added: it may change what is written; found: " + object.sql);
    } else {
      faults.note(name.first + " " + name.second + " was added to the file");
    }
  }
}

}  // namespace drachtio::log
