// Instants as people and JSON read them: RFC 3339, and the shorter forms that people type.
#pragma once

#include <drachtio/instant.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace drachtio::text {

// "2026-11-22T18:39:32.408152Z": always six decimals, always UTC.
std::string rfc3339(Instant instant);

// "2026-11-22T19:39:32.408152+01:00": the same instant on clocks that are `offset` ahead of UTC.
// The offset is cut to whole minutes, which RFC 3339 has no part of.
std::string rfc3339(Instant instant, std::chrono::seconds offset);

// A zone's rule: how far its clocks are ahead of UTC at an instant.
using ZoneOffset = std::function<std::chrono::seconds(Instant)>;

// Reads what rfc3339 writes and what people type: a date, or date and time to the minute or finer,
// with 'T' or a space between, with or without 'Z' or an offset like +01:00 (none means UTC).
// Nothing where the text is not such an instant.
std::optional<Instant> parse_instant(std::string_view text);

// Reads what parse_instant reads, but takes a time without an offset for the zone's. It also reads
// times that depend on `now`: "now", "today" and "yesterday" (their beginning, in the zone), and
// "-30s", "-30m", "-1h" and "-7d", so long before now (a day being 24 hours). Of a time that a
// zone's clocks show twice, the first is meant; one that they skip is read as if they had not been
// put forward yet.
std::optional<Instant> parse_time(std::string_view text, Instant now, const ZoneOffset& zone);

}  // namespace drachtio::text
