#include "wire/protocol_error.hpp"

#include "text/escape.hpp"

namespace drachtio::wire {

namespace {

constexpr std::size_t excerpt_bytes = 48;

std::string message(Fault fault, std::uint64_t offset, std::string_view excerpt,
                    const std::string& detail) {
  std::string text{to_string(fault)};
  if (!detail.empty()) text += ": " + detail;
  text += " at byte " + std::to_string(offset);
  if (!excerpt.empty()) text += ", near \"" + text::escaped(excerpt, excerpt_bytes) + '"';
  return text;
}

}  // namespace

std::string_view to_string(Fault fault) {
  switch (fault) {
    case Fault::length_empty: return "frame without a length";
    case Fault::length_not_a_number: return "frame length is not a number";
    case Fault::length_zero: return "frame of length zero";
    case Fault::length_over_limit: return "frame over the size limit";
    case Fault::unknown_word: return "unknown message";
    case Fault::missing_token: return "message cut short";
    case Fault::bad_token: return "malformed message";
  }
  return "protocol error";
}

ProtocolError::ProtocolError(Fault fault, std::uint64_t offset, std::string_view excerpt,
                             const std::string& detail)
    : std::runtime_error(message(fault, offset, excerpt, detail)), fault_(fault), offset_(offset) {}

}  // namespace drachtio::wire
