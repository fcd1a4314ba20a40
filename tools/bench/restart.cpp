// Time until a recorder with open calls is ready, per open call, with a short log and with one ten
// times as long.
#include "benches.hpp"
#include "measure.hpp"
#include "recorded_log.hpp"

#include <fmt/core.h>

namespace drachtio::bench {

namespace {

constexpr std::uint64_t open_calls = 10000;

std::vector<double> microseconds_a_call(const LogOptions& options) {
  std::vector<double> figures;
  for (int round = -1; round < options.rounds; ++round) {
    const Stopwatch watch;
    const record::Ledger ledger = open_ledger(options.db);
    const double seconds = watch.seconds();
    if (ledger.open_dialogs() != open_calls) throw std::runtime_error("open calls are missing");
    if (round >= 0) figures.push_back(seconds * 1e6 / static_cast<double>(open_calls));
  }
  return figures;
}

}  // namespace

int restart(const LogOptions& options) {
  remove_database(options.db);
  std::int64_t short_log = 0;
  std::int64_t long_log = 0;
  {
    record::Ledger ledger = open_ledger(options.db);
    record_calls(ledger, 0, open_calls, 4);
    short_log = ledger.head().position;
  }
  const auto with_short = microseconds_a_call(options);
  {
    record::Ledger ledger = open_ledger(options.db);
    const auto more = static_cast<std::uint64_t>(9 * short_log) / 6;
    record_calls(ledger, open_calls, more, 6);
    long_log = ledger.head().position;
  }
  const auto with_long = microseconds_a_call(options);
  fmt::print("restart: {} open calls, {} rounds\n", open_calls, options.rounds);
  fmt::print("  us an open call, log of {:7} events  {}   (to reach: 15)\n", short_log,
             spread(with_short, 1));
  fmt::print("  us an open call, log of {:7} events  {}   (to reach: the same)\n", long_log,
             spread(with_long, 1));
  return 0;
}

}  // namespace drachtio::bench
