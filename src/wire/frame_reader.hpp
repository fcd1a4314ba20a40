// Cuts a byte stream into drachtio frames: <length>#<payload>, length in bytes.
//
// Promises: the same frames however the stream was split; memory grows with the bytes received,
// never with a length announced; after an error, the frames before it have been given out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace drachtio::wire {

inline constexpr std::size_t default_frame_limit = 16UL * 1024 * 1024;

// Not thread-safe: one per direction of a connection.
class FrameReader {
 public:
  // `limit`: the largest payload accepted, in bytes.
  explicit FrameReader(std::size_t limit = default_frame_limit) : limit_(limit) {}

  // Adds bytes as they were read. Views given out before become invalid.
  void push(std::string_view bytes);

  // The next whole payload, or nothing until more bytes are pushed. The view is good until the
  // next push. Throws ProtocolError for a length that is empty, not a number, zero or over the
  // limit, and again at every later call: such a stream cannot be resynchronised.
  std::optional<std::string_view> next();

  // Bytes consumed as whole frames since the start of the stream.
  [[nodiscard]] std::uint64_t offset() const { return consumed_; }
  // Bytes held that are not yet a whole frame: not 0 at the end means it ended mid-frame.
  [[nodiscard]] std::size_t pending() const { return buffer_.size() - begin_; }

 private:
  std::size_t limit_;
  std::string buffer_;
  std::size_t begin_ = 0;  // of the first byte not given out
  std::uint64_t consumed_ = 0;
};

// `payload` as a frame.
std::string frame(std::string_view payload);

}  // namespace drachtio::wire
