#include "text/escape.hpp"

#include "text/utf8.hpp"

namespace drachtio::text {

std::string escaped(std::string_view bytes, std::size_t limit) {
  static constexpr char hex[] = "0123456789ABCDEF";
  std::string result;
  const bool cut = bytes.size() > limit;
  if (cut) bytes = bytes.substr(0, limit);
  result.reserve(bytes.size() + 3);
  const auto as_hex = [&](char c) {
    const auto byte = static_cast<unsigned char>(c);
    result += "\\x";
    result += hex[byte >> 4U];
    result += hex[byte & 0xFU];
  };
  while (!bytes.empty()) {
    const char c = bytes.front();
    const std::size_t length = utf8_sequence(bytes);
    const bool c1 = length == 2 && c == '\xC2' && static_cast<unsigned char>(bytes[1]) < 0xA0;
    if (c == '\n') {
      result += "\\n";
    } else if (c == '\r') {
      result += "\\r";
    } else if (c == '\t') {
      result += "\\t";
    } else if (c == '\\') {
      result += "\\\\";
    } else if (length == 0 ||
               (length == 1 && (static_cast<unsigned char>(c) < 0x20 || c == 0x7F))) {
      as_hex(c);
    } else if (c1) {
      as_hex(bytes[0]);
      as_hex(bytes[1]);
    } else {
      result.append(bytes.substr(0, length));
    }
    bytes.remove_prefix(length == 0 ? 1 : length);
  }
  if (cut) result += "...";
  return result;
}

}  // namespace drachtio::text
