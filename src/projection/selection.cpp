#include "projection/selection.hpp"

#include "projection/conditions.hpp"
#include "projection/dialog_table.hpp"
#include "projection/problems.hpp"
#include "text/timestamp.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <deque>
#include <limits>
#include <memory>
#include <vector>

namespace drachtio::projection {

namespace {

constexpr std::int64_t legs_a_page = 500;
constexpr const char* after_all = "~";  // comes after every instant
constexpr std::int64_t before_all = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t after_all_numbers = std::numeric_limits<std::int64_t>::max();

// A Place is where the reading stands in the order of (start_text, id), which the index
// dialog_by_start has.
struct Place {
  std::string start;  // empty: before all
  std::int64_t number = before_all;
};

// LegsByStart reads legs in the order of their start, or backwards, a few hundred at a time.
class LegsByStart {
 public:
  enum class Direction : std::uint8_t { forwards, backwards };

  LegsByStart(SQLite::Database& database, const Selection& selection, const Conditions& conditions,
              Direction direction)
      : conditions_(conditions),
        is_backwards_(direction == Direction::backwards),
        page_end_(database, end_sql()),
        page_(database, page_sql(conditions)) {
    const auto since = text_of(selection.since);
    const auto until = text_of(selection.until);
    if (is_backwards_) {
      place_ = until ? Place{*until, before_all} : Place{after_all, after_all_numbers};
      stop_ = since;
    } else {
      if (since) place_.start = *since;
      stop_ = until;
    }
    done_ = since && until && *until <= *since;
  }

  [[nodiscard]] bool done() const { return done_; }

  void next(std::vector<dialog::Dialog>& legs) {
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
    if (stop_ && (is_backwards_ ? end.start < *stop_ : end.start >= *stop_)) done_ = true;
  }

 private:
  static std::optional<std::string> text_of(const std::optional<Instant>& instant) {
    if (!instant) return std::nullopt;
    return text::rfc3339(*instant);
  }

  // The index is searched by the comparison of start_text: SQLite does not take that of both.
  [[nodiscard]] std::string end_sql() const {
    return is_backwards_ ? "SELECT start_text, id FROM leg WHERE start_text <= ?1 "
                           "AND (start_text, id) < (?1, ?2) "
                           "ORDER BY start_text DESC, id DESC LIMIT 1 OFFSET ?3"
                         : "SELECT start_text, id FROM leg WHERE start_text >= ?1 "
                           "AND (start_text, id) > (?1, ?2) "
                           "ORDER BY start_text, id LIMIT 1 OFFSET ?3";
  }
  [[nodiscard]] std::string page_sql(const Conditions& conditions) const {
    return std::string{"SELECT "} + leg_columns + " FROM leg WHERE " +
           (is_backwards_ ? "start_text BETWEEN ?3 AND ?1 AND (start_text, id) < (?1, ?2) "
                            "AND (start_text, id) >= (?3, ?4)"
                          : "start_text BETWEEN ?1 AND ?3 AND (start_text, id) > (?1, ?2) "
                            "AND (start_text, id) <= (?3, ?4)") +
           conditions.sql() +
           (is_backwards_ ? " ORDER BY start_text DESC, id DESC" : " ORDER BY start_text, id");
  }

  // Returns the place of the page's last leg; where there is no whole page any more, the end of
  // all.
  Place page_end() {
    page_end_.reset();
    page_end_.bind(1, place_.start);
    page_end_.bind(2, place_.number);
    page_end_.bind(3, legs_a_page - 1);
    Place end = is_backwards_ ? Place{"", before_all} : Place{after_all, after_all_numbers};
    if (page_end_.executeStep()) {
      end = {page_end_.getColumn(0).getString(), page_end_.getColumn(1).getInt64()};
    } else {
      done_ = true;
    }
    page_end_.reset();
    return end;
  }

  const Conditions& conditions_;
  bool is_backwards_;
  SQLite::Statement page_end_;
  SQLite::Statement page_;
  Place place_;
  std::optional<std::string> stop_;  // the start beyond which no leg is selected
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

