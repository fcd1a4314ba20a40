// A backup is a whole log of its own, or nothing.
#include "log/backup.hpp"

#include "catch.hpp"
#include "log/verify.hpp"
#include "sample_log.hpp"
#include "scratch_folder.hpp"

#include <sys/stat.h>

#include <fstream>

using namespace drachtio;
using namespace drachtio::test;

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
