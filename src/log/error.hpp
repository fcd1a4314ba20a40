// What can go wrong with a log file, and whether trying again can help.
#pragma once

#include <exception>
#include <stdexcept>
#include <string>

namespace SQLite {
class Exception;
}

namespace drachtio::log {

enum class Failure {
  busy,  // another process holds the database
  full,  // no space left
  io,    // reading or writing failed
  cannot_open,
  locked,    // another recorder writes this file
  foreign,   // a file, but not a log of ours
  newer,     // a log written by a newer version of this program
  corrupt,   // the file is damaged
  moved,     // the file was moved or deleted under the writer
  conflict,  // history moved under the writer: another one has appended
  other,
};

class Error : public std::runtime_error {
 public:
  Error(Failure failure, const std::string& what) : std::runtime_error(what), failure_(failure) {}
  [[nodiscard]] Failure failure() const { return failure_; }
  // Trying the same again later may succeed: busy, full, io.
  [[nodiscard]] bool retryable() const {
    return failure_ == Failure::busy || failure_ == Failure::full || failure_ == Failure::io;
  }

 private:
  Failure failure_;
};

// The same failure in our terms, with what was being done and to which file.
Error translate(const SQLite::Exception& error, const std::string& doing);

}  // namespace drachtio::log
