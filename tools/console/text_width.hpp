// How much room text takes on a terminal.
#pragma once

#include <cstddef>
#include <string_view>

namespace drachtio::tools {

// Columns that `text`, UTF-8 without control characters, takes: two for a wide (East Asian) code
// point, none for a combining one, as the C library's tables have it, whatever the locale is.
std::size_t text_width(std::string_view text);

}  // namespace drachtio::tools
