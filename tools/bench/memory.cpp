// Bytes an open dialog takes in the writer, SDP aside.
#include "benches.hpp"
#include "measure.hpp"
#include "recorded_log.hpp"

#include <fmt/core.h>
#include <malloc.h>

namespace drachtio::bench {

int memory(const LogOptions& options) {
  constexpr std::uint64_t open_calls = 100000;
  remove_database(options.db);
  {
    record::Ledger ledger = open_ledger(options.db);
    record_calls(ledger, 0, 2000, 6);  // warms SQLite's cache and the allocator
    ::malloc_trim(0);
    const auto before = ::mallinfo2().uordblks;
    record_calls(ledger, 2000, open_calls, 4);
    ::malloc_trim(0);
    const auto after = ::mallinfo2().uordblks;
    std::size_t sdp = 0;
    std::size_t open = 0;
    ledger.tips().each([&](record::Tip& tip) {
      if (tip.state.state == State::terminated) return;
      ++open;
      sdp += tip.state.local.sdp ? tip.state.local.sdp->capacity() : 0;
      sdp += tip.state.remote.sdp ? tip.state.remote.sdp->capacity() : 0;
    });
    // SQLite's page cache is bounded and no part of a dialog; it was not full before.
    const std::size_t cache = 64UL * 1024 * 1024;
    const auto total = static_cast<double>(after - before);
    const auto dialogs = static_cast<double>(open);
    fmt::print("memory: {} open dialogs, each confirmed with SDP on both sides\n", open);
    fmt::print("  bytes a dialog, SDP aside   {:.0f} to {:.0f}   (to reach: 2048)\n",
               std::max(0.0, total - static_cast<double>(sdp + cache)) / dialogs,
               (total - static_cast<double>(sdp)) / dialogs);
    fmt::print("  bytes of SDP a dialog       {:.0f}\n", static_cast<double>(sdp) / dialogs);
    fmt::print(
        "  the range is SQLite's page cache (32 MiB): how much of it was filled meanwhile\n");
  }
  return 0;
}

}  // namespace drachtio::bench
