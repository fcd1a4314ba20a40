// Waits for a log's next commit, in the writer's process or in any other: the writer writes its
// head into FILE.lock after each, and inotify tells of that. (A commit itself becomes visible by a
// store to mapped memory, of which inotify knows nothing.)
#pragma once

#include <chrono>
#include <filesystem>

namespace drachtio::log {

// Not thread-safe.
class CommitWatch {
 public:
  // From now on no commit is missed: read the log after this, and wait only then. Never throws for
  // want of a file or of inotify: see is_woken().
  explicit CommitWatch(const std::filesystem::path& database);
  ~CommitWatch();
  CommitWatch(CommitWatch&& other) noexcept;
  CommitWatch& operator=(CommitWatch&& other) noexcept;
  CommitWatch(const CommitWatch&) = delete;
  CommitWatch& operator=(const CommitWatch&) = delete;

  // False: there is nothing to be woken by (the file system has no inotify, or no writer has ever
  // opened the log here), and wait() only lets a few milliseconds pass.
  [[nodiscard]] bool is_woken() const { return descriptor_ >= 0; }

  // Returns once something was committed since the last time, true then, or `patience` has passed
  // or a signal has come. Whoever waits longer looks again each second: the log may have been
  // moved.
  bool wait(std::chrono::milliseconds patience);

 private:
  int descriptor_ = -1;
};

}  // namespace drachtio::log
