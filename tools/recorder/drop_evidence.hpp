// dialog-recorder drop-evidence: retention. Messages go for privacy's sake; their events, and the
// hashes that prove what they were, stay.
#pragma once

#include <drachtio/instant.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace drachtio::tools {

struct DropEvidenceOptions {
  std::filesystem::path db;
  // One of these. By recorded_at, which never decreases along the log, as occurred_at may: that of
  // a capture is when it was imported.
  std::optional<Instant> before;
  std::optional<std::int64_t> through;  // a position
  std::string why;                      // goes into the log
};

// Drops the messages, says how many, and prints the new head; returns the exit status. Throws
// UsageError for a position beyond the log, and log::Error: also while a recorder writes the log.
int run_drop_evidence(const DropEvidenceOptions& options);

}  // namespace drachtio::tools
