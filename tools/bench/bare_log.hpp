// The floor: what SQLite does to append rows to a log without index, trigger or projection.
#pragma once

#include "log/row.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace drachtio::bench {

class BareLog {
 public:
  // Written anew, with the settings of a log of ours.
  explicit BareLog(const std::filesystem::path& path);

  // Appends the rows and their evidence, in one transaction.
  void append(std::span<const log::Entry> entries);

  [[nodiscard]] SQLite::Database& database() { return database_; }

 private:
  SQLite::Database database_;
  SQLite::Statement event_;
  SQLite::Statement evidence_;
};

// All rows of a log but its genesis, with their evidence.
std::vector<log::Entry> read_entries(const std::filesystem::path& db);

// Pages that a connection has written to its -wal since it was last asked.
std::int64_t pages_written(SQLite::Database& database);

}  // namespace drachtio::bench
