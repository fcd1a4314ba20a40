// The `dialog` table: the current state of every dialog, kept beside the log, rebuilt from it.
#pragma once

#include <drachtio/dialog_state.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace SQLite {
class Database;
class Statement;
}  // namespace SQLite

namespace drachtio::projection {

// FNV-1a of a Call-ID: what dialog.call_key holds.
std::int64_t call_key(std::string_view call_id);

// Not thread-safe. The database must outlive the table. Throws SQLite::Exception.
class DialogTable {
 public:
  explicit DialogTable(SQLite::Database& database);
  ~DialogTable();
  DialogTable(DialogTable&&) noexcept;
  DialogTable& operator=(DialogTable&&) = delete;
  DialogTable(const DialogTable&) = delete;
  DialogTable& operator=(const DialogTable&) = delete;

  void upsert(const DialogState& dialog);

  [[nodiscard]] std::optional<DialogState> find(std::int64_t number);
  // The legs of a call that were created with that tag, in the order they began.
  [[nodiscard]] std::vector<DialogState> legs(std::string_view server, std::string_view call_id,
                                              std::string_view creating_tag);

  using Visit = std::function<void(DialogState&&)>;
  // All that are not terminated, by number.
  void each_open(const Visit& visit);
  // All that `where` (SQL over the table's columns, with ORDER BY and LIMIT if wished) selects.
  void each(const std::string& where, const Visit& visit);

 private:
  SQLite::Database& database_;
  std::unique_ptr<SQLite::Statement> upsert_;
  std::unique_ptr<SQLite::Statement> by_number_;
  std::unique_ptr<SQLite::Statement> legs_;
};

// The columns of the table, in the order read_dialog expects.
extern const char* const dialog_columns;

// The dialog a statement that selects dialog_columns stands on.
DialogState read_dialog(SQLite::Statement& statement);

}  // namespace drachtio::projection
