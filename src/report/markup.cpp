#include "report/markup.hpp"

#include "text/escape.hpp"

namespace drachtio::report {

std::string markup(std::string_view text) {
  std::string result;
  const std::string shown = text::escaped(text);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const std::string_view rest = std::string_view{shown}.substr(i);
    switch (shown[i]) {
      case '&': result += "&amp;"; continue;
      case '<': result += "&lt;"; continue;
      case '>': result += "&gt;"; continue;
      case '"': result += "&quot;"; continue;
      case '\'': result += "&#39;"; continue;
      default: break;
    }
    // U+FFFE and U+FFFF are UTF-8, but no characters of XML 1.0 (2.2).
    if (rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF")) {
      result += rest[2] == '\xBE' ? R"(\xEF\xBF\xBE)" : R"(\xEF\xBF\xBF)";
      i += 2;
      continue;
    }
    result += shown[i];
  }
  return result;
}

}  // namespace drachtio::report
