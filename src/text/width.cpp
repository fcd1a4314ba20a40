#include "text/width.hpp"

#include "text/utf8.hpp"

#include <clocale>
#include <cwchar>

namespace drachtio::text {

namespace {

// wcwidth() knows ASCII only in the locale programs start in. This one is always there, as part of
// the C library itself; were it not, every code point would count as one column.
class Utf8Locale {
 public:
  Utf8Locale() : before_(::uselocale(utf8())) {}
  ~Utf8Locale() { ::uselocale(before_); }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;
  Utf8Locale(Utf8Locale&&) = delete;
  Utf8Locale& operator=(Utf8Locale&&) = delete;

 private:
  static ::locale_t utf8() {
    static const ::locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return locale;  // null leaves the locale as it is
  }

  ::locale_t before_;
};

// `sequence` is well-formed UTF-8.
wchar_t code_point(std::string_view sequence) {
  const auto lead = static_cast<unsigned char>(sequence.front());
  if (sequence.size() == 1) return lead;
  unsigned int value = lead & (0xFFU >> (sequence.size() + 1));
  for (const char c : sequence.substr(1)) {
    value = value << 6U | (static_cast<unsigned char>(c) & 0x3FU);
  }
  return static_cast<wchar_t>(value);
}

struct Glyph {
  std::size_t bytes = 0;
  std::size_t columns = 0;
};

// The code point, or the byte that belongs to none, at the start of `text`.
Glyph first_of(std::string_view text) {
  const std::size_t length = utf8_sequence(text);
  if (length == 0) return {1, 1};
  const int columns = ::wcwidth(code_point(text.substr(0, length)));
  return {length, columns < 0 ? 1 : static_cast<std::size_t>(columns)};  // unknown: most likely one
}

}  // namespace

std::size_t width(std::string_view text) {
  const Utf8Locale locale;
  std::size_t columns = 0;
  while (!text.empty()) {
    const Glyph glyph = first_of(text);
    columns += glyph.columns;
    text.remove_prefix(glyph.bytes);
  }
  return columns;
}

std::size_t fitting(std::string_view text, std::size_t columns) {
  const Utf8Locale locale;
  std::size_t bytes = 0;
  std::size_t taken = 0;
  while (bytes < text.size()) {
    const Glyph glyph = first_of(text.substr(bytes));
    if (taken + glyph.columns > columns) break;
    taken += glyph.columns;
    bytes += glyph.bytes;
  }
  return bytes;
}

}  // namespace drachtio::text
