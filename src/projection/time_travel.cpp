#include "projection/time_travel.hpp"

#include "projection/fold.hpp"
#include "text/timestamp.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <string>
#include <vector>

namespace drachtio::projection {

namespace {

constexpr std::int64_t candidates_a_transaction = 10000;  // rows of `dialog` a read transaction

constexpr Microseconds long_call = std::chrono::minutes{10};  // as the index dialog_long has it

// Selects the legs that may have been open at ?1, in order of start: of those that began within
// long_call before, the ones that had not ended; then those that lasted longer (dialog_long), those
// that are open still, and those that were found lost later (dialog_lost). ?2 and ?3 are the
// beginning of that time and ?1, as start_text has instants.
std::string open_at_sql() {
  return "WITH candidate (id) AS ("
         "SELECT id FROM leg WHERE start_text >= ?2 AND start_text <= ?3 "
         "AND (end_time IS NULL OR end_time > ?1) "
         "UNION SELECT id FROM dialog WHERE end_time - start_time > " +
         std::to_string(long_call.count()) +
         " AND end_time > ?1 AND start_time <= ?1 "
         "UNION SELECT id FROM open_dialog CROSS JOIN dialog USING (id) WHERE start_time <= ?1 "
         "UNION SELECT id FROM dialog WHERE cause = 'lost' AND start_time <= ?1 "
         "AND (SELECT occurred_at FROM event WHERE position = closed_at) > ?1) "
         "SELECT id FROM candidate CROSS JOIN dialog USING (id) ORDER BY start_time, id";
}

// Visits the legs that were opened at `position` or before and ended after it, or are open.
template <typename Visit>
void each_open_at(log::Reader& reader, std::int64_t position, const Visit& visit) {
  std::int64_t last = 0;
  bool is_done = false;
  while (!is_done) {
    std::vector<std::int64_t> open;
    std::int64_t left = candidates_a_transaction;
    SQLite::Statement statement{reader.database(),
                                "SELECT id, closed_at FROM dialog WHERE id > ?1 AND id <= ?2 "
                                "ORDER BY id"};
    statement.bind(1, last);
    statement.bind(2, position);
    while (left > 0 && statement.executeStep()) {
      --left;
      last = statement.getColumn(0).getInt64();
      const SQLite::Column closed = statement.getColumn(1);
      if (closed.isNull() || closed.getInt64() > position) open.push_back(last);
    }
    statement.reset();  // the read transaction ends here, not when the visitor is done
    is_done = left > 0;
    for (const std::int64_t number : open) visit(number);
  }
}

template <typename IsLater>
void visit_cut(log::Reader& reader, std::int64_t number, const IsLater& is_later,
               const VisitPast& visit) {
  const std::vector<log::Row> rows = reader.of_dialog(number);
  const auto cut = std::ranges::find_if(rows, is_later);
  const std::span<const log::Row> past{rows.begin(), cut};
  if (past.empty()) return;
  const dialog::Dialog dialog = fold(past);
  // It may have ended by then all the same, and have been reopened by a retried INVITE.
  if (dialog.state != State::terminated) visit(dialog, past);
}

template <typename Work>
void reading(const log::Reader& reader, const Work& work) {
  try {
    work();
  } catch (const SQLite::Exception& error) {
    throw log::translate(error, "cannot read the log " + reader.path().string());
  }
}

}  // namespace

void open_at(log::Reader& reader, Instant when, const VisitPast& visit) {
  const auto is_later = [time = to_integer(when)](const log::Row& row) {
    return row.occurred_at > time;
  };
  reading(reader, [&] {
    std::vector<std::int64_t> candidates;
    {
      SQLite::Statement statement{reader.database(), open_at_sql()};
      statement.bind(1, to_integer(when));
      statement.bind(2, text::rfc3339(when - long_call));
      statement.bind(3, text::rfc3339(when));
      while (statement.executeStep()) candidates.push_back(statement.getColumn(0).getInt64());
    }
    for (const std::int64_t number : candidates) visit_cut(reader, number, is_later, visit);
  });
}

void open_at_position(log::Reader& reader, std::int64_t position, const VisitPast& visit) {
  const auto is_later = [&](const log::Row& row) { return row.position > position; };
  reading(reader, [&] {
    each_open_at(reader, position,
                 [&](std::int64_t number) { visit_cut(reader, number, is_later, visit); });
  });
}

}  // namespace drachtio::projection
