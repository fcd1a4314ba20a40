// Logs for a bench to work on.
#pragma once

#include "record/ledger.hpp"

#include <cstdint>
#include <filesystem>

namespace drachtio::bench {

// What the server of every call made up here is called.
inline constexpr const char* server_name = "bench";

// Throws std::runtime_error unless `db` may be removed: it is not there, is empty, or is a log that
// holds calls of the bench and nothing else.
void require_ours(const std::filesystem::path& db);

// Appends `calls` calls from number `first`, each as far as `frames` frames go (4: confirmed and
// open, 6: ended), a thousand frames a transaction.
void record_calls(record::Ledger& ledger, std::uint64_t first, std::uint64_t calls,
                  std::size_t frames);

record::Ledger open_ledger(const std::filesystem::path& db);

}  // namespace drachtio::bench
