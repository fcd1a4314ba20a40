// Reads a log while it is written: by anybody, from any number of processes, changing nothing.
#pragma once

#include "log/error.hpp"
#include "log/row.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace SQLite {
class Database;
class Statement;
}  // namespace SQLite

namespace drachtio::log {

// Every call is a short read transaction of its own; nothing is held in between. Not thread-safe:
// one per thread.
class Reader {
 public:
  // Throws Error: cannot_open, foreign, newer, corrupt.
  explicit Reader(const std::filesystem::path& path);
  ~Reader();
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  [[nodiscard]] Head head();

  // Rows after `position`, in order, at most `limit`.
  [[nodiscard]] std::vector<Row> after(std::int64_t position, std::size_t limit = 1000);

  // The rows of one dialog, in order: of versions 1 to `last_version`.
  [[nodiscard]] std::vector<Row> of_dialog(
      std::int64_t dialog, std::int64_t last_version = std::numeric_limits<std::int64_t>::max());

  [[nodiscard]] std::optional<Row> at(std::int64_t position);
  [[nodiscard]] std::optional<Evidence> evidence(std::int64_t position);

  // Changes whenever another connection has committed: cheap enough to poll.
  [[nodiscard]] std::int64_t data_version();

  [[nodiscard]] SQLite::Database& database() { return *database_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  SQLite::Statement& prepared(std::unique_ptr<SQLite::Statement>& statement, const char* sql);

  std::filesystem::path path_;
  std::unique_ptr<SQLite::Database> database_;
  std::unique_ptr<SQLite::Statement> after_;
  std::unique_ptr<SQLite::Statement> of_dialog_;
  std::unique_ptr<SQLite::Statement> at_;
  std::unique_ptr<SQLite::Statement> evidence_;
  std::unique_ptr<SQLite::Statement> head_;
  std::unique_ptr<SQLite::Statement> data_version_;
};

// The columns that read_row expects, in order: "position, dialog, version, ...".
extern const char* const row_columns;

// The row a statement that selects row_columns stands on. Throws Error (corrupt) for a hash that
// is not 32 bytes.
Row read_row(SQLite::Statement& statement);

}  // namespace drachtio::log
