#include "text/json_writer.hpp"

#include "text/utf8.hpp"

namespace drachtio::text {

namespace {

constexpr char hex[] = "0123456789abcdef";

void append_escape(std::string& out, unsigned char c) {
  out += "\\u00";
  out += hex[c >> 4U];
  out += hex[c & 0xFU];
}

// How many bytes of UTF-8 the DEL or C1 control at `at` takes, or 0 if there is none.
std::size_t upper_control(std::string_view text, std::size_t at) {
  if (text[at] == '\x7F') return 1;
  if (text[at] != '\xC2' || at + 1 == text.size()) return 0;
  return static_cast<unsigned char>(text[at + 1]) < 0xA0 ? 2 : 0;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  if (!is_utf8(text)) return append_json_string(out, to_utf8(text));
  out += '"';
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, begin, i - begin);
    begin = i + 1;
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default: append_escape(out, c);
    }
  }
  out.append(text, begin);
  out += '"';
}

std::string printable_json(std::string json) {
  std::string out;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::size_t length = upper_control(json, i);
    if (length == 0) continue;
    out.append(json, begin, i - begin);
    i += length - 1;
    append_escape(out, static_cast<unsigned char>(json[i]));
    begin = i + 1;
  }
  if (begin == 0) return json;
  return out.append(json, begin);
}

}  // namespace drachtio::text
