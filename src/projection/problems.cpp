#include "projection/problems.hpp"

#include "log/embedded_sql.hpp"
#include "projection/selection.hpp"
#include "sip/codecs.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

#include <algorithm>

namespace drachtio::projection {

namespace {

constexpr Microseconds slowest_setup = std::chrono::seconds{8};

std::string_view text_of(sqlite3_value* value) {
  const auto* text = sqlite3_value_text(value);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text),
          static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

// share_a_codec(a, b): null where one of them is.
void share_a_codec(sqlite3_context* context, int, sqlite3_value** values) {
  const bool has_both =
      sqlite3_value_type(values[0]) == SQLITE_TEXT && sqlite3_value_type(values[1]) == SQLITE_TEXT;
  if (!has_both) return;
  sqlite3_result_int(context, sip::share_a_codec(text_of(values[0]), text_of(values[1])) ? 1 : 0);
}

std::string rules_text() {
  const auto queries = log::queries();
  const auto found = std::ranges::find(queries, "leg_problem.sql", &log::SqlFile::name);
  return std::string{found->text};
}

}  // namespace

Microseconds slow_setup(log::Reader& reader, Selection selection) {
  selection.limit.reset();
  selection.last.reset();
  selection.problems = false;
  selection.with_sdp = false;
  std::vector<Microseconds> setups;
  each_dialog(reader, selection, [&](const dialog::Dialog& leg) {
    const Times& times = leg.times;
    if (times.start_time && times.connect_time) {
      setups.push_back(*times.connect_time - *times.start_time);
    }
  });
  if (setups.empty()) return slowest_setup;
  const auto rank = static_cast<std::ptrdiff_t>((setups.size() * 95 + 99) / 100 - 1);
  std::ranges::nth_element(setups, setups.begin() + rank);
  return std::min(setups[static_cast<std::size_t>(rank)], slowest_setup);
}

ProblemFinder::ProblemFinder(log::Reader& reader, Microseconds slow_setup)
    : reader_(reader), slow_setup_(slow_setup) {
  try {
    reader.database().createFunction("share_a_codec", 2, true, nullptr, share_a_codec, nullptr,
                                     nullptr, nullptr);
    rules_ = std::make_unique<SQLite::Statement>(reader.database(), rules_text());
  } catch (const SQLite::Exception& error) {
    throw log::translate(error, "cannot read the log " + reader_.path().string());
  }
}

ProblemFinder::~ProblemFinder() = default;

std::vector<std::string> ProblemFinder::of(const dialog::Dialog& leg) {
  try {
    std::vector<std::string> found;
    rules_->reset();
    rules_->bind(1, leg.number);
    rules_->bind(2, static_cast<std::int64_t>(slow_setup_.count()));
    while (rules_->executeStep()) found.push_back(rules_->getColumn(0).getString());
    rules_->reset();
    return found;
  } catch (const SQLite::Exception& error) {
    throw log::translate(error, "cannot read the log " + reader_.path().string());
  }
}

}  // namespace drachtio::projection
