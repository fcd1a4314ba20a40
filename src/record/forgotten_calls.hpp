// ForgottenCalls knows which calls have legs that were dropped from memory lately. When an INVITE
// of any other call comes, a writer need not ask the log.
//
// It is a Bloom filter of fixed size: a peer that makes thousands of calls a second must not fill
// the memory. It never forgets a call too early; the more calls there are, the more often it takes
// one for another (7 % at 2,500 calls a second).
#pragma once

#include <drachtio/instant.hpp>

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace drachtio::record {

class ForgottenCalls {
 public:
  // Calls are held for `reach` at least, and twice as long at most.
  explicit ForgottenCalls(Microseconds reach) : reach_(reach) {}

  [[nodiscard]] Microseconds reach() const { return reach_; }

  // Notes calls by a hash of each.
  void add(std::span<const std::uint64_t> calls, Instant now) {
    if (now - began_ > reach_) {
      std::swap(former_, latest_);
      latest_.assign(words, 0);
      began_ = now;
    }
    for (const std::uint64_t call : calls) {
      for (const unsigned shift : shifts) latest_[word(call, shift)] |= bit(call, shift);
    }
  }

  // Returns false only where the call was not noted within reach.
  [[nodiscard]] bool may_hold(std::uint64_t call) const {
    return may_hold(latest_, call) || may_hold(former_, call);
  }

 private:
  using Filter = std::vector<std::uint64_t>;
  static constexpr std::size_t words = 65536;  // 512 KiB
  static constexpr unsigned shifts[] = {0, 21, 42};

  static std::size_t word(std::uint64_t call, unsigned shift) {
    return static_cast<std::size_t>(call >> shift >> 6U) % words;
  }
  static std::uint64_t bit(std::uint64_t call, unsigned shift) {
    return std::uint64_t{1} << (call >> shift & 63U);
  }
  static bool may_hold(const Filter& filter, std::uint64_t call) {
    for (const unsigned shift : shifts) {
      if ((filter[word(call, shift)] & bit(call, shift)) == 0) return false;
    }
    return true;
  }

  Microseconds reach_;
  Filter latest_ = Filter(words);
  Filter former_ = Filter(words);
  Instant began_;  // when the first of the latest was added
};

}  // namespace drachtio::record
