// The one notion of time: an instant in microseconds since 1970-01-01T00:00:00Z.
#pragma once

#include <chrono>
#include <cstdint>

namespace drachtio {

using Microseconds = std::chrono::microseconds;
using Instant = std::chrono::sys_time<Microseconds>;

// The instant as the integer that is stored and hashed: microseconds since 1970, negative before.
constexpr std::int64_t to_integer(Instant instant) { return instant.time_since_epoch().count(); }

constexpr Instant to_instant(std::int64_t microseconds) {
  return Instant{Microseconds{microseconds}};
}

// The system clock's time.
inline Instant now() {
  return std::chrono::time_point_cast<Microseconds>(std::chrono::system_clock::now());
}

}  // namespace drachtio
