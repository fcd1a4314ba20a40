// Questions cost what their answers are, not what the log is: counted in pages that SQLite touches.
#include "catch.hpp"
#include "log/reader.hpp"
#include "projection/selection.hpp"
#include "projection/time_travel.hpp"
#include "sample_log.hpp"
#include "scratch_folder.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

#include <functional>
#include <map>
#include <string>

using namespace drachtio;
using namespace drachtio::test;

namespace {

using Question = std::function<std::int64_t(log::Reader&)>;  // returns how many answers it had

struct Cost {
  std::int64_t pages = 0;
  std::int64_t answers = 0;
};

// Returns how many pages SQLite has looked at since the last call, in its cache or in the file.
std::int64_t pages_touched(SQLite::Database& database) {
  std::int64_t pages = 0;
  for (const int counter : {SQLITE_DBSTATUS_CACHE_HIT, SQLITE_DBSTATUS_CACHE_MISS}) {
    int now = 0;
    int highest = 0;
    REQUIRE(sqlite3_db_status(database.getHandle(), counter, &now, &highest, 1) == SQLITE_OK);
    pages += now;
  }
  return pages;
}

Cost cost_of(const std::filesystem::path& path, const Question& question) {
  log::Reader reader{path};
  pages_touched(reader.database());
  const std::int64_t answers = question(reader);
  return {pages_touched(reader.database()), answers};
}

Question sql(const std::string& query) {
  return [query](log::Reader& reader) {
    SQLite::Statement statement{reader.database(), query};
    std::int64_t rows = 0;
    while (statement.executeStep()) ++rows;
    return rows;
  };
}

Question list(const std::function<void(projection::Selection&)>& select) {
  return [select](log::Reader& reader) {
    projection::Selection selection;
    select(selection);
    std::int64_t legs = 0;
    projection::each_dialog(reader, selection, [&](const dialog::Dialog&) { ++legs; });
    return legs;
  };
}

constexpr std::int64_t apart = 60;  // seconds from call to call

// Records a call a minute, every hundredth of which lasts an hour, and one that is open still.
void record(const std::filesystem::path& path, std::int64_t calls) {
  SampleLog sample{path};
  for (std::int64_t call = calls; call > 0; --call) {
    sample.call("call-" + std::to_string(call), -call * apart, 6, call % 100 == 50 ? 3600 : 4);
  }
  sample.call("open", -90, 4);
}

}  // namespace

TEST_CASE("what is asked costs the same in a log ten times as long", "[slow]") {
  const ScratchFolder folder;
  record(folder / "short.db", 1000);
  record(folder / "long.db", 10000);
  const std::map<std::string, Question> questions{
      {"the calls of the last hour", list([](auto& s) { s.since = at_second(-3600); })},
      {"the open calls", list([](auto& s) { s.active = true; })},
      {"the open calls, in SQL", sql("SELECT * FROM active_call ORDER BY start_time")},
      {"how many are open, in SQL", sql("SELECT count(*) FROM active_call")},
      {"the call records of an hour, in SQL", sql("SELECT * FROM call_record WHERE start_time "
                                                  "BETWEEN '2025-12-31T22' AND '2025-12-31T23'")},
      {"the latest ten, in SQL",
       sql("SELECT * FROM call_record ORDER BY start_time DESC LIMIT 10")},
      {"what was open two hours ago",
       [](log::Reader& reader) {
         std::int64_t open = 0;
         projection::open_at(reader, at_second(-2 * 3600 + 1),
                             [&](const dialog::Dialog&, std::span<const log::Row>) { ++open; });
         return open;
       }},
  };
  for (const auto& [name, question] : questions) {
    const Cost here = cost_of(folder / "short.db", question);
    const Cost there = cost_of(folder / "long.db", question);
    INFO(name << ": " << here.answers << " answers, " << here.pages << " pages, then "
              << there.pages);
    CHECK(here.answers > 0);
    CHECK(there.answers == here.answers);
    // B-trees of ten times as many rows may be a level deeper: a page more for each row.
    CHECK(there.pages < 2 * here.pages);
  }
}
