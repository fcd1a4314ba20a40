// What our programs' command lines have in common. Includes CLI11, which costs seconds: for the
// file that parses arguments only.
#pragma once

#include "text/escape.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace drachtio::tools {

// Makes an option's check(): a number from `least` to `most`, of the kind that `kind` names.
// CLI11's own checks take more digits than fit for the largest number that does.
template <typename Number>
CLI::Validator number(std::string_view kind, Number least, Number most) {
  return {[kind, least, most](std::string& text) {
            Number number{};
            const char* end = text.data() + text.size();
            const auto [rest, error] = std::from_chars(text.data(), end, number);
            // A NaN lies within no range.
            if (error == std::errc{} && rest == end && number >= least && number <= most) {
              return std::string{};
            }
            return fmt::format("\"{}\" is not {} from {} to {}", text::escaped(text), kind, least,
                               most);
          },
          ""};
}

inline CLI::Validator whole_number(std::int64_t least,
                                   std::int64_t most = std::numeric_limits<std::int64_t>::max()) {
  return number("a whole number", least, most);
}

// These may have a fraction.
inline CLI::Validator number_of_seconds(double least, double most) {
  return number("a number of seconds", least, most);
}

// For an option's check(): any text but the empty one, of which `complaint` is what to say.
inline CLI::Validator not_empty(std::string complaint) {
  return {[complaint = std::move(complaint)](std::string& text) {
            return text.empty() ? complaint : std::string{};
          },
          ""};
}

// For an option's check(): one of these words. Says which they are, and shows what was given with
// its control characters escaped, as CLI11's own check does not.
inline CLI::Validator one_of(std::vector<std::string_view> words) {
  return {[words = std::move(words)](std::string& text) {
            if (std::ranges::find(words, text) != words.end()) return std::string{};
            return fmt::format("\"{}\" is not one of {}", text::escaped(text),
                               fmt::join(words, ", "));
          },
          ""};
}

// Parses, and returns true; or prints help or what is wrong, and sets the exit status: 0 or
// `usage_status`.
inline bool parse(CLI::App& app, int argc, char** argv, int usage_status, int& status) {
  try {
    app.parse(argc, argv);
    return true;
  } catch (const CLI::ParseError& error) {
    status = error.get_exit_code() == 0 ? 0 : usage_status;
    const std::vector<std::string> unknown = app.remaining();
    if (status == 0 || unknown.empty() || !app.get_subcommands().empty()) {
      app.exit(error);  // prints
    } else {
      // CLI11 would say that a subcommand is required, not that this is none.
      const char* what = unknown.front().starts_with('-') ? "option" : "subcommand";
      fmt::print(stderr, "There is no {} \"{}\"\nRun with --help for more information.\n", what,
                 text::escaped(unknown.front()));
    }
    return false;
  }
}

}  // namespace drachtio::tools
