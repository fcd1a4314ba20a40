// How much room text takes on a terminal.
#pragma once

#include <cstddef>
#include <string_view>

namespace drachtio::text {

// Returns the columns that `text`, UTF-8 without control characters, takes: two for a wide (East
// Asian) code point, none for a combining one, as the C library's tables have it, whatever the
// locale is. Thread-safe.
std::size_t width(std::string_view text);

// Returns how many bytes at the start of `text` take no more than `columns`, with the combining
// code points that follow them.
std::size_t fitting(std::string_view text, std::size_t columns);

}  // namespace drachtio::text
