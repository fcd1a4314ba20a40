// Ids of the frames we send: UUIDs, version 4 (RFC 9562), which nobody can guess.
#pragma once

#include <array>
#include <cstddef>
#include <string>

namespace drachtio::net {

// Returns a fresh one, in lower case. Thread-safe. Throws std::runtime_error where the system has
// no randomness.
std::string message_id();

// Makes ids for a connection: it draws for many at a time, as the system is slow to ask.
class MessageIds {
 public:
  // Returns what message_id() does.
  std::string next();

 private:
  static constexpr std::size_t at_a_time = 64;
  static constexpr std::size_t bytes_of_one = 16;
  std::array<unsigned char, at_a_time * bytes_of_one> drawn_{};
  std::size_t used_ = at_a_time * bytes_of_one;
};

}  // namespace drachtio::net
