// The table of dialogs can be thrown away: the log has it all.
#include "projection/rebuild.hpp"

#include "catch.hpp"
#include "dialog/event_json.hpp"
#include "log/verify.hpp"
#include "projection/log_fold.hpp"
#include "sample_log.hpp"
#include "scratch_folder.hpp"

#include <map>

using namespace drachtio;
using namespace drachtio::test;

namespace {

// A leg that is open has a row in each table, one that has ended only in `dialog`.
const std::string all_dialogs =
    "SELECT * FROM dialog LEFT JOIN open_dialog ON open_dialog.id = dialog.id ORDER BY dialog.id";

// More calls than stay in memory once ended, some reopened, some still open.
void write_sample(const std::filesystem::path& path, int calls) {
  SampleLog sample{path};
  for (int i = 0; i < calls; ++i) {
    const std::string call = "call-" + std::to_string(i);
    if (i % 10 == 3) {
      sample.challenged_call(call, i);
    } else {
      sample.call(call, i, i % 7 == 0 ? 3 : 6);
    }
  }
  Event late;  // for a dialog that has long left memory
  late.type = EventType::responded;
  late.direction = Direction::out;
  late.method = "BYE";
  late.status = 481;
  late.dialog = 4;  // call-1: the first event of call-0 is 1, of which there are 3
  late.occurred_at = at_second(9999);
  sample.append(late);
}

}  // namespace

TEST_CASE("rebuild gives the table that was kept, and its indexes", "[slow]") {
  const ScratchFolder folder;
  const auto path = folder / "calls.db";
  write_sample(path, 1500);
  const auto kept = dump(path, all_dialogs);
  REQUIRE(kept.size() == 1500);
  for (const char* spoil :
       {"SELECT 1", "DELETE FROM dialog", "DROP TABLE dialog", "DROP INDEX dialog_by_call",
        "UPDATE dialog SET session = 'x'", "DELETE FROM open_dialog", "DROP TABLE open_dialog",
        "UPDATE open_dialog SET session = 'x'"}) {
    INFO(spoil);
    forge(path, spoil);
    {
      log::EventLog log{path};
      std::int64_t told = 0;
      const projection::Rebuilt rebuilt =
          projection::rebuild(log, [&](std::int64_t at, std::int64_t total) {
            CHECK(at <= total);
            ++told;
          });
      CHECK(rebuilt.dialogs == 1500);
      CHECK(rebuilt.events == log.head().position);
      CHECK(told > 0);
    }
    CHECK(dump(path, all_dialogs) == kept);
    log::Reader reader{path};
    log::Faults faults;
    log::verify_schema(reader.database(), faults);
    CHECK(faults.count() == 0);
  }
}

TEST_CASE("a rebuild that fails changes nothing") {
  const ScratchFolder folder;
  const auto path = folder / "calls.db";
  {
    SampleLog sample{path};
    sample.call("one", 1);
  }
  forge(path, "UPDATE event SET data = '{' WHERE position = 4");
  const auto kept = dump(path, all_dialogs);
  log::EventLog log{path};
  CHECK_THROWS_AS(projection::rebuild(log, {}), dialog::EventFormatError);
  CHECK(dump(path, all_dialogs) == kept);
}

TEST_CASE("an event of a dialog nobody opened is refused by the fold") {
  projection::LogFold fold{[](const dialog::Dialog&) {},
                           [](std::int64_t) { return std::optional<dialog::Dialog>{}; }};
  log::Row row;
  row.position = 9;
  row.dialog = 3;
  row.version = 2;
  row.type = "requested";
  row.data = "{}";
  CHECK_THROWS_AS(fold.add(row), dialog::EventFormatError);
}
