#include "wire/frame_reader.hpp"

#include "wire/protocol_error.hpp"

namespace drachtio::wire {

namespace {

// More digits than any acceptable length has: an endless run of them is refused early.
constexpr std::size_t most_digits = 12;

}  // namespace

void FrameReader::push(std::string_view bytes) {
  if (begin_ == buffer_.size()) {
    buffer_.clear();
    begin_ = 0;
  } else if (begin_ > buffer_.size() / 2) {
    buffer_.erase(0, begin_);
    begin_ = 0;
  }
  buffer_.append(bytes);
}

std::optional<std::string_view> FrameReader::next() {
  const std::string_view rest = std::string_view{buffer_}.substr(begin_);
  std::size_t length = 0;
  std::size_t i = 0;
  for (; i < rest.size() && rest[i] != '#'; ++i) {
    if (rest[i] < '0' || rest[i] > '9') {
      throw ProtocolError{Fault::length_not_a_number, consumed_ + i, rest};
    }
    if (i == most_digits) throw ProtocolError{Fault::length_over_limit, consumed_, rest};
    length = length * 10 + static_cast<std::size_t>(rest[i] - '0');
    if (length > limit_) {
      throw ProtocolError{Fault::length_over_limit, consumed_, rest,
                          "the limit is " + std::to_string(limit_) + " bytes"};
    }
  }
  if (i == rest.size()) return std::nullopt;
  if (i == 0) throw ProtocolError{Fault::length_empty, consumed_, rest};
  if (length == 0) throw ProtocolError{Fault::length_zero, consumed_, rest};
  const std::size_t header = i + 1;
  if (rest.size() - header < length) return std::nullopt;
  begin_ += header + length;
  consumed_ += header + length;
  return rest.substr(header, length);
}

std::string frame(std::string_view payload) {
  std::string result = std::to_string(payload.size());
  result += '#';
  result += payload;
  return result;
}

}  // namespace drachtio::wire
