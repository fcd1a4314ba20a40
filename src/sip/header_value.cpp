#include "sip/header_value.hpp"

#include "text/utf8.hpp"

#include <algorithm>
#include <cctype>

namespace drachtio::sip {

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string unfolded(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    line.append(trimmed(text.substr(0, end))).append(" ");
    text.remove_prefix(end + 1);
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  }
  return line.append(text);
}

std::optional<std::string> reason_text(std::string_view reason) {
  for (std::size_t i = 0; i < reason.size(); ++i) {
    if (reason[i] == '"') {  // skip a quoted value of another parameter
      for (++i; i < reason.size() && reason[i] != '"'; ++i) {
        if (reason[i] == '\\') ++i;
      }
      continue;
    }
    if (reason[i] != ';') continue;
    const std::string_view rest = reason.substr(i + 1);
    const std::size_t equals = rest.find_first_of("=;,\"");
    if (equals == std::string_view::npos || rest[equals] != '=' ||
        !same_ignoring_case(trimmed(rest.substr(0, equals)), "text")) {
      continue;
    }
    const std::string_view value = trimmed(rest.substr(equals + 1));
    std::string plain;
    if (value.starts_with('"')) {
      for (std::size_t j = 1; j < value.size() && value[j] != '"'; ++j) {
        if (value[j] == '\\' && j + 1 < value.size()) ++j;
        plain += value[j];
      }
    } else {
      plain = trimmed(value.substr(0, value.find_first_of(";,")));
    }
    if (!plain.empty()) return text::to_utf8(plain);
  }
  return std::nullopt;
}

}  // namespace drachtio::sip
