// How long to wait before the next attempt to connect: exponential, with full jitter, so that a
// server that comes back is not met by all its clients at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace drachtio::net {

// Pure but for its random numbers, which follow from the seed. Not thread-safe.
class Backoff {
 public:
  struct Limits {
    std::chrono::milliseconds least{50};        // no pause is shorter
    std::chrono::milliseconds first{250};       // the longest that the first pause may be
    std::chrono::milliseconds longest{30'000};  // no pause is longer
    // A link that was up for this long was a good one: the next pause is a first one again. A
    // server that lets us in and hangs up at once is not.
    std::chrono::milliseconds good_link{10'000};
  };

  Backoff(Limits limits, std::uint32_t seed) : limits_(limits), random_(seed) {}

  // The pause before the next attempt: evenly spread from `least` to a ceiling that doubles each
  // time, from `first` to `longest`.
  std::chrono::milliseconds next();

  // To be called when a link that had been up for `duration` went down.
  void was_up_for(std::chrono::milliseconds duration);

 private:
  Limits limits_;
  std::mt19937 random_;
  unsigned attempts_ = 0;
};

}  // namespace drachtio::net
