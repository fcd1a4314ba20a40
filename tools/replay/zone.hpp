// The zone in which times are read from the command line and printed in tables and CSV: UTC, or
// that of this machine (TZ in the environment, else its setting). JSON is always in UTC.
#pragma once

#include "replay/sheet.hpp"

#include <drachtio/instant.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace drachtio::replay {

enum class Zone { utc, local };

// How far the zone's clocks are ahead of UTC at this instant.
std::chrono::seconds offset_in(Zone zone, Instant instant);

// RFC 3339: with Z, or in local time with its offset.
std::string time_in(Zone zone, Instant instant);

// The same for a table or CSV; empty where there is no time.
Cell time_cell(Zone zone, const std::optional<Instant>& instant);

}  // namespace drachtio::replay
