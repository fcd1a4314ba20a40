#include "agent/glare.hpp"

#include <random>

namespace drachtio::agent {

namespace {

int random_between(int least, int most) {
  static thread_local std::mt19937 random{std::random_device{}()};
  return std::uniform_int_distribution<int>{least, most}(random);
}

}  // namespace

std::chrono::milliseconds glare_pause(Role role) {
  return std::chrono::milliseconds{
      10 * (role == Role::uac ? random_between(210, 400) : random_between(0, 200))};
}

std::chrono::seconds retry_after() { return std::chrono::seconds{random_between(0, 10)}; }

}  // namespace drachtio::agent
