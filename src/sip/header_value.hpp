// This file reads what all header values have in common: blanks, words, folds, numbers, case.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace drachtio::sip {

bool same_ignoring_case(std::string_view a, std::string_view b);

// Without blanks and line breaks at either end.
std::string_view trimmed(std::string_view text);

// Takes a word off the front of `text`, and the blanks before it.
std::string_view take_word(std::string_view& text);

// A header's value on one line: each line break with the blanks after it is one space
// (RFC 3261 7.3.1).
std::string unfolded(std::string_view text);

// The number a value begins with; nothing where there is none, or it does not fit.
template <typename Number>
std::optional<Number> number_of(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  Number value{};
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc{} || result.ptr == text.data()) return std::nullopt;
  return value;
}

}  // namespace drachtio::sip
