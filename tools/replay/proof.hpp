// Proves a log and its projection, and tells the outcome: what verify and backup have in common.
#pragma once

#include "log/reader.hpp"

#include <filesystem>
#include <optional>

namespace drachtio::replay {

// Prints every fault, one a line, then a line that sums up. True where there was none. Throws
// log::Error only for a file that cannot be opened at all, and Interrupted where that is noted.
bool prove(const std::filesystem::path& db, const std::optional<log::Hash>& noted_head);

}  // namespace drachtio::replay
