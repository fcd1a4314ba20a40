// Pages written to the -wal: what decides how fast a disk lets us be. They are counted, not timed,
// so the same work gives the same figures on any machine.
#include "bare_log.hpp"
#include "benches.hpp"
#include "measure.hpp"
#include "recorded_log.hpp"
#include "traffic.hpp"
#include "wire/frame_reader.hpp"

#include <fmt/core.h>

namespace drachtio::bench {

namespace {

// Frames of calls from number `first` on, `overlap` of them up at a time, as a log that is written
// now would see them.
class Traffic {
 public:
  explicit Traffic(record::Ledger& ledger) : ledger_(ledger) {}

  // Commits after each `batch` frames; returns how many commits that were.
  std::int64_t run(std::uint64_t first, std::uint64_t calls, std::uint64_t overlap,
                   std::size_t batch) {
    std::int64_t commits = 0;
    std::size_t staged = 0;
    const auto commit = [&] {
      if (staged == 0) return;
      ledger_.commit();
      ++commits;
      staged = 0;
    };
    for (std::uint64_t begin = first; begin < first + calls; begin += overlap) {
      const std::uint64_t end = std::min(begin + overlap, first + calls);
      for (std::size_t step = 0; step < frames_a_call; ++step) {
        for (std::uint64_t number = begin; number < end; ++number) {
          ledger_.frame({server_name, 1, wire::Sender::server, call(number, step + 1).back(),
                         drachtio::now()});
          if (++staged == batch) commit();
        }
      }
    }
    commit();
    return commits;
  }

 private:
  record::Ledger& ledger_;
};

double ratio(std::int64_t pages, std::int64_t things) {
  return static_cast<double>(pages) / static_cast<double>(things);
}

// Pages a commit of ours, and of a bare log that appends the same rows in the same batches.
void against_floor(const LogOptions& options, const char* what, std::uint64_t calls,
                   std::uint64_t overlap, std::size_t batch) {
  remove_database(options.db);
  const std::filesystem::path floor_db = options.db.string() + ".floor";
  std::int64_t commits = 0;
  std::int64_t pages = 0;
  {
    record::Ledger ledger = open_ledger(options.db);
    record_calls(ledger, 0, 2000, frames_a_call);  // a log is seldom empty
    pages_written(ledger.store().log().database());
    commits = Traffic{ledger}.run(2000, calls, overlap, batch);
    pages = pages_written(ledger.store().log().database());
  }
  const std::vector<log::Entry> entries = read_entries(options.db);
  std::span<const log::Entry> rest{entries};
  BareLog floor{floor_db};
  const std::size_t before = 2000 * frames_a_call;
  floor.append(rest.first(before));
  pages_written(floor.database());
  for (rest = rest.subspan(before); !rest.empty();) {
    const std::size_t next = std::min(batch, rest.size());
    floor.append(rest.first(next));
    rest = rest.subspan(next);
  }
  const std::int64_t floor_pages = pages_written(floor.database());
  remove_database(floor_db);
  fmt::print("  {:<40} {:.2f}, of a bare log {:.2f}\n", what, ratio(pages, commits),
             ratio(floor_pages, commits));
}

// Pages an event with ever more calls in the log.
void as_it_grows(const LogOptions& options) {
  constexpr std::uint64_t measured = 4000;
  remove_database(options.db);
  record::Ledger ledger = open_ledger(options.db);
  Traffic traffic{ledger};
  std::uint64_t calls = 0;
  for (const std::uint64_t history : {std::uint64_t{10000}, options.calls}) {
    if (history > calls) record_calls(ledger, calls, history - calls, frames_a_call);
    calls = std::max(calls, history);
    pages_written(ledger.store().log().database());
    traffic.run(calls, measured, 200, 2000);
    calls += measured;
    const std::int64_t pages = pages_written(ledger.store().log().database());
    fmt::print("  {:<40} {:.4f}\n", fmt::format("an event, {} calls in the log", history),
               ratio(pages, static_cast<std::int64_t>(measured * frames_a_call)));
  }
}

}  // namespace

int pages(const LogOptions& options) {
  fmt::print("pages: written to the -wal, of 4 KiB\n");
  against_floor(options, "a commit of one frame, 200 calls open", 1000, 200, 1);
  against_floor(options, "a commit of 2000 frames, 200 calls open", 20000, 200, 2000);
  against_floor(options, "a commit of 2000 frames, 10000 calls open", 20000, 10000, 2000);
  as_it_grows(options);
  return 0;
}

}  // namespace drachtio::bench
