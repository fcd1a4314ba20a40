// Rows of values, printed as an aligned table, as CSV (RFC 4180) or as JSON, one object a row.
//
// However many rows there are, memory is bounded: a table takes its widths from its first thousand
// rows. Nothing from the network reaches a terminal as a control character, nor a spreadsheet as a
// formula: in CSV an apostrophe stands before what one would calculate.
#pragma once

#include "console/output.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace drachtio::replay {

enum class Format { table, csv, json };

struct Column {
  std::string title;
  bool right = false;  // aligned
};

struct Blob {
  std::string bytes;  // shown in hexadecimal
};

// A number of seconds, shown with this many decimals in a table and in full elsewhere.
struct Seconds {
  double value = 0;
  int decimals = 3;
};

using Cell = std::variant<std::monostate, std::int64_t, double, Seconds, std::string, Blob>;

// Empty where there is no value.
Cell cell_of(const std::optional<std::string>& text);
Cell cell_of(const std::optional<int>& number);

class Sheet {
 public:
  Sheet(Format format, std::vector<Column> columns);
  ~Sheet() { close(); }
  Sheet(const Sheet&) = delete;
  Sheet& operator=(const Sheet&) = delete;
  Sheet(Sheet&&) = delete;
  Sheet& operator=(Sheet&&) = delete;

  void row(const std::vector<Cell>& cells);
  // Prints what is held back. Idempotent.
  void close();

  [[nodiscard]] std::size_t rows() const { return rows_; }

 private:
  using Texts = std::vector<std::string>;

  void print_held();
  void print(const Texts& texts);
  void print_csv(const Texts& texts);
  void print_json(const std::vector<Cell>& cells);

  Format format_;
  std::vector<Column> columns_;
  std::vector<std::size_t> widths_;
  std::vector<Texts> held_;
  bool holding_ = true;
  bool closed_ = false;
  std::size_t rows_ = 0;
};

using tools::output_failed;
using tools::put;
// One object of JSON and a line feed, with no control character that a terminal would obey.
void put_json(std::string object);

}  // namespace drachtio::replay
