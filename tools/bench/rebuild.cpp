// The projection from the log: the fold alone, and the refill of the tables, against a bare scan of
// the same rows.
#include "projection/rebuild.hpp"

#include "benches.hpp"
#include "log/reader.hpp"
#include "measure.hpp"
#include "projection/log_fold.hpp"
#include "recorded_log.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

namespace drachtio::bench {

namespace {

// What reading the rows costs, with every column fetched and nothing made of it.
std::size_t scan(const std::filesystem::path& db) {
  const SQLite::Database database{db.string(), SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX};
  SQLite::Statement statement{database, std::string{"SELECT "} + log::row_columns +
                                            " FROM event WHERE position > 0 ORDER BY position"};
  std::size_t bytes = 0;
  while (statement.executeStep()) {
    for (int column = 0; column < statement.getColumnCount(); ++column) {
      bytes += static_cast<std::size_t>(statement.getColumn(column).getBytes());
    }
  }
  return bytes;
}

std::int64_t fold_all(const std::filesystem::path& db) {
  log::Reader reader{db};
  std::unordered_map<std::int64_t, dialog::Dialog> stored;
  std::int64_t dialogs = 0;
  projection::LogFold fold{[&](const dialog::Dialog&) { ++dialogs; },
                           [](std::int64_t) { return std::optional<dialog::Dialog>{}; }};
  std::int64_t position = 0;
  while (true) {
    const auto rows = reader.after(position);
    if (rows.empty()) break;
    for (const log::Row& row : rows) fold.add(row);
    position = rows.back().position;
  }
  fold.finish();
  return dialogs;
}

}  // namespace

int rebuild(const LogOptions& options) {
  remove_database(options.db);
  std::int64_t events = 0;
  {
    record::Ledger ledger = open_ledger(options.db);
    record_calls(ledger, 0, options.calls, 6);
    events = ledger.head().position;
  }
  std::vector<double> folds, refills, fold_ratios, refill_ratios;
  for (int round = -1; round < options.rounds; ++round) {
    const Stopwatch scanning;
    if (scan(options.db) == 0) return 1;
    const double scanned = scanning.seconds();
    const Stopwatch folding;
    if (fold_all(options.db) != static_cast<std::int64_t>(options.calls)) return 1;
    const double folded = folding.seconds();
    log::EventLog log{options.db};
    const Stopwatch refilling;
    if (projection::rebuild(log, {}).events < events) return 1;
    const double refilled = refilling.seconds();
    if (round < 0) continue;
    folds.push_back(static_cast<double>(events) / folded);
    refills.push_back(static_cast<double>(events) / refilled);
    fold_ratios.push_back(scanned / folded);
    refill_ratios.push_back(scanned / refilled);
  }
  fmt::print("rebuild: {} events of {} calls, {} rounds\n", events, options.calls, options.rounds);
  fmt::print("  fold, of the bare scan    {}   (to reach: 0.2)\n", spread(fold_ratios));
  fmt::print("  fold, events/s            {:.0f}\n", median(folds));
  fmt::print("  refill, of the bare scan  {}\n", spread(refill_ratios));
  fmt::print("  refill, events/s          {:.0f}\n", median(refills));
  return 0;
}

}  // namespace drachtio::bench
