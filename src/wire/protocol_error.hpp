// What is thrown where bytes are not the drachtio admin protocol: says what, where, and shows a
// excerpt, escaped: what() is fit to be printed.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace drachtio::wire {

enum class Fault : std::uint8_t {
  length_empty,         // '#' with no digits before it
  length_not_a_number,  // something else than digits before '#'
  length_zero,
  length_over_limit,
  unknown_word,   // a first line whose verb is none of the protocol's
  missing_token,  // a first line that ends too early
  bad_token,      // a token that is not what its place asks for
};

std::string_view to_string(Fault fault);

class ProtocolError : public std::runtime_error {
 public:
  // `offset`: of the offending byte, counted from the start of the stream (frames) or of the
  // payload (envelopes). `excerpt`: bytes as they came; they are escaped and cut here.
  ProtocolError(Fault fault, std::uint64_t offset, std::string_view excerpt,
                const std::string& detail = {});

  [[nodiscard]] Fault fault() const { return fault_; }
  [[nodiscard]] std::uint64_t offset() const { return offset_; }

 private:
  Fault fault_;
  std::uint64_t offset_;
};

}  // namespace drachtio::wire
