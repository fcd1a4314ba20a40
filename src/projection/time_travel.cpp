#include "projection/time_travel.hpp"

#include "projection/fold.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace drachtio::projection {

namespace {

constexpr std::int64_t candidates_a_transaction = 10000;  // rows of `dialog` a read transaction

// A dialog's key in the order it is looked for, and where it ended by the same measure.
struct Candidate {
  std::int64_t key = 0;
  std::int64_t number = 0;
  std::optional<std::int64_t> end;
};

// `sql` selects Candidates after (?1 key, ?2 number) up to key ?3, at most ?4, in that order.
template <typename Visit>
void each_candidate(log::Reader& reader, const char* sql, std::int64_t until, const Visit& visit) {
  Candidate last{std::numeric_limits<std::int64_t>::min(), 0, {}};
  std::vector<Candidate> candidates;
  do {
    candidates.clear();
    SQLite::Statement statement{reader.database(), sql};
    statement.bind(1, last.key);
    statement.bind(2, last.number);
    statement.bind(3, until);
    statement.bind(4, candidates_a_transaction);
    while (statement.executeStep()) {
      Candidate& next = candidates.emplace_back();
      next.key = statement.getColumn(0).getInt64();
      next.number = statement.getColumn(1).getInt64();
      if (const SQLite::Column end = statement.getColumn(2); !end.isNull()) {
        next.end = end.getInt64();
      }
    }
    statement.reset();  // the read transaction ends here, not when the visitor is done
    for (const Candidate& candidate : candidates) {
      if (!candidate.end || *candidate.end > until) visit(candidate.number);
    }
    if (!candidates.empty()) last = candidates.back();
  } while (!candidates.empty());
}

template <typename IsLater>
void visit_cut(log::Reader& reader, std::int64_t number, const IsLater& is_later,
               const VisitPast& visit) {
  const std::vector<log::Row> rows = reader.of_dialog(number);
  const auto cut = std::ranges::find_if(rows, is_later);
  const std::span<const log::Row> past{rows.begin(), cut};
  if (past.empty()) return;
  const DialogState dialog = fold(past);
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
  const std::int64_t time = to_integer(when);
  const auto is_later = [&](const log::Row& row) { return row.occurred_at > time; };
  reading(reader, [&] {
    each_candidate(reader,
                   // A lost call's end is hindsight: it lies before the event that says so.
                   "SELECT start_time, id, CASE cause WHEN 'lost' THEN NULL ELSE end_time END "
                   "FROM dialog "
                   "WHERE (start_time, id) > (?1, ?2) AND start_time <= ?3 "
                   "ORDER BY start_time, id LIMIT ?4",
                   time, [&](std::int64_t number) { visit_cut(reader, number, is_later, visit); });
  });
}

void open_at_position(log::Reader& reader, std::int64_t position, const VisitPast& visit) {
  const auto is_later = [&](const log::Row& row) { return row.position > position; };
  reading(reader, [&] {
    each_candidate(reader,
                   "SELECT id, id, closed_at FROM dialog "
                   "WHERE id > ?1 AND id <= ?3 AND ?2 = ?2 ORDER BY id LIMIT ?4",
                   position,
                   [&](std::int64_t number) { visit_cut(reader, number, is_later, visit); });
  });
}

}  // namespace drachtio::projection
