// The projection must be what the log gives, column by column.
#include "projection/verify.hpp"

#include "catch.hpp"
#include "net/contains.hpp"
#include "sample_log.hpp"
#include "scratch_folder.hpp"

#include <sstream>

using namespace drachtio;
using namespace drachtio::test;

namespace {

std::string faults_of(const std::filesystem::path& path) {
  log::Reader reader{path};
  log::Faults faults;
  projection::verify(reader, {}, faults);
  std::string text;
  for (const log::Fault& fault : faults.kept()) text += fault.where + ": " + fault.what + "\n";
  return text;
}

void write_sample(const std::filesystem::path& path) {
  SampleLog sample{path};
  sample.call("one", 10);
  sample.challenged_call("two", 20);
  sample.call("open", 30, 4);
}

}  // namespace

TEST_CASE("a projection kept beside the log is proved") {
  const ScratchFolder folder;
  write_sample(folder / "calls.db");
  log::Reader reader{folder / "calls.db"};
  log::Faults faults;
  const projection::Verified verified = projection::verify(reader, {}, faults);
  CHECK(faults.count() == 0);
  CHECK(verified.dialogs == 3);
  CHECK(verified.open == 1);
}

TEST_CASE("a dialog of more events than one read transaction takes is proved") {
  const ScratchFolder folder;
  {
    SampleLog sample{folder / "calls.db"};
    const std::int64_t number = sample.call("long", 0, 4);
    Event info;
    info.type = EventType::requested;
    info.method = "INFO";
    info.direction = Direction::in;
    info.dialog = number;
    for (int i = 0; i < 1100; ++i) {
      info.occurred_at = at_second(10 + i);
      sample.append(info);
    }
    sample.call("next", 5000);
  }
  CHECK(faults_of(folder / "calls.db").empty());
}

TEST_CASE("any changed column of a dialog is found and named", "[slow]") {
  const ScratchFolder folder;
  const auto path = folder / "calls.db";
  write_sample(path);
  const auto open = dump(path, "SELECT id FROM open_dialog");
  REQUIRE(open.size() == 1);
  const std::string open_number = open.front().substr(2, open.front().size() - 3);
  const auto [name, number, fewest] = GENERATE_COPY(table<std::string, std::string, std::size_t>(
      {{"dialog", "1", 34}, {"open_dialog", open_number, 19}}));
  const auto columns =
      dump(path, "SELECT name FROM pragma_table_info('" + name + "') WHERE pk = 0");
  CHECK(columns.size() >= fewest);
  const std::string where = " WHERE id = " + number;
  for (const std::string& dumped : columns) {
    const std::string column = dumped.substr(2, dumped.size() - 3);  // without type and bar
    const auto right = dump(path, "SELECT quote(" + column + ") FROM " + name + where);
    const std::string literal = right.front().substr(2, right.front().size() - 3);
    for (const char* value : {"'x'", "7", "NULL"}) {
      if (literal == value) continue;
      INFO(name << "." << column << " = " << value);
      forge_anything(path, "UPDATE " + name + " SET " + column + " = " + value + where);
      const std::string faults = faults_of(path);
      INFO(faults);
      CHECK(faults.find("dialog " + number + ": " + column + " is ") != std::string::npos);
      forge_anything(path, "UPDATE " + name + " SET " + column + " = " + literal + where);
      REQUIRE(faults_of(path).empty());
    }
  }
}

TEST_CASE("where two long texts differ is told and shown") {
  const ScratchFolder folder;
  const auto path = folder / "calls.db";
  write_sample(path);
  const std::string same(100, 'a');
  forge(path, "UPDATE dialog SET called_user = '" + same + "b' WHERE id = 1");
  const std::string other = faults_of(path);
  CHECK_THAT(other,
             contains("but its events give \"callee-one\" (they differ from byte 0 on; 101 and "
                      "10 bytes)"));
  forge(path, "UPDATE dialog SET invite = invite || 'and more' WHERE id = 1");
  CHECK_THAT(faults_of(path),
             contains(R"(invite is "...","at":1767225610000000}and more")") &&
                 contains(R"(but its events give "...","at":1767225610000000}")") &&
                 contains("from byte 55 on; 63 and 55 bytes"));
}

TEST_CASE("dialogs without a row, rows without a dialog and stale rows are found") {
  const ScratchFolder folder;
  const auto path = folder / "calls.db";
  write_sample(path);
  SECTION("no row") {
    forge(path, "DELETE FROM dialog WHERE id = 7");
    CHECK(faults_of(path).find("dialog 7: has events, but no row") != std::string::npos);
  }
  SECTION("no row of an open one") {
    forge(path, "DELETE FROM open_dialog");
    CHECK_THAT(faults_of(path), contains("has events, but no row in open_dialog"));
  }
  SECTION("a row of one that has ended") {
    forge(path, "UPDATE open_dialog SET id = 7");
    CHECK_THAT(faults_of(path),
               contains("dialog 7: has a row in open_dialog, but its events have ended it"));
  }
  SECTION("a row of one that was never there") {
    forge(path, "UPDATE open_dialog SET id = 900");
    CHECK_THAT(faults_of(path), contains("dialog 900: has a row in dialog or open_dialog"));
  }
  SECTION("no events, before, between and after") {
    for (const char* id : {"-3", "4", "900"}) {
      forge(path, std::string{"UPDATE dialog SET id = "} + id + " WHERE id = 7");
      CHECK(faults_of(path).find(std::string{"dialog "} + id + ": has a row") != std::string::npos);
      forge(path, std::string{"UPDATE dialog SET id = 7 WHERE id = "} + id);
    }
  }
  SECTION("an event that cannot be read") {
    forge(path, "UPDATE event SET data = '{' WHERE position = 3");
    CHECK(faults_of(path).find("dialog 1: event at position 3") != std::string::npos);
  }
  SECTION("no table") {
    forge(path, "DROP TABLE dialog");
    CHECK_FALSE(faults_of(path).empty());
  }
}
