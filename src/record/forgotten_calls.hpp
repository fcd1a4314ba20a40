// Which calls have legs that were dropped from memory lately: of any other call, a writer need not
// ask the log when an INVITE comes.
#pragma once

#include <drachtio/instant.hpp>

#include <cstdint>
#include <span>
#include <unordered_set>
#include <utility>

namespace drachtio::record {

// Calls are known by a hash, which several may share: then may_hold() is true without need.
class ForgottenCalls {
 public:
  // Notes that legs of these calls were dropped. They are held for `reach` at least, and twice as
  // long at most.
  void add(std::span<const std::uint64_t> calls, Instant now, Microseconds reach) {
    if (now - began_ > reach) {
      former_ = std::exchange(latest_, {});
      began_ = now;
    }
    latest_.insert(calls.begin(), calls.end());
  }

  [[nodiscard]] bool may_hold(std::uint64_t call) const {
    return latest_.contains(call) || former_.contains(call);
  }

 private:
  std::unordered_set<std::uint64_t> latest_;
  std::unordered_set<std::uint64_t> former_;
  Instant began_;  // when the first of the latest was added
};

}  // namespace drachtio::record
