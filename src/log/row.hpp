// One row of the event log, and what is hashed of it (docs/log-format.md).
#pragma once

#include "digest/sha256.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace drachtio::log {

using digest::Hash;

// The bytes of a message as they came. Direction is "in" or "out"; peer as protocol/address:port.
struct Evidence {
  std::string direction;
  std::string peer;
  std::string bytes;
};

// The encodings of `data` that there have been (docs/log-format.md); rows are written in the
// newest.
inline constexpr std::int64_t oldest_format = 1;
inline constexpr std::int64_t newest_format = 2;

struct Row {
  std::int64_t position = 0;
  std::optional<std::int64_t> dialog;
  std::optional<std::int64_t> version;
  std::string type;
  std::int64_t occurred_at = 0;  // microseconds since 1970
  std::int64_t recorded_at = 0;
  std::string data;  // JSON
  std::int64_t format = newest_format;
  std::optional<Hash> evidence_hash;
  Hash previous_hash{};
  Hash hash{};
};

// A row with the evidence that goes with it.
struct Entry {
  Row row;
  std::optional<Evidence> evidence;
};

// Where the log ends.
struct Head {
  std::int64_t position = -1;
  Hash hash{};
  std::int64_t recorded_at = 0;
};

// SHA-256 over direction, peer and bytes, each after its length.
Hash evidence_hash(digest::Sha256& hasher, std::string_view direction, std::string_view peer,
                   std::string_view bytes);

// SHA-256 over the row's previous_hash and all its other columns but `hash` itself.
Hash row_hash(digest::Sha256& hasher, const Row& row);

}  // namespace drachtio::log
