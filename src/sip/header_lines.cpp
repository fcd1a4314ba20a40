#include "sip/header_lines.hpp"

#include "sip/header_value.hpp"

namespace drachtio::sip {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Takes a line with its line end off the front of `text`.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line =
      text.substr(0, end == std::string_view::npos ? text.size() : end + 1);
  text.remove_prefix(line.size());
  return line;
}

}  // namespace

HeaderLines::HeaderLines(std::string_view message) : rest_(message) {
  while (!rest_.empty() && (rest_.front() == '\r' || rest_.front() == '\n')) rest_.remove_prefix(1);
  start_line_ = trimmed(take_line(rest_));
}

HeaderLines HeaderLines::of_part(std::string_view part) {
  HeaderLines lines;
  lines.rest_ = part;
  return lines;
}

std::optional<HeaderLine> HeaderLines::next() {
  const std::string_view begin = rest_;
  const std::string_view line = take_line(rest_);
  if (trimmed(line).empty()) return std::nullopt;
  while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) take_line(rest_);
  HeaderLine header;
  header.whole = begin.substr(0, begin.size() - rest_.size());
  const std::size_t colon = header.whole.find(':');
  header.name = trimmed(header.whole.substr(0, colon));
  if (colon != std::string_view::npos) header.value = trimmed(header.whole.substr(colon + 1));
  return header;
}

bool is_header(std::string_view name, std::string_view full, char compact) {
  if (name.size() == 1) return compact != '\0' && lower(name.front()) == compact;
  if (name.size() != full.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (lower(name[i]) != full[i]) return false;
  }
  return true;
}

}  // namespace drachtio::sip
