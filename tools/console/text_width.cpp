#include "console/text_width.hpp"

#include "text/utf8.hpp"

#include <clocale>
#include <cwchar>

namespace drachtio::tools {

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

}  // namespace

std::size_t text_width(std::string_view text) {
  const Utf8Locale locale;
  std::size_t columns = 0;
  while (!text.empty()) {
    const std::size_t length = text::utf8_sequence(text);
    const int width = length == 0 ? -1 : ::wcwidth(code_point(text.substr(0, length)));
    columns += width < 0 ? 1 : static_cast<std::size_t>(width);  // unknown: one, most likely
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return columns;
}

}  // namespace drachtio::tools
