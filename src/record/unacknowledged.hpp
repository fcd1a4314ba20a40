// Legs that a call record has told to be up, and whose ACK is still to come over the connection of
// their program. Where that goes first, no ACK will be seen any more.
#pragma once

#include "record/tips.hpp"
#include "record/walked.hpp"

#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace drachtio::record {

class Unacknowledged {
 public:
  // A cdr:start was told of the leg. Does nothing where its ACK has come, or no connection carries
  // it.
  void await(const Tip& leg);
  // To be called after each change of a leg: it may wait no more.
  void changed(const Tip& leg);

  // The connection is gone; or all are. What settles the legs that wait.
  [[nodiscard]] std::vector<Note> closed(Tips& tips, std::uint64_t connection);
  [[nodiscard]] std::vector<Note> closed(Tips& tips);

 private:
  std::unordered_map<std::uint64_t, std::unordered_set<std::int64_t>> legs_;  // by connection
};

}  // namespace drachtio::record
