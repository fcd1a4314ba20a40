#include "replay/zone.hpp"

#include "text/timestamp.hpp"

#include <ctime>

namespace drachtio::replay {

std::chrono::seconds offset_in(Zone zone, Instant instant) {
  if (zone == Zone::utc) return std::chrono::seconds{0};
  const std::time_t time =
      std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
  std::tm local{};
  ::tzset();  // localtime_r() need not look at TZ
  if (::localtime_r(&time, &local) == nullptr) return std::chrono::seconds{0};
  return std::chrono::seconds{local.tm_gmtoff};
}

std::string time_in(Zone zone, Instant instant) {
  return zone == Zone::utc ? text::rfc3339(instant)
                           : text::rfc3339(instant, offset_in(zone, instant));
}

Cell time_cell(Zone zone, const std::optional<Instant>& instant) {
  return instant ? Cell{time_in(zone, *instant)} : Cell{};
}

}  // namespace drachtio::replay
