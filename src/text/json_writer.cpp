#include "text/json_writer.hpp"

#include "text/escape.hpp"
#include "text/utf8.hpp"

namespace drachtio::text {

namespace {

constexpr char hex[] = "0123456789abcdef";

void append_escape(std::string& out, unsigned char c) {
  out += "\\u00";
  out += hex[c >> 4U];
  out += hex[c & 0xFU];
}

// A JSON escape of one code point of the basic plane; of U+FFFD for a byte that is no UTF-8.
void append_code_point(std::string& out, std::string_view sequence) {
  const auto lead = static_cast<unsigned char>(sequence.front());
  if (sequence.size() == 1 && lead > 0x7F) return void(out += "\\ufffd");
  unsigned int value = sequence.size() == 1 ? lead : lead & (0xFFU >> (sequence.size() + 1));
  for (const char c : sequence.substr(1)) {
    value = value << 6U | (static_cast<unsigned char>(c) & 0x3FU);
  }
  out += "\\u";
  for (const unsigned int shift : {12U, 8U, 4U, 0U}) out += hex[value >> shift & 0xFU];
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
    // In JSON, what has one byte and is no DEL stands between the values, if it stands at all.
    if (static_cast<unsigned char>(json[i]) < 0x7F) continue;
    const std::string_view rest = std::string_view{json}.substr(i);
    const std::size_t length = unprintable(rest);
    if (length == 0) {
      i += utf8_sequence(rest) - 1;
      continue;
    }
    out.append(json, begin, i - begin);
    append_code_point(out, rest.substr(0, length));
    i += length - 1;
    begin = i + 1;
  }
  if (begin == 0) return json;
  return out.append(json, begin);
}

}  // namespace drachtio::text
