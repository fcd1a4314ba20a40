// Lengths of time as people type them: "30s", "5m", "24h", "2d", "250ms"; a bare number is seconds.
#pragma once

#include <drachtio/instant.hpp>

#include <string_view>

namespace drachtio::tools {

// Throws std::invalid_argument that says what is wrong with `text`. Zero is refused, and so is
// what is over a hundred years.
Microseconds parse_duration(std::string_view text);

}  // namespace drachtio::tools
