#include "projection/conditions.hpp"

#include "text/escape.hpp"

#include <SQLiteCpp/Database.h>
#include <sqlite3.h>

#include <cmath>
#include <string_view>
#include <utility>

namespace drachtio::projection {

namespace {

constexpr std::size_t pattern_shown = 40;  // bytes of a pattern that is too long

std::int64_t microseconds(double seconds) {
  return static_cast<std::int64_t>(std::llround(seconds * 1e6));
}

}  // namespace

Conditions::Conditions(SQLite::Database& database, const Selection& selection)
    : database_(database) {
  if (selection.active) sql_ += " AND state <> 'terminated'";
  if (selection.since) add("start_time >= ?", to_integer(*selection.since));
  if (selection.until) add("start_time < ?", to_integer(*selection.until));
  if (selection.caller) match("calling_user", *selection.caller);
  if (selection.callee) match("called_user", *selection.callee);
  if (selection.server) match("server", *selection.server);
  if (selection.number) add_number(*selection.number);
  if (selection.role) add("role = ?", std::string{to_string(*selection.role)});
  if (selection.min_talk) add("end_time - connect_time >= ?", microseconds(*selection.min_talk));
  if (selection.max_talk) add("end_time - connect_time <= ?", microseconds(*selection.max_talk));
  if (selection.cause) add("cause = ?", std::string{to_string(*selection.cause)});
  if (selection.q850_cause) add("q850_cause = ?", std::int64_t{*selection.q850_cause});
  // The view is read by its primary key: it has the only definition of the disposition.
  if (selection.disposition) {
    add("(SELECT disposition FROM call_record WHERE call_record.id = leg.id) = ?",
        *selection.disposition);
  }
  if (selection.part) add("instr(dialog_id, ?) > 0", *selection.part);
}

void Conditions::bind(SQLite::Statement& statement, int index) const {
  for (const Value& value : values_) {
    std::visit([&](const auto& v) { statement.bind(index, v); }, value);
    ++index;
  }
}

void Conditions::add(const std::string& condition, Value value) {
  sql_ += " AND " + condition;
  values_.push_back(std::move(value));
}

void Conditions::match(const std::string& column, const std::string& pattern) {
  add(column + " GLOB ?", glob_of(database_, pattern));
}

// Digits are compared without the separators that people put between them (RFC 3966 5.1.1), and
// with the end of a number alone: +49 30 1234 and 0049301234 are one.
void Conditions::add_number(const std::string& number) {
  constexpr std::string_view separators = " -.()";
  std::string digits = number;
  std::erase_if(digits, [&](char c) { return separators.find(c) != std::string_view::npos; });
  if (digits.starts_with('+')) digits.erase(0, 1);
  if (digits.starts_with("00")) digits.erase(0, 2);  // what is dialled for the `+`
  const bool is_number =
      !digits.empty() && digits.find_first_not_of("0123456789") == std::string::npos;
  const std::string pattern = glob_of(database_, is_number ? '*' + digits : number);
  const auto matches = [&](const std::string& column) {
    std::string before;
    std::string after;
    for (const char separator : is_number ? separators : std::string_view{}) {
      before += "replace(";
      after.append(", '").append(1, separator).append("', '')");
    }
    values_.emplace_back(pattern);
    return before + column + after + " GLOB ?";
  };
  sql_.append(" AND (").append(matches("calling_user")).append(" OR ");
  sql_.append(matches("called_user")).append(")");
}

std::string glob_of(SQLite::Database& database, const std::string& pattern) {
  std::string glob;  // in which ? and [ would have a meaning too
  for (const char c : pattern) {
    if (c == '?' || c == '[') {
      glob += std::string{'['} + c + ']';
    } else {
      glob += c;
    }
  }
  const int most = sqlite3_limit(database.getHandle(), SQLITE_LIMIT_LIKE_PATTERN_LENGTH, -1);
  if (glob.size() > static_cast<std::size_t>(most)) {
    throw UnfitCondition{"the pattern \"" + text::escaped(pattern, pattern_shown) +
                         "\" is too complex: SQLite takes " + std::to_string(most) +
                         " bytes at most, and this has " + std::to_string(glob.size())};
  }
  return glob;
}

}  // namespace drachtio::projection
