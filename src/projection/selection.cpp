#include "projection/selection.hpp"

#include "projection/dialog_table.hpp"
#include "text/escape.hpp"
#include "text/timestamp.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include <algorithm>
#include <limits>
#include <variant>
#include <vector>

namespace drachtio::projection {

namespace {

constexpr std::int64_t legs_a_page = 500;
constexpr std::size_t pattern_shown = 40;  // bytes of a pattern that is too long
constexpr const char* after_all = "~";     // comes after every instant

// A Place is where the reading stands in the order of (start_text, id), which the index
// dialog_by_start has.
struct Place {
  std::string start;  // empty: before all
  std::int64_t number = std::numeric_limits<std::int64_t>::min();
};

// SQL conditions with their values.
class Conditions {
 public:
  Conditions(SQLite::Database& database, const Selection& selection) : database_(database) {
    if (selection.active) sql_ += " AND state <> 'terminated'";
    if (selection.since) add("start_time >= ?", to_integer(*selection.since));
    if (selection.until) add("start_time < ?", to_integer(*selection.until));
    if (selection.caller) match("calling_user", *selection.caller);
    if (selection.callee) match("called_user", *selection.callee);
    if (selection.server) match("server", *selection.server);
    if (selection.cause) add("cause = ?", std::string{to_string(*selection.cause)});
    if (selection.q850_cause) add("q850_cause = ?", std::int64_t{*selection.q850_cause});
    // The view by its primary key: one definition of the disposition, and one row read again.
    if (selection.disposition) {
      add("(SELECT disposition FROM call_record WHERE call_record.id = leg.id) = ?",
          *selection.disposition);
    }
    if (selection.part) add("instr(dialog_id, ?) > 0", *selection.part);
  }

  [[nodiscard]] const std::string& sql() const { return sql_; }
  void bind(SQLite::Statement& statement, int index) const {
    for (const auto& value : values_) {
      std::visit([&](const auto& v) { statement.bind(index, v); }, value);
      ++index;
    }
  }

 private:
  using Value = std::variant<std::int64_t, std::string>;

  void add(const std::string& condition, Value value) {
    sql_ += " AND " + condition;
    values_.push_back(std::move(value));
  }

  void match(const std::string& column, const std::string& pattern) {
    add(column + " GLOB ?", glob_of(database_, pattern));
  }

  SQLite::Database& database_;
  std::string sql_;
  std::vector<Value> values_;
};

// AllLegs reads all legs in order of their start, a few hundred at a time.
class AllLegs {
 public:
  AllLegs(SQLite::Database& database, const Selection& selection, const Conditions& conditions)
      : conditions_(conditions),
        // The first comparison is what the index is searched by: SQLite does not take the second.
        page_end_(database,
                  "SELECT start_text, id FROM leg WHERE start_text >= ?1 "
                  "AND (start_text, id) > (?1, ?2) ORDER BY start_text, id LIMIT 1 OFFSET ?3"),
        page_(database, std::string{"SELECT "} + leg_columns +
                            " FROM leg WHERE start_text BETWEEN ?1 AND ?3 "
                            "AND (start_text, id) > (?1, ?2) AND (start_text, id) <= (?3, ?4)" +
                            conditions.sql() + " ORDER BY start_text, id") {
    if (selection.since) {
      place_.start = text::rfc3339(*selection.since);
      if (selection.until && *selection.until <= *selection.since) done_ = true;
    }
    if (selection.until) until_ = text::rfc3339(*selection.until);
  }

  [[nodiscard]] bool done() const { return done_; }

  void next(std::vector<DialogState>& legs) {
    const Place end = page_end();
    page_.reset();
    page_.bind(1, place_.start);
    page_.bind(2, place_.number);
    page_.bind(3, end.start);
    page_.bind(4, end.number);
    conditions_.bind(page_, 5);
    while (page_.executeStep()) legs.push_back(read_leg(page_));
    page_.reset();
    place_ = end;
    if (until_ && end.start >= *until_) done_ = true;
  }

