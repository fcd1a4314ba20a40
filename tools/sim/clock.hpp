// The time of day as a drachtio-server writes it: HH:MM:SS.micros, UTC, no date.
#pragma once

#include <fmt/core.h>

#include <chrono>
#include <string>

namespace drachtio::sim {

inline std::string time_of_day() {
  using namespace std::chrono;
  const auto time = time_point_cast<microseconds>(system_clock::now()).time_since_epoch();
  const auto of_day = time % hours{24};
  return fmt::format("{:02}:{:02}:{:02}.{:06}", of_day / hours{1}, of_day / minutes{1} % 60,
                     of_day / seconds{1} % 60, (of_day % seconds{1}).count());
}

}  // namespace drachtio::sim
