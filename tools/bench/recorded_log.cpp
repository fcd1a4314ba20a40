#include "recorded_log.hpp"

#include "record/writer.hpp"
#include "traffic.hpp"

namespace drachtio::bench {

void record_calls(record::Ledger& ledger, std::uint64_t first, std::uint64_t calls,
                  std::size_t frames) {
  for (std::uint64_t number = first; number < first + calls; ++number) {
    for (std::string& payload : call(number, frames)) {
      ledger.frame({"bench", 1, wire::Sender::server, std::move(payload), record::now()});
    }
    if (ledger.staged() >= 1000) ledger.commit();
  }
  ledger.commit();
}

record::Ledger open_ledger(const std::filesystem::path& db) {
  return record::Ledger{log::EventLog{db}, [] { return record::now(); }};
}

}  // namespace drachtio::bench
