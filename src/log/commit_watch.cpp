#include "log/commit_watch.hpp"

#include "log/single_writer.hpp"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

namespace drachtio::log {

namespace {

// The watch looks as often as this where inotify tells nothing.
constexpr std::chrono::milliseconds poll_interval{5};
// Nobody waits longer than this without a look at the log itself.
constexpr std::chrono::milliseconds longest_wait{1000};

}  // namespace

CommitWatch::CommitWatch(const std::filesystem::path& database)
    : descriptor_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  if (descriptor_ < 0) return;
  int watch = -1;
  try {
    watch = ::inotify_add_watch(descriptor_, lock_of(database).c_str(), IN_MODIFY);
  } catch (const std::filesystem::filesystem_error&) {
    // The folder may not be searched; opening the log will say so.
  }
  if (watch < 0) ::close(std::exchange(descriptor_, -1));
}

CommitWatch::~CommitWatch() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

CommitWatch::CommitWatch(CommitWatch&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

CommitWatch& CommitWatch::operator=(CommitWatch&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

bool CommitWatch::wait(std::chrono::milliseconds patience) {
  patience = std::clamp(patience, std::chrono::milliseconds{0}, longest_wait);
  if (!is_woken()) {
    std::this_thread::sleep_for(std::min(patience, poll_interval));
    return false;
  }
  pollfd events{descriptor_, POLLIN, 0};
  if (::poll(&events, 1, static_cast<int>(patience.count())) <= 0) return false;
  alignas(inotify_event) std::array<char, 4096> told{};
  while (::read(descriptor_, told.data(), told.size()) > 0) {
  }
  return true;
}

}  // namespace drachtio::log
