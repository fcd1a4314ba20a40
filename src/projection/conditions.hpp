// Conditions are a Selection in SQL, on the view `leg`.
#pragma once

#include "projection/selection.hpp"

#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace drachtio::projection {

class Conditions {
 public:
  // Throws UnfitCondition.
  Conditions(SQLite::Database& database, const Selection& selection);

  // Returns " AND ... AND ...", with a parameter for each value; empty where nothing is asked.
  [[nodiscard]] const std::string& sql() const { return sql_; }
  // Binds the values, the first at `index`.
  void bind(SQLite::Statement& statement, int index) const;

 private:
  using Value = std::variant<std::int64_t, std::string>;

  void add(const std::string& condition, Value value);
  void match(const std::string& column, const std::string& pattern);
  void add_number(const std::string& number);

  SQLite::Database& database_;
  std::string sql_;
  std::vector<Value> values_;
};

}  // namespace drachtio::projection
