// A log whose files are moved or deleted under its writer: nothing that was committed is lost by
// what the writer does then, nor by what the next one would do.
#include "catch.hpp"
#include "log/event_log.hpp"
#include "log/reader.hpp"
#include "net/contains.hpp"
#include "sample_log.hpp"
#include "scratch_folder.hpp"

#include <fstream>

using namespace drachtio;
using namespace drachtio::test;

namespace {

// What the writer says to one call more.
std::string complaint(SampleLog& sample) {
  try {
    sample.call("one more", 100);
  } catch (const log::Error& error) {
    CHECK(error.failure() == log::Failure::moved);
    CHECK_FALSE(error.retryable());
    return error.what();
  }
  return "nothing";
}

// What opening a log there to write it says.
std::string refusal(const std::filesystem::path& path) {
  try {
    const log::EventLog log{path};
  } catch (const log::Error& error) {
    return error.what();
  }
  return "nothing";
}

}  // namespace

TEST_CASE("moved_file: what was committed is whole once the file and its -wal are together again") {
  const ScratchFolder folder;
  const auto here = folder / "calls.db";
  const auto there = folder / "elsewhere.db";
  const std::string wal = here.string() + "-wal";
  log::Head head;
  {
    SampleLog sample{here};
    for (int i = 0; i < 20; ++i) sample.call("call-" + std::to_string(i), i);
    head = sample.log().head();
    std::filesystem::rename(here, there);
    const std::string said = complaint(sample);
    CHECK_THAT(said, contains(here.string() + " was moved to " + there.string()) && contains(wal));
    CHECK_THAT(complaint(sample), contains("was moved to"));  // and goes on saying so
  }
  REQUIRE(std::filesystem::exists(wal));
  CHECK_THAT(refusal(here), contains(wal));  // SQLite would delete it beside a new log
  CHECK_FALSE(std::filesystem::exists(here));
  auto again = here;
  SECTION("at the old place") { std::filesystem::rename(there, here); }
  SECTION("at the new one") {
    std::filesystem::rename(wal, there.string() + "-wal");
    again = there;
  }
  CHECK(log::EventLog{again}.head().hash == head.hash);
}

TEST_CASE("moved_folder: a log that is moved with its -wal is whole where it is now") {
  const ScratchFolder folder;
  std::filesystem::create_directory(folder / "old");
  log::Head head;
  {
    SampleLog sample{folder / "old/calls.db"};
    sample.call("first", 1);
    head = sample.log().head();
    std::filesystem::rename(folder / "old", folder / "new");
    CHECK_THAT(complaint(sample), contains("was moved to " + (folder / "new/calls.db").string() +
                                           ", and its -wal with it"));
  }
  CHECK(log::EventLog{folder / "new/calls.db"}.head().hash == head.hash);
}

TEST_CASE("deleted_file, replaced_file: the writer stops, and says what is left") {
  const ScratchFolder folder;
  const auto path = folder / "calls.db";
  SampleLog sample{path};
  sample.call("first", 1);
  SECTION("deleted") {
    std::filesystem::remove(path);
    CHECK_THAT(complaint(sample), contains("was deleted") && contains("calls.db-wal"));
  }
  SECTION("replaced") {
    { const SampleLog other{folder / "other.db"}; }
    std::filesystem::rename(folder / "other.db", path);
    CHECK_THAT(complaint(sample), contains("was deleted"));
  }
}

TEST_CASE("moved_wal: the writer stops, and what was committed is in the log once it is closed") {
  const ScratchFolder folder;
  const auto path = folder / "calls.db";
  log::Head head;
  {
    SampleLog sample{path};
    sample.call("first", 1);
    head = sample.log().head();
    std::filesystem::remove(path.string() + "-wal");
    CHECK_THAT(complaint(sample), contains("calls.db-wal was moved or deleted"));
  }
  CHECK(log::EventLog{path}.head().hash == head.hash);
}

TEST_CASE("orphaned_wal: no new log is made where another one's -wal or -journal stands") {
  const ScratchFolder folder;
  const auto path = folder / "calls.db";
  const std::string suffix = GENERATE("-wal", "-journal");
  const std::string left = path.string() + suffix;
  std::ofstream{left} << "the last of another log";
  CHECK_THAT(refusal(path), contains(left));
  CHECK_FALSE(std::filesystem::exists(path));
  CHECK_FALSE(std::filesystem::exists(path.string() + ".lock"));
  CHECK(std::filesystem::file_size(left) == 23);
}

TEST_CASE("orphaned_wal: an empty file is no log that the -wal could belong to") {
  const ScratchFolder folder;
  std::ofstream{folder / "calls.db"}.close();
  std::ofstream{folder / "calls.db-wal"} << "the last of another log";
  CHECK_THAT(refusal(folder / "calls.db"), contains("calls.db-wal"));
  CHECK(std::filesystem::file_size(folder / "calls.db-wal") == 23);
}

TEST_CASE("rotation: a log is moved away between two recorders, and read where it was", "[log]") {
  const ScratchFolder folder;
  const auto path = folder / "calls.db";
  const auto old = folder / "calls-2026-11-27.db";
  { SampleLog{path}.call("first", 1); }
  CHECK_FALSE(std::filesystem::exists(path.string() + "-wal"));  // whole by itself
  std::optional<log::Reader> reader;
  if (GENERATE(true, false)) reader.emplace(path);
  std::filesystem::rename(path, old);
  { SampleLog{path}.call("second", 2); }
  reader.reset();
  CHECK(log::Reader{old}.head().position == log::Reader{path}.head().position);
}

TEST_CASE("orphaned_wal: one that holds no frame is no lost data") {
  const ScratchFolder folder;
  const auto path = folder / "calls.db";
  const std::string wal = path.string() + "-wal";
  SECTION("it is empty") { std::ofstream{wal}.close(); }
  SECTION("it was begun anew") {
    const auto source = folder / "other.db";
    {
      SampleLog sample{source};
      sample.call("first", 1);
      std::filesystem::copy_file(source.string() + "-wal", wal);
    }
    CHECK_THAT(refusal(path), contains(wal));  // it holds frames
    std::fstream{wal, std::ios::in | std::ios::out | std::ios::binary}.seekp(16).write("\x01\x02",
                                                                                       2);
  }
  CHECK(refusal(path) == "nothing");
}
