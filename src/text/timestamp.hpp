// Instants as people and JSON read them: RFC 3339 in UTC.
#pragma once

#include <drachtio/instant.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace drachtio::text {

// "2026-11-22T18:39:32.408152Z": always six decimals, always UTC.
std::string rfc3339(Instant instant);

// Reads what rfc3339 writes and what people type: a date, or date and time to the minute or finer,
// with 'T' or a space between, with or without 'Z' or an offset like +01:00 (none means UTC).
// Nothing where the text is not such an instant.
std::optional<Instant> parse_instant(std::string_view text);

}  // namespace drachtio::text
