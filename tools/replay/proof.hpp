// Proves a log and its projection, and tells the outcome: what verify and backup have in common.
#pragma once

#include "log/reader.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace drachtio::replay {

// A head noted earlier, with its position if that was noted too.
struct NotedHead {
  log::Hash hash{};
  std::optional<std::int64_t> position;
};
// From POSITION:HASH, as recorders print it, or HASH; nothing if it is neither.
std::optional<NotedHead> parse_noted_head(std::string_view text);

// Prints every fault, one a line, then a line that sums up. True where there was none. Throws
// log::Error only for a file that cannot be opened at all, and Interrupted where that is noted.
bool prove(const std::filesystem::path& db, const std::optional<NotedHead>& noted);

}  // namespace drachtio::replay
