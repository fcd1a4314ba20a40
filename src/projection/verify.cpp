#include "projection/verify.hpp"

#include "dialog/apply.hpp"
#include "log/migrate.hpp"
#include "projection/dialog_table.hpp"
#include "projection/fold.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace drachtio::projection {

namespace {

using Limits = std::numeric_limits<std::int64_t>;

constexpr std::int64_t rows_at_once = 1000;
constexpr std::size_t most_shown = 80;    // bytes of a text
constexpr std::size_t most_context = 24;  // of these, before the first that differs

// The tables of the projection, each with a row a leg by its number.
constexpr std::array tables{"dialog", "open_dialog"};

std::string select_row(std::string_view table) {
  return "SELECT * FROM " + std::string{table} + " WHERE id = ?";
}

std::string_view bytes_of(const SQLite::Column& column) {
  const auto* bytes = static_cast<const char*>(column.getBlob());
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(column.getBytes())};
}

bool same(const SQLite::Column& one, const SQLite::Column& other) {
  if (one.getType() != other.getType()) return false;
  switch (one.getType()) {
    case SQLITE_NULL: return true;
    case SQLITE_INTEGER: return one.getInt64() == other.getInt64();
    default: return bytes_of(one) == bytes_of(other);
  }
}

// As it is: whoever prints it escapes it.
std::string excerpt(std::string_view bytes, std::size_t begin) {
  const std::string cut = bytes.size() - begin > most_shown ? "..." : "";
  return (begin > 0 ? "\"..." : "\"") + std::string{bytes.substr(begin, most_shown)} + cut + "\"";
}

std::string shown(const SQLite::Column& column, std::size_t begin = 0) {
  switch (column.getType()) {
    case SQLITE_NULL: return "null";
    case SQLITE_INTEGER: return std::to_string(column.getInt64());
    case SQLITE_TEXT: return excerpt(bytes_of(column), begin);
    case SQLITE_BLOB: return "a BLOB";
    default: return "a REAL";
  }
}

// Two texts are shown from a little before where they differ: they may be long, and alike at first.
std::string difference(const SQLite::Column& have, const SQLite::Column& want) {
  constexpr const char* instead = ", but its events give ";
  if (have.getType() != SQLITE_TEXT || want.getType() != SQLITE_TEXT) {
    return shown(have) + instead + shown(want);
  }
  const std::string_view one = bytes_of(have);
  const std::string_view other = bytes_of(want);
  const auto differ = static_cast<std::size_t>(std::ranges::mismatch(one, other).in1 - one.begin());
  std::size_t begin = differ > most_context ? differ - most_context : 0;
  while (begin > 0 && (static_cast<unsigned char>(one[begin]) & 0xC0U) == 0x80) --begin;
  return shown(have, begin) + instead + shown(want, begin) + " (they differ from byte " +
         std::to_string(differ) + " on; " + std::to_string(one.size()) + " and " +
         std::to_string(other.size()) + " bytes)";
}

// The same tables, empty, in memory: what ought to be stored is written to them by the code that
// writes the real ones, so that they can be compared as stored values.
class Scratch {
 public:
  Scratch() : database_(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE) {
    log::migrate(database_);
    table_.emplace(database_);
    for (const char* table : tables) select_.emplace_back(database_, select_row(table));
  }

  // The rows are then as they ought to be.
  void write(const dialog::Dialog& leg) {
    for (SQLite::Statement& select : select_) select.reset();
    database_.exec("DELETE FROM dialog; DELETE FROM open_dialog;");
    table_->write(leg);
  }
  // The row of that table: none where executeStep() was false.
  SQLite::Statement& row_of(std::size_t table, std::int64_t number) {
    SQLite::Statement& select = select_[table];
    select.reset();
    select.bind(1, number);
    return select;
  }

 private:
  SQLite::Database database_;
  std::optional<DialogTable> table_;
  std::vector<SQLite::Statement> select_;
};

class Check {
 public:
  Check(SQLite::Database& database, log::Faults& faults)
      : database_(database),
        faults_(faults),
        next_(database, "SELECT min(dialog) FROM event WHERE dialog > ?"),
        without_events_(database,
                        "SELECT id FROM dialog WHERE id > ?1 AND id < ?2 UNION "
                        "SELECT id FROM open_dialog WHERE id > ?1 AND id < ?2 LIMIT 1000"),
        events_(database, std::string{"SELECT "} + log::row_columns +
                              " FROM event WHERE dialog = ? AND version > ? ORDER BY version"),
        stored_{SQLite::Statement{database, select_row(tables[0])},
                SQLite::Statement{database, select_row(tables[1])}} {}

  Verified run(std::int64_t head, const log::Progress& progress) {
    begin();
    while (const std::optional<std::int64_t> number = next_dialog()) {
      check(*number);
      if (progress) progress(*number, head);
    }
    transaction_->commit();
    return verified_;
  }