  void next(std::vector<dialog::Dialog>& legs) {
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

// Reads a page of legs, in a read transaction of its own.
template <typename Legs>
std::vector<dialog::Dialog> next_page(log::Reader& reader, Legs& legs) {
  std::vector<dialog::Dialog> found;
  SQLite::Transaction transaction{reader.database()};
  legs.next(found);
  transaction.commit();
  return found;
}

// A Filter selects by what SQL alone does not know. It is null where every leg will do.
using Filter = std::function<bool(const dialog::Dialog&)>;

template <typename Legs>
void visit_each(log::Reader& reader, const Selection& selection, Legs legs, const Filter& filter,
                const std::function<void(dialog::Dialog&)>& visit) {
  std::int64_t left = selection.limit.value_or(std::numeric_limits<std::int64_t>::max());
  while (left > 0 && !legs.done()) {
    for (dialog::Dialog& leg : next_page(reader, legs)) {
      if (filter && !filter(leg)) continue;
      if (left-- <= 0) return;
      visit(leg);
    }
  }
}

// Visits the last so many, in order of their start.
void visit_latest(log::Reader& reader, const Selection& selection, LegsByStart legs,
                  const Filter& filter, const std::function<void(dialog::Dialog&)>& visit) {
  std::deque<dialog::Dialog> latest;
  const auto most = static_cast<std::size_t>(std::max<std::int64_t>(*selection.last, 0));
  while (latest.size() < most && !legs.done()) {
    for (dialog::Dialog& leg : next_page(reader, legs)) {
      if (latest.size() == most) break;
      if (!filter || filter(leg)) latest.push_front(std::move(leg));
    }
  }
  for (dialog::Dialog& leg : latest) visit(leg);
}

void visit_latest_open(log::Reader& reader, const Selection& selection, OpenLegs legs,
                       const Filter& filter, const std::function<void(dialog::Dialog&)>& visit) {
  std::deque<dialog::Dialog> latest;
  const auto most = static_cast<std::size_t>(std::max<std::int64_t>(*selection.last, 0));
  while (!legs.done()) {
    for (dialog::Dialog& leg : next_page(reader, legs)) {
      if (filter && !filter(leg)) continue;
      latest.push_back(std::move(leg));
      if (latest.size() > most) latest.pop_front();
    }
  }
  for (dialog::Dialog& leg : latest) visit(leg);
}

}  // namespace

void each_dialog(log::Reader& reader, const Selection& selection,
                 const std::function<void(dialog::Dialog&)>& visit) {
  try {
    SQLite::Database& database = reader.database();
    const Conditions conditions{database, selection};
    DialogTable table{database};
    const auto fetch_and_visit = [&](dialog::Dialog& leg) {
      if (selection.with_sdp) table.fetch_sdp(leg);
      visit(leg);
    };
    Filter filter;
    if (selection.problems) {
      auto rules = std::make_shared<ProblemFinder>(reader, slow_setup(reader, selection));
      filter = [rules](const dialog::Dialog& leg) { return !rules->of(leg).empty(); };
    }
    if (selection.active && selection.last) {
      visit_latest_open(reader, selection, OpenLegs{database, conditions}, filter, fetch_and_visit);
    } else if (selection.active) {
      visit_each(reader, selection, OpenLegs{database, conditions}, filter, fetch_and_visit);
    } else if (selection.last) {
      visit_latest(reader, selection,
                   LegsByStart{database, selection, conditions, LegsByStart::Direction::backwards},
                   filter, fetch_and_visit);
    } else {
      visit_each(reader, selection,
                 LegsByStart{database, selection, conditions, LegsByStart::Direction::forwards},
                 filter, fetch_and_visit);
    }
  } catch (const SQLite::Exception& error) {
    throw log::translate(error, "cannot read the log " + reader.path().string());
  }
}

}  // namespace drachtio::projection
