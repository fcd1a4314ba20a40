// One writer per log: an flock on FILE.lock, held for life.
//
// FILE is the database's real name, whatever link it was opened by. A file of its own, because
// closing any other descriptor of the database would drop SQLite's own POSIX locks on it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace drachtio::log {

class SingleWriter {
 public:
  // Throws Error (locked) naming the holder's pid, or (cannot_open).
  explicit SingleWriter(const std::filesystem::path& database);
  ~SingleWriter();
  SingleWriter(SingleWriter&& other) noexcept;
  SingleWriter& operator=(SingleWriter&&) = delete;
  SingleWriter(const SingleWriter&) = delete;
  SingleWriter& operator=(const SingleWriter&) = delete;

  // Writes the position of the log's head into the lock's file, which wakes every CommitWatch.
  // Nothing depends on what stands there.
  void tell_head(std::int64_t position) const;

  // The database is not ours after all: removes the lock's file, if it is of our making.
  void withdraw();

 private:
  std::filesystem::path path_;
  bool created_ = false;
  int descriptor_ = -1;
};

// Returns the lock's file. It holds the holder's pid and the head that it has committed, a line
// each.
std::filesystem::path lock_of(const std::filesystem::path& database);

// Whether anybody holds the lock; nothing where that cannot be told, for want of permission. Makes
// no file, and keeps no writer out.
std::optional<bool> is_being_written(const std::filesystem::path& database);

}  // namespace drachtio::log