  [[nodiscard]] std::int64_t reached() const { return number_; }

 private:
  void begin() {
    transaction_.emplace(database_);
    rows_left_ = rows_at_once;
  }
  void pause() {
    if (rows_left_ > 0) return;
    transaction_->commit();
    begin();
  }

  void fault(std::int64_t number, const std::string& what) {
    faults_.add("dialog " + std::to_string(number), what);
  }

  // The next dialog that has events. Rows passed over on the way have none.
  std::optional<std::int64_t> next_dialog() {
    pause();
    next_.reset();
    next_.bind(1, number_);
    next_.executeStep();
    const SQLite::Column column = next_.getColumn(0);
    std::optional<std::int64_t> next;
    if (!column.isNull()) next = column.getInt64();
    without_events_.reset();
    without_events_.bind(1, number_);
    without_events_.bind(2, next.value_or(Limits::max()));
    while (without_events_.executeStep()) {
      fault(without_events_.getColumn(0).getInt64(),
            "has a row in dialog or open_dialog, but no events");
    }
    without_events_.reset();
    next_.reset();
    if (next) number_ = *next;
    return next;
  }

  void check(std::int64_t number) {
    dialog::Dialog dialog;
    std::optional<std::string> unreadable;
    // A dialog with very many events is folded over several transactions; the last of them sees
    // both its last event and its row.
    bool more = true;
    while (more) {
      pause();
      more = fold_on(number, dialog, unreadable);
    }
    if (unreadable) {
      fault(number, *unreadable);
      return;
    }
    if (dialog.number != number) {
      fault(number, "its first event does not open it");
      return;
    }
    compare(dialog);
  }

  // Applies what there is, as far as this transaction may go; returns whether there may be more.
  bool fold_on(std::int64_t number, dialog::Dialog& dialog,
               std::optional<std::string>& unreadable) {
    events_.reset();
    events_.bind(1, number);
    events_.bind(2, dialog.version);
    while (!unreadable && events_.executeStep()) {
      try {
        const log::Row row = log::read_row(events_);
        if (row.version != dialog.version + 1) {
          fault(number, "version " + std::to_string(dialog.version + 1) + " is missing");
        }
        dialog::apply(dialog, to_event(row));
      } catch (const std::runtime_error& error) {  // not one of ours, by format or by hash
        unreadable = error.what();
      }
      if (--rows_left_ == 0 && !unreadable) {
        events_.reset();
        return true;
      }
    }
    events_.reset();
    return false;
  }

  void compare(const dialog::Dialog& dialog) {
    scratch_.write(dialog);
    bool equal = true;
    for (std::size_t table = 0; table < tables.size(); ++table) {
      equal = compare_row(table, dialog.number) && equal;
    }
    if (!equal) return;
    ++verified_.dialogs;
    if (dialog.state != State::terminated) ++verified_.open;
  }

  bool compare_row(std::size_t table, std::int64_t number) {
    const std::string name = tables[table];
    SQLite::Statement& stored = stored_[table];
    stored.reset();
    stored.bind(1, number);
    SQLite::Statement& expected = scratch_.row_of(table, number);
    const bool is_there = stored.executeStep();
    const bool ought_to_be = expected.executeStep();
    bool equal = is_there == ought_to_be;
    if (!equal && ought_to_be) {
      fault(number, "has events, but no row in " + name + " (dialog-replay rebuild makes it)");
    } else if (!equal) {
      fault(number, "has a row in " + name + ", but its events have ended it");
    } else if (is_there) {
      for (int i = 0; i < expected.getColumnCount(); ++i) {
        const SQLite::Column want = expected.getColumn(i);
        const SQLite::Column have = stored.getColumn(i);
        if (same(want, have)) continue;
        fault(number, std::string{want.getName()} + " is " + difference(have, want));
        equal = false;
      }
    }
    stored.reset();
    expected.reset();
    return equal;
  }

  SQLite::Database& database_;
  log::Faults& faults_;
  Scratch scratch_;
  std::optional<SQLite::Transaction> transaction_;
  SQLite::Statement next_;
  SQLite::Statement without_events_;
  SQLite::Statement events_;
  std::array<SQLite::Statement, tables.size()> stored_;  // rows of each
  Verified verified_;
  std::int64_t number_ = Limits::min();
  std::int64_t rows_left_ = rows_at_once;
};

}  // namespace

Verified verify(log::Reader& reader, const log::Progress& progress, log::Faults& faults) {
  std::optional<Check> check;
  try {
    check.emplace(reader.database(), faults);
    return check->run(reader.head().position, progress);
  } catch (const SQLite::Exception& error) {
    faults.add("dialog" + (check ? " " + std::to_string(check->reached()) : std::string{}),
               std::string{"cannot go on with the projection: "} + error.what());
  } catch (const log::Error& error) {
    faults.add("dialog", std::string{"cannot go on with the projection: "} + error.what());
  }
  return {};
}

}  // namespace drachtio::projection
