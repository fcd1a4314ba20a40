#include "replay/sheet.hpp"

#include "text/escape.hpp"
#include "text/json_writer.hpp"
#include "text/utf8.hpp"
#include "text/width.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace drachtio::replay {

namespace {

constexpr std::size_t most_held = 1000;
constexpr std::size_t most_padding = 64;  // a longer text sticks out rather than push all others

std::string hexadecimal(std::string_view bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += digits[byte >> 4U];
    text += digits[byte & 0xFU];
  }
  return text;
}

// As it is read back, were it read as a number.
std::string plain(double value) { return fmt::format("{}", value); }

struct CellText {
  bool for_table;

  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return plain(value); }
  std::string operator()(const Seconds& value) const {
    return for_table ? fmt::format("{:.{}f}", value.value, value.decimals) : plain(value.value);
  }
  std::string operator()(const std::string& value) const {
    return for_table ? text::escaped(value) : value;
  }
  std::string operator()(const Blob& value) const { return hexadecimal(value.bytes); }
};

struct Json {
  std::string& out;

  void operator()(std::monostate) const { out += "null"; }
  void operator()(std::int64_t value) const { out += std::to_string(value); }
  void operator()(double value) const { out += std::isfinite(value) ? plain(value) : "null"; }
  void operator()(const Seconds& value) const { (*this)(value.value); }
  void operator()(const std::string& value) const { text::append_json_string(out, value); }
  void operator()(const Blob& value) const {
    text::append_json_string(out, hexadecimal(value.bytes));
  }
};

// Line breaks and tabs may stand in a CSV field; what drives a terminal may not.
bool is_safe(std::string_view text) {
  while (!text.empty()) {
    const char c = text.front();
    const bool line_end = c == '\n' || text.starts_with("\r\n");
    if (!line_end && c != '\t' && text::unprintable(text) > 0) return false;
    text.remove_prefix(line_end || c == '\t' ? 1 : text::utf8_sequence(text));
  }
  return true;
}

// A spreadsheet would calculate what begins so, instead of showing it. A number, and what may be a
// telephone number, begins with a sign and a digit.
bool is_formula(std::string_view text) {
  if (text.empty()) return false;
  const char first = text.front();
  if (first != '+' && first != '-') {
    return first == '=' || first == '@' || first == '\t' || first == '\r';
  }
  return text.size() < 2 || text[1] < '0' || text[1] > '9';
}

}  // namespace

void put_json(std::string object) { put(text::printable_json(std::move(object)) + '\n'); }

Cell cell_of(const std::optional<std::string>& text) { return text ? Cell{*text} : Cell{}; }

Cell cell_of(const std::optional<int>& number) {
  return number ? Cell{std::int64_t{*number}} : Cell{};
}

Sheet::Sheet(Format format, std::vector<Column> columns)
    : format_(format), columns_(std::move(columns)) {
  for (Column& column : columns_) {
    if (format_ == Format::table) column.title = text::escaped(column.title);
    widths_.push_back(text::width(column.title));
  }
  if (format_ == Format::csv) {
    Texts titles;
    for (const Column& column : columns_) titles.push_back(column.title);
    print_csv(titles);
  }
}

void Sheet::row(const std::vector<Cell>& cells) {
  ++rows_;
  if (format_ == Format::json) return print_json(cells);
  Texts texts;
  texts.reserve(cells.size());
  for (const Cell& cell : cells) {
    texts.push_back(std::visit(CellText{format_ == Format::table}, cell));
  }
  if (format_ == Format::csv) return print_csv(texts);
  if (!holding_) return print(texts);
  held_.push_back(std::move(texts));
  if (held_.size() == most_held) print_held();
}

void Sheet::close() {
  if (closed_) return;
  closed_ = true;
  if (format_ == Format::table && holding_) print_held();
}

void Sheet::print_held() {
  holding_ = false;
  for (const Texts& texts : held_) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      widths_[i] = std::max(widths_[i], std::min(text::width(texts[i]), most_padding));
    }
  }
  Texts titles;
  Texts rules;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    titles.push_back(columns_[i].title);
    rules.emplace_back(widths_[i], '-');
  }
  print(titles);
  print(rules);
  for (const Texts& texts : held_) print(texts);
  held_.clear();
}

void Sheet::print(const Texts& texts) {
  std::string line;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::size_t taken = text::width(texts[i]);
    const std::string padding(widths_[i] > taken ? widths_[i] - taken : 0, ' ');
    if (i > 0) line += "  ";
    line += columns_[i].right ? padding + texts[i] : texts[i] + padding;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  put(line + '\n');
}

void Sheet::print_csv(const Texts& texts) {
  std::string line;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) line += ',';
    std::string text = is_safe(texts[i]) ? texts[i] : text::escaped(texts[i]);
    if (is_formula(texts[i])) text.insert(0, 1, '\'');
    if (text.find_first_of(",\"\r\n") == std::string::npos) {
      line += text;
      continue;
    }
    line += '"';
    for (const char c : text) {
      if (c == '"') line += '"';
      line += c;
    }
    line += '"';
  }
  put(line + "\r\n");
}

void Sheet::print_json(const std::vector<Cell>& cells) {
  std::string line = "{";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += ',';
    text::append_json_string(line, columns_[i].title);
    line += ':';
    std::visit(Json{line}, cells[i]);
  }
  put_json(line + '}');
}

}  // namespace drachtio::replay
