#include "sip/reason.hpp"

#include "sip/header_value.hpp"
#include "text/utf8.hpp"

namespace drachtio::sip {

namespace {

// Takes what stands before the next of `separators` outside quotes off the front of `text`, with
// the separator, which is returned; '\0' at the end of the text.
char take_until(std::string_view& text, std::string_view separators, std::string_view& taken) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    if (quoted && text[end] == '\\') {
      ++end;
    } else if (text[end] == '"') {
      quoted = !quoted;
    } else if (!quoted && separators.find(text[end]) != std::string_view::npos) {
      break;
    }
  }
  taken = trimmed(text.substr(0, end));
  if (end >= text.size()) {
    text = {};
    return '\0';
  }
  const char separator = text[end];
  text.remove_prefix(end + 1);
  return separator;
}

// A parameter's value without its quotes and escapes (RFC 3261 25.1: quoted-string).
std::string plain(std::string_view value) {
  if (!value.starts_with('"')) return std::string{value};
  std::string text;
  for (std::size_t i = 1; i < value.size() && value[i] != '"'; ++i) {
    if (value[i] == '\\' && i + 1 < value.size()) ++i;
    text += value[i];
  }
  return text;
}

}  // namespace

void read_reason(std::string_view header, Reason& reason) {
  while (!header.empty()) {
    std::string_view protocol;
    char separator = take_until(header, ";,", protocol);
    std::optional<int> cause;
    while (separator == ';') {
      std::string_view parameter;
      separator = take_until(header, ";,", parameter);
      const std::size_t equals = parameter.find('=');
      if (equals == std::string_view::npos) continue;
      const std::string_view name = trimmed(parameter.substr(0, equals));
      const std::string value = plain(trimmed(parameter.substr(equals + 1)));
      if (same_ignoring_case(name, "cause")) cause = number_of<int>(value);
      if (same_ignoring_case(name, "text") && !reason.text && !value.empty()) {
        reason.text = text::to_utf8(value);
      }
    }
    if (same_ignoring_case(protocol, "Q.850") && !reason.q850_cause) reason.q850_cause = cause;
    if (same_ignoring_case(protocol, "SIP") && cause == 200) reason.completed_elsewhere = true;
  }
}

}  // namespace drachtio::sip
