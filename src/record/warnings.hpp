// Warnings are what an operator should know of that was recorded: each gap, and each message that
// could not be read, in plain words.
#pragma once

#include <drachtio/event.hpp>

#include <string>
#include <utility>
#include <vector>

namespace drachtio::record {

// Not thread-safe.
class Warnings {
 public:
  // Takes a gap or an unreadable message, which stands in the log by now. Others say nothing. More
  // than a hundred are not kept until they are taken.
  void hear(const Event& event);

  // Returns those heard since the last call.
  [[nodiscard]] std::vector<std::string> take() { return std::exchange(warnings_, {}); }

 private:
  std::vector<std::string> warnings_;
};

}  // namespace drachtio::record
