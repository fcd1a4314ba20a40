#include "sip/header_value.hpp"

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

std::string_view take_word(std::string_view& text) {
  text = trimmed(text);
  const std::size_t end = text.find(' ');
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end);
  return word;
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

}  // namespace drachtio::sip