 private:
  Place page_end() {
    page_end_.reset();
    page_end_.bind(1, place_.start);
    page_end_.bind(2, place_.number);
    page_end_.bind(3, legs_a_page - 1);
    Place end{after_all, std::numeric_limits<std::int64_t>::max()};
    if (page_end_.executeStep()) {
      end = {page_end_.getColumn(0).getString(), page_end_.getColumn(1).getInt64()};
    } else {
      done_ = true;
    }
    page_end_.reset();
    return end;
  }

  const Conditions& conditions_;
  SQLite::Statement page_end_;
  SQLite::Statement page_;
  Place place_;
  std::optional<std::string> until_;
  bool done_ = false;
};

// OpenLegs reads the open legs alone: they cost what they are, however long the log is.
class OpenLegs {
 public:
  OpenLegs(SQLite::Database& database, const Conditions& conditions)
      : conditions_(conditions),
        leg_(database,
             std::string{"SELECT "} + leg_columns + " FROM leg WHERE id = ?" + conditions.sql()) {
    SQLite::Statement open{database,
                           "SELECT dialog.id FROM open_dialog CROSS JOIN dialog USING (id) "
                           "ORDER BY dialog.start_time, dialog.id"};
    while (open.executeStep()) numbers_.push_back(open.getColumn(0).getInt64());
  }

  [[nodiscard]] bool done() const { return next_ == numbers_.size(); }

  void next(std::vector<DialogState>& legs) {
    for (std::size_t left = legs_a_page; left > 0 && !done(); --left) {
      leg_.reset();
      leg_.bind(1, numbers_[next_++]);
      conditions_.bind(leg_, 2);
      if (leg_.executeStep()) legs.push_back(read_leg(leg_));  // else it has ended meanwhile
    }
    leg_.reset();
  }

 private:
  const Conditions& conditions_;
  SQLite::Statement leg_;
  std::vector<std::int64_t> numbers_;
  std::size_t next_ = 0;
};

template <typename Legs>
void visit_each(log::Reader& reader, const Selection& selection, Legs legs,
                const std::function<void(const DialogState&)>& visit) {
  DialogTable table{reader.database()};
  std::int64_t left = selection.limit.value_or(std::numeric_limits<std::int64_t>::max());
  std::vector<DialogState> found;
  while (left > 0 && !legs.done()) {
    found.clear();
    SQLite::Transaction transaction{reader.database()};
    legs.next(found);
    if (selection.with_sdp) std::ranges::for_each(found, [&](auto& leg) { table.fetch_sdp(leg); });
    transaction.commit();
    for (const DialogState& leg : found) {
      if (left-- <= 0) return;
      visit(leg);
    }
  }
}

}  // namespace

std::string glob_of(SQLite::Database& database, const std::string& pattern) {
  std::string glob;  // in which ? and [ would have a meaning too
  for (const char c : pattern) {
    if (c == '?' || c == '[') {
      glob += std::string{'['} + c + ']';
    } else {
      glob += c;
    }
  }
  const int most = sqlite3_limit(database.getHandle(), SQLITE_LIMIT_LIKE_PATTERN_LENGTH, -1);
  if (glob.size() > static_cast<std::size_t>(most)) {
    throw UnfitCondition{"the pattern \"" + text::escaped(pattern, pattern_shown) +
                         "\" is too complex: SQLite takes " + std::to_string(most) +
                         " bytes at most, and this has " + std::to_string(glob.size())};
  }
  return glob;
}

void each_dialog(log::Reader& reader, const Selection& selection,
                 const std::function<void(const DialogState&)>& visit) {
  try {
    const Conditions conditions{reader.database(), selection};
    if (selection.active) {
      visit_each(reader, selection, OpenLegs{reader.database(), conditions}, visit);
    } else {
      visit_each(reader, selection, AllLegs{reader.database(), selection, conditions}, visit);
    }
  } catch (const SQLite::Exception& error) {
    throw log::translate(error, "cannot read the log " + reader.path().string());
  }
}

}  // namespace drachtio::projection
