// A TextLine is one line of a terminal that is drawn column by column: later text covers earlier.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace drachtio::report {

enum class Colour : std::uint8_t { none, dim, bold, green, yellow, red, cyan };

class TextLine {
 public:
  // Puts text that begins in this column. It must hold no control characters. A wide code point
  // takes two columns, a combining one none.
  void put(std::size_t column, std::string_view text, Colour colour = Colour::none);

  // Returns the line without blanks at its end, with a line feed.
  [[nodiscard]] std::string text(bool with_colour) const;

 private:
  struct Cell {
    std::string glyph = " ";  // empty: the second column of a wide one
    Colour colour = Colour::none;
  };
  std::vector<Cell> cells_;
};

// Parts a text into lines of at most so many columns, at blanks where there are any.
std::vector<std::string> wrapped(std::string_view text, std::size_t columns);

// Returns the text, or as much of it as there is room for, with `ellipsis` at its end.
std::string shortened(std::string_view text, std::size_t columns, std::string_view ellipsis);

}  // namespace drachtio::report
