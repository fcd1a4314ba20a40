// A backup is a whole log of its own, or nothing.
#include "log/backup.hpp"

#include "catch.hpp"
#include "log/verify.hpp"
#include "net/contains.hpp"
#include "sample_log.hpp"
#include "scratch_folder.hpp"

#include <sys/stat.h>

#include <fstream>

using namespace drachtio;
using namespace drachtio::test;

namespace {

// What a backup that must be refused says.
std::string refusal(log::Reader& reader, const std::filesystem::path& destination) {
  try {
    log::backup(reader, destination, {});
  } catch (const log::Error& error) {
    return error.what();
  }
  return "made";
}

}  // namespace

TEST_CASE("a backup taken while the log is open to its writer is the log, for its owner only") {
  const ScratchFolder folder;
  SampleLog sample{folder / "calls.db"};
  for (int i = 0; i < 50; ++i) sample.call("call-" + std::to_string(i), i);
  log::Reader reader{folder / "calls.db"};
  const auto copy = folder / "copy.db";
  log::backup(reader, copy, [&](std::int64_t, std::int64_t) { sample.call("meanwhile", 1000, 1); });

  struct stat status {};
  REQUIRE(::stat(copy.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600);
  CHECK_FALSE(std::filesystem::exists(copy.string() + "-wal"));
  log::Reader copied{copy};
  log::Faults faults;
  const log::Verified verified = log::verify(copied, {}, faults);
  CHECK(faults.count() == 0);
  CHECK(verified.events == 301);
  CHECK_FALSE(std::filesystem::exists(copy.string() + "-wal"));  // nor left by reading it
}

TEST_CASE("a backup overwrites nothing") {
  const ScratchFolder folder;
  const SampleLog sample{folder / "calls.db"};
  log::Reader reader{folder / "calls.db"};
  for (const char* name : {"copy.db", "copy.db-wal", "copy.db-journal"}) {
    std::ofstream{folder / name} << "precious";
    CHECK_THROWS_AS(log::backup(reader, folder / "copy.db", {}), log::Error);
    CHECK(std::filesystem::file_size(folder / name) == 8);
    std::filesystem::remove(folder / name);
  }
  log::backup(reader, folder / "copy.db", {});
  CHECK_THROWS_AS(log::backup(reader, folder / "no-folder/copy.db", {}), log::Error);
}

TEST_CASE("a backup is not made over the log itself, by whatever name, and says so") {
  const ScratchFolder folder;
  const SampleLog recorder_at_work{folder / "calls.db"};
  std::filesystem::create_symlink(folder / "calls.db", folder / "symbolic.db");
  std::filesystem::create_hard_link(folder / "calls.db", folder / "hard.db");
  REQUIRE(std::filesystem::exists(folder / "calls.db-wal"));
  log::Reader reader{folder / "calls.db"};
  for (const char* name : {"calls.db", "./calls.db", "symbolic.db", "hard.db"}) {
    const std::string why = refusal(reader, folder / name);
    CHECK_THAT(why, contains("it is the log itself") && !contains("remove"));
  }
  for (const char* name : {"calls.db-wal", "calls.db-journal", "calls.db.lock"}) {
    CHECK_THAT(refusal(reader, folder / name), contains("belongs to the log"));
  }
  CHECK_FALSE(std::filesystem::exists(folder / "calls.db-journal"));
}

TEST_CASE("only a -wal with no database beside it is called something to remove") {
  const ScratchFolder folder;
  const SampleLog log{folder / "calls.db"};
  const SampleLog other_at_work{folder / "other.db"};
  log::Reader reader{folder / "calls.db"};
  CHECK_THAT(refusal(reader, folder / "other.db"),
             contains("it exists, and a backup overwrites nothing") && !contains("remove"));
  std::ofstream{folder / "copy.db-wal"} << "left over";
  CHECK_THAT(refusal(reader, folder / "copy.db"), contains("copy.db-wal") && contains("remove it"));
}

TEST_CASE("nothing is left of a backup that was broken off") {
  const ScratchFolder folder;
  SampleLog sample{folder / "calls.db"};
  sample.call("one", 1);
  log::Reader reader{folder / "calls.db"};
  struct BrokenOff {};
  CHECK_THROWS_AS(log::backup(reader, folder / "copy.db",
                              [](std::int64_t, std::int64_t) { throw BrokenOff{}; }),
                  BrokenOff);
  for (const char* name : {"copy.db", "copy.db-wal", "copy.db-shm", "copy.db-journal"}) {
    CHECK_FALSE(std::filesystem::exists(folder / name));
  }
  CHECK_NOTHROW(sample.call("two", 2));  // the source is not held
}
