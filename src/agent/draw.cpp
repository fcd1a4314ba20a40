#include "agent/draw.hpp"

#include <random>

namespace drachtio::agent {

std::chrono::milliseconds draw(const call::Pause& pause) {
  static thread_local std::mt19937 random{std::random_device{}()};
  const auto steps = (pause.most - pause.least) / pause.step;
  return pause.least +
         pause.step * std::uniform_int_distribution<decltype(steps)>{0, steps}(random);
}

}  // namespace drachtio::agent
