// Whether a log's files are where their names say.
//
// SQLite finds a database's -wal by name alone. A log that is moved without it lacks what was last
// written; and a -wal without its database is deleted by SQLite once a new one is made there.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

namespace SQLite {
class Database;
}

namespace drachtio::log {

// The -wal or -journal that stands where there is no database for it, or an empty one: it belongs
// to one that is gone, and would be deleted, or played into a database made there.
std::optional<std::filesystem::path> left_behind(const std::filesystem::path& database);

// What tells a file from all others while it exists, whatever it is called.
struct FileIdentity {
  dev_t device = 0;
  ino_t number = 0;
  bool operator==(const FileIdentity&) const = default;
};

// The files of a log that is open for writing, as they were when it was opened. No descriptor of
// them is opened here: closing it would drop SQLite's locks.
class Whereabouts {
 public:
  // `database`, open and in WAL mode, must outlive this.
  explicit Whereabouts(SQLite::Database& database);

  // Throws Error (moved), which says what happened, where the files are and what to do, if the
  // database or its -wal has been moved, deleted or replaced. Closing a database that was moved
  // then leaves its -wal behind as it is.
  void require_in_place();

 private:
  SQLite::Database* database_;
  std::string file_;
  std::string wal_;
  std::optional<FileIdentity> file_identity_;
  std::optional<FileIdentity> wal_identity_;
};

}  // namespace drachtio::log
