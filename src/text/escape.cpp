#include "text/escape.hpp"

#include "text/utf8.hpp"

namespace drachtio::text {

namespace {

// `sequence` is well-formed.
bool is_invisible(std::string_view sequence) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
  switch (sequence.size()) {
    case 1: return at(0) < 0x20 || at(0) == 0x7F;
    case 2:
      return (at(0) == 0xC2 && at(1) < 0xA0) ||  // C1
             (at(0) == 0xD8 && at(1) == 0x9C);   // U+061C Arabic letter mark
    case 3:
      if (at(0) == 0xEF) return at(1) == 0xBB && at(2) == 0xBF;  // U+FEFF zero-width no-break space
      if (at(0) != 0xE2) return false;
      if (at(1) == 0x80) {  // U+200B-200F zero-width, marks; U+2028-202E separators, bidi
        return (at(2) >= 0x8B && at(2) <= 0x8F) || (at(2) >= 0xA8 && at(2) <= 0xAE);
      }
      return at(1) == 0x81 && at(2) >= 0xA0 && at(2) <= 0xAF;  // U+2060-206F joiner, isolates
    default: return false;
  }
}

void append_hex(std::string& out, std::string_view bytes) {
  static constexpr char hex[] = "0123456789ABCDEF";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += "\\x";
    out += hex[byte >> 4U];
    out += hex[byte & 0xFU];
  }
}

}  // namespace

std::size_t unprintable(std::string_view bytes) {
  if (bytes.empty()) return 0;
  const std::size_t length = utf8_sequence(bytes);
  if (length == 0) return 1;
  return is_invisible(bytes.substr(0, length)) ? length : 0;
}

std::string escaped(std::string_view bytes, std::size_t limit) {
  std::string result;
  const bool cut = bytes.size() > limit;
  if (cut) bytes = bytes.substr(0, limit);
  result.reserve(bytes.size() + 3);
  while (!bytes.empty()) {
    std::size_t length = unprintable(bytes);
    if (length == 0) {
      length = utf8_sequence(bytes);
      result.append(bytes.substr(0, length));
    } else if (bytes.front() == '\n') {
      result += "\\n";
    } else if (bytes.front() == '\r') {
      result += "\\r";
    } else if (bytes.front() == '\t') {
      result += "\\t";
    } else {
      append_hex(result, bytes.substr(0, length));
    }
    bytes.remove_prefix(length);
  }
  if (cut) result += "...";
  return result;
}

}  // namespace drachtio::text
