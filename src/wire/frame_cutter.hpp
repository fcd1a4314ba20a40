// Cuts a stream where its frames end, for a relay that must not send two in one go. Looks at no
// more than the lengths; never refuses a byte.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace drachtio::wire {

class FrameCutter {
 public:
  // How many of these bytes, the next of the stream, belong to the frame that has begun (or begins
  // with them); at least one, where there is one. Of a stream that has no frames: all of them.
  [[nodiscard]] std::size_t take(std::string_view bytes) {
    std::size_t taken = 0;
    while (!senseless_ && left_ == 0 && taken < bytes.size()) {
      const char c = bytes[taken++];
      if (c == '#' && length_ > 0) {
        left_ = length_;
        length_ = 0;
        break;
      }
      senseless_ = c < '0' || c > '9' || length_ > most / 10;
      length_ = length_ * 10 + static_cast<std::size_t>(c - '0');
    }
    if (senseless_) return bytes.size();
    const std::size_t of_payload = std::min(left_, bytes.size() - taken);
    left_ -= of_payload;
    return taken + of_payload;
  }

 private:
  static constexpr std::size_t most = std::size_t{1} << 40U;

  std::size_t length_ = 0;  // as far as its digits have come
  std::size_t left_ = 0;    // of the payload
  bool senseless_ = false;
};

}  // namespace drachtio::wire
