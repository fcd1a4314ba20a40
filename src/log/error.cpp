#include "log/error.hpp"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

namespace drachtio::log {

namespace {

Failure failure_of(int code) {
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Failure::busy;
    case SQLITE_FULL: return Failure::full;
    case SQLITE_IOERR: return Failure::io;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY: return Failure::cannot_open;
    case SQLITE_NOTADB: return Failure::foreign;
    case SQLITE_CORRUPT: return Failure::corrupt;
    case SQLITE_CONSTRAINT: return Failure::conflict;
    default: return Failure::other;
  }
}

}  // namespace

Error translate(const SQLite::Exception& error, const std::string& doing) {
  const Failure failure = failure_of(error.getErrorCode());
  std::string what = doing + ": " + error.what();
  if (failure == Failure::conflict) what += " (another writer has been at it)";
  return {failure, what};
}

}  // namespace drachtio::log
