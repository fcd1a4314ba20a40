// UTF-8 (RFC 3629): what the log's JSON and text columns must be, whatever a peer sent.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace drachtio::text {

// Length in bytes of the well-formed sequence at the start of `bytes`, 0 where there is none.
std::size_t utf8_sequence(std::string_view bytes);

bool is_utf8(std::string_view bytes);

// `bytes`, with each byte that belongs to no well-formed sequence replaced by U+FFFD.
std::string to_utf8(std::string_view bytes);

}  // namespace drachtio::text
