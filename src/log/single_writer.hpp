// One writer per log: an flock on FILE.lock, held for life.
//
// A file of its own, because closing any other descriptor of the database would drop SQLite's own
// POSIX locks on it.
#pragma once

#include <filesystem>

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

 private:
  int descriptor_ = -1;
};

}  // namespace drachtio::log
