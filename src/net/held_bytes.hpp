// Bytes held for a peer that does not take them yet: first in, first out.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

namespace drachtio::net {

// Not thread-safe. Memory grows with the bytes held, and is given back as they go.
class HeldBytes {
 public:
  void push(std::string_view bytes) {
    size_ += bytes.size();
    if (!blocks_.empty() && blocks_.back().size() + bytes.size() <= block) {
      blocks_.back() += bytes;
    } else {
      blocks_.emplace_back(bytes);
    }
  }

  // The oldest of them, as far as they lie in one piece; empty where nothing is held.
  [[nodiscard]] std::string_view front() const {
    return blocks_.empty() ? std::string_view{} : std::string_view{blocks_.front()}.substr(taken_);
  }

  // Drops the oldest `count`, no more than front() has.
  void pop(std::size_t count) {
    size_ -= count;
    taken_ += count;
    if (!blocks_.empty() && taken_ == blocks_.front().size()) {
      blocks_.pop_front();
      taken_ = 0;
    }
  }

  void clear() {
    blocks_.clear();
    taken_ = 0;
    size_ = 0;
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }

 private:
  static constexpr std::size_t block = 64UL * 1024;

  std::deque<std::string> blocks_;
  std::size_t taken_ = 0;  // of the first block
  std::size_t size_ = 0;
};

}  // namespace drachtio::net
