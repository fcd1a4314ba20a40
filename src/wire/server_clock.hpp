// From a time of day without a date, as drachtio sends it, to an instant.
#pragma once

#include <drachtio/instant.hpp>

namespace drachtio::wire {

// The instant nearest to `read_at` whose time of day in UTC is `time_of_day`: right across
// midnight and for a server whose clock is off by less than twelve hours.
inline Instant resolve_time(Microseconds time_of_day, Instant read_at) {
  constexpr std::chrono::hours day{24};
  const auto midnight = std::chrono::floor<std::chrono::days>(read_at);
  Instant instant = midnight + time_of_day;
  if (instant - read_at > day / 2) instant -= day;
  if (read_at - instant > day / 2) instant += day;
  return instant;
}

}  // namespace drachtio::wire
