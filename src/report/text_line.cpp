#include "report/text_line.hpp"

#include "text/utf8.hpp"
#include "text/width.hpp"

#include <algorithm>

namespace drachtio::report {

namespace {

std::string_view sgr(Colour colour) {
  switch (colour) {
    case Colour::dim: return "\x1b[2m";
    case Colour::bold: return "\x1b[1m";
    case Colour::green: return "\x1b[32m";
    case Colour::yellow: return "\x1b[33m";
    case Colour::red: return "\x1b[31m";
    case Colour::cyan: return "\x1b[36m";
    default: return "";
  }
}

constexpr std::string_view no_colour = "\x1b[0m";

}  // namespace

void TextLine::put(std::size_t column, std::string_view text, Colour colour) {
  // The other half of a wide code point that is covered must not stay.
  if (column < cells_.size() && cells_[column].glyph.empty()) cells_[column - 1].glyph = " ";
  while (!text.empty()) {
    const std::size_t bytes = std::max<std::size_t>(text::utf8_sequence(text), 1);
    const std::string_view glyph = text.substr(0, bytes);
    text.remove_prefix(bytes);
    const std::size_t columns = text::width(glyph);
    if (columns == 0) {
      if (column > 0 && column <= cells_.size()) {
        const bool after_wide = cells_[column - 1].glyph.empty() && column > 1;
        cells_[column - (after_wide ? 2 : 1)].glyph += glyph;
      }
      continue;
    }
    if (cells_.size() < column + columns) cells_.resize(column + columns);
    cells_[column] = {std::string{glyph}, colour};
    if (columns == 2) cells_[column + 1] = {"", colour};
    column += columns;
  }
  if (column < cells_.size() && cells_[column].glyph.empty()) cells_[column].glyph = " ";
}

std::string TextLine::text(bool with_colour) const {
  const auto is_blank = [](const Cell& cell) { return cell.glyph == " "; };
  const auto end = std::find_if_not(cells_.rbegin(), cells_.rend(), is_blank).base();
  std::string line;
  Colour colour = Colour::none;
  for (auto cell = cells_.begin(); cell != end; ++cell) {
    if (with_colour && cell->colour != colour) {
      if (colour != Colour::none) line += no_colour;
      line += sgr(cell->colour);
      colour = cell->colour;
    }
    line += cell->glyph;
  }
  if (colour != Colour::none) line += no_colour;
  return line + '\n';
}

std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    std::size_t bytes = text::fitting(text, columns);
    if (bytes == 0) bytes = std::max<std::size_t>(text::utf8_sequence(text), 1);  // wider than all
    std::size_t next = bytes;
    if (bytes < text.size()) {
      const std::size_t blank = text.rfind(' ', bytes);
      const std::size_t first_word = text.find_first_not_of(' ');  // after an indent
      if (blank != std::string_view::npos && blank > first_word) {
        bytes = blank;
        next = blank + 1;
      }
    }
    lines.emplace_back(text.substr(0, bytes));
    text.remove_prefix(next);
  }
  return lines;
}

std::string shortened(std::string_view text, std::size_t columns, std::string_view ellipsis) {
  if (text::width(text) <= columns) return std::string{text};
  const std::size_t taken = text::width(ellipsis);
  if (columns < taken) return {};
  return std::string{text.substr(0, text::fitting(text, columns - taken))}.append(ellipsis);
}

}  // namespace drachtio::report
