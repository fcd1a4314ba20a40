#include "net/backoff.hpp"

#include <algorithm>

namespace drachtio::net {

std::chrono::milliseconds Backoff::next() {
  std::chrono::milliseconds ceiling = limits_.first;
  for (unsigned i = 0; i < attempts_ && ceiling < limits_.longest; ++i) ceiling *= 2;
  ceiling = std::max(std::min(ceiling, limits_.longest), limits_.least);
  ++attempts_;
  std::uniform_int_distribution<std::int64_t> spread{limits_.least.count(), ceiling.count()};
  return std::chrono::milliseconds{spread(random_)};
}

void Backoff::was_up_for(std::chrono::milliseconds duration) {
  if (duration >= limits_.good_link) attempts_ = 0;
}

}  // namespace drachtio::net
