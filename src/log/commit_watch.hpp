// A CommitWatch waits for a log's next commit, in the writer's process or in any other. The writer
// writes its head into FILE.lock after each commit, and inotify tells of that. (A commit itself
// becomes visible by a store to mapped memory, of which inotify knows nothing.)
#pragma once

#include <chrono>
#include <filesystem>

namespace drachtio::log {

// Not thread-safe.
class CommitWatch {
 public:
  // Misses no commit from now on: a caller reads the log after this, and waits only then. Never
  // throws for want of a file or of inotify: see is_woken().
  explicit CommitWatch(const std::filesystem::path& database);
  ~CommitWatch();
  CommitWatch(CommitWatch&& other) noexcept;
  CommitWatch& operator=(CommitWatch&& other) noexcept;
  CommitWatch(const CommitWatch&) = delete;
  CommitWatch& operator=(const CommitWatch&) = delete;

  // Returns false where nothing can wake the caller, because the file system has no inotify or no
  // writer has ever opened the log here; wait() only lets a few milliseconds pass then.
  [[nodiscard]] bool is_woken() const { return descriptor_ >= 0; }

  // Returns true once something was committed since the last call, and false once `patience`, or a
  // second, has passed or a signal has come. A caller that waits longer looks at the log again each
  // second, for it may have been moved.
  bool wait(std::chrono::milliseconds patience);

 private:
  int descriptor_ = -1;
};

}  // namespace drachtio::log
