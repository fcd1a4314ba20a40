#include "log/verify.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

namespace drachtio::log {

namespace {

// A file can be damaged so that no statement about it succeeds. That is what is to be reported.
template <typename Check>
void guarded(const char* doing, Faults& faults, Check check) {
  try {
    check();
  } catch (const SQLite::Exception& error) {
    faults.add("file", std::string{"cannot go on with "} + doing + ": " + error.what());
  } catch (const Error& error) {
    faults.add("file", std::string{"cannot go on with "} + doing + ": " + error.what());
  }
}

}  // namespace

void verify_integrity(SQLite::Database& database, Faults& faults) {
  SQLite::Statement statement{database, "PRAGMA integrity_check(20)"};
  while (statement.executeStep()) {
    const std::string line = statement.getColumn(0).getString();
    if (line != "ok") faults.add("file", "integrity_check: " + line);
  }
}

Verified verify(Reader& reader, const VerifyOptions& options, Faults& faults) {
  SQLite::Database& database = reader.database();
  guarded("the schema", faults, [&] { verify_schema(database, faults); });
  guarded("integrity_check", faults, [&] { verify_integrity(database, faults); });
  Verified verified;
  guarded("the chain", faults, [&] { verified = verify_chain(database, options, faults); });
  return verified;
}

}  // namespace drachtio::log
