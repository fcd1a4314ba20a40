// Logs for a bench to work on.
#pragma once

#include "record/ledger.hpp"

#include <cstdint>
#include <filesystem>

namespace drachtio::bench {

// Appends `calls` calls from number `first`, each as far as `frames` frames go (4: confirmed and
// open, 6: ended), a thousand frames a transaction.
void record_calls(record::Ledger& ledger, std::uint64_t first, std::uint64_t calls,
                  std::size_t frames);

record::Ledger open_ledger(const std::filesystem::path& db);

}  // namespace drachtio::bench
