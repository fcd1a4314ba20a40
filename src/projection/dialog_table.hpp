// The tables `dialog` and `open_dialog`: the current state of every leg, kept beside the log,
// rebuilt from it.
#pragma once

#include "dialog/dialog.hpp"
#include "projection/call_index.hpp"
#include "projection/leg_row.hpp"

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

// Not thread-safe. The database must outlive the table. Throws SQLite::Exception; what reads,
// std::runtime_error for values that this class has not written.
class DialogTable {
 public:
  explicit DialogTable(SQLite::Database& database);
  ~DialogTable();
  DialogTable(DialogTable&&) noexcept;
  DialogTable& operator=(DialogTable&&) = delete;
  DialogTable(const DialogTable&) = delete;
  DialogTable& operator=(const DialogTable&) = delete;

  // Writes the leg's rows in both tables.
  void write(const dialog::Dialog& leg);
  // Writes that of an open leg in `open_dialog`, where its row in `dialog` is as it was
  // (digest_of_row).
  void write(const OpenRow& row);

  [[nodiscard]] std::optional<dialog::Dialog> find(std::int64_t number);
  // The legs of a call that were created with that tag, in the order they began: those in the part
  // of the log that was recorded since then, and those in older parts too where `since` is null.
  // Returns only the latest where there are more than `limit`.
  [[nodiscard]] std::vector<dialog::Dialog> legs(std::string_view server, std::string_view call_id,
                                                 std::string_view creating_tag,
                                                 std::optional<Instant> since = {},
                                                 std::optional<std::size_t> limit = {});

  using Visit = std::function<void(dialog::Dialog&&)>;
  // All legs with that Call-ID, on any server, by number.
  void each_of_call(const std::string& call_id, const Visit& visit);
  // All that are not terminated, by number.
  void each_open(const Visit& visit);
  // All that `where` (SQL over the columns of the view `leg`, with ORDER BY and LIMIT if wished)
  // selects.
  void each(const std::string& where, const Visit& visit);

  // Reads the SDP of a leg that read_leg has read.
  void fetch_sdp(dialog::Dialog& leg);

 private:
  void prepare_to_write();
  void each(SQLite::Statement& statement, const Visit& visit);
  CallIndex& calls();
  SQLite::Statement& of_call(std::int64_t number, std::string_view call_id);
  [[nodiscard]] Sdp sdp_of_event(std::int64_t position);

  SQLite::Database& database_;
  std::unique_ptr<SQLite::Statement> write_;
  std::unique_ptr<SQLite::Statement> write_open_;
  std::unique_ptr<SQLite::Statement> delete_open_;
  std::unique_ptr<SQLite::Statement> by_number_;
  std::unique_ptr<CallIndex> calls_;
  std::unique_ptr<SQLite::Statement> of_call_;
  std::unique_ptr<SQLite::Statement> data_;
};

}  // namespace drachtio::projection
