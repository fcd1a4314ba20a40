// drachtio-bench writes its file anew each time: only a file of its own.
#include "capture_file.hpp"
#include "catch.hpp"
#include "log/reader.hpp"
#include "net/contains.hpp"
#include "program.hpp"
#include "sample_log.hpp"
#include "scratch_folder.hpp"

#include <fstream>

using namespace drachtio;
using namespace drachtio::test;

namespace {

Ran rebuild_bench(const std::filesystem::path& db) {
  return run("drachtio-bench", {"rebuild", "--db", db.string(), "--calls", "10", "--rounds", "1"});
}

// The number that follows `words` in what a bench has printed.
double figure(const std::string& printed, const std::string& words) {
  const std::size_t at = printed.find(words);
  REQUIRE(at != std::string::npos);
  return std::stod(printed.substr(at + words.size()));
}

}  // namespace

TEST_CASE("The bench removes no log but its own", "[bench]") {
  const ScratchFolder folder;
  const auto db = folder / "calls.db";
  SECTION("not one with calls of others") { SampleLog{db}.call("first@example.com", 10); }
  SECTION("not an import, whatever its server is called") {
    REQUIRE(run("dialog-recorder", {"import", "--db", db.string(), "--server", "bench",
                                    capture_path("uas-normal.app").string()})
                .status == 0);
  }
  SECTION("not a file that is none") { std::ofstream{db} << "a text, and no log at all"; }
  const auto size = std::filesystem::file_size(db);
  for (const char* bench :
       {"ingest", "pages", "rebuild", "history", "restart", "latency", "memory", "relay"}) {
    const Ran ran = run("drachtio-bench", {bench, "--db", db.string()});
    CHECK(ran.status == 3);
    CHECK_THAT(ran.err, contains("will not remove " + db.string()));
  }
  CHECK(std::filesystem::file_size(db) == size);
}

TEST_CASE("The bench writes a file of its own anew", "[bench]") {
  const ScratchFolder folder;
  std::ofstream{folder / "bench.db"}.close();  // nothing is lost of it
  for (int i = 0; i < 2; ++i) {
    const Ran ran = rebuild_bench(folder / "bench.db");
    INFO(ran.err);
    CHECK(ran.status == 0);
    CHECK_THAT(ran.out, contains("of 10 calls"));
  }
  CHECK(run("drachtio-bench", {"rebuild", "--db", "x", "--rounds", "0"}).status == 2);
}

// Pages are counted, not timed: the same on every machine, and what the time of a commit grows
// with.
TEST_CASE("A commit writes few pages, and no more as the log grows", "[bench][slow]") {
  const ScratchFolder folder;
  const Ran ran =
      run("drachtio-bench", {"pages", "--db", (folder / "bench.db").string(), "--calls", "60000"});
  INFO(ran.out << ran.err);
  REQUIRE(ran.status == 0);
  CHECK(figure(ran.out, "a commit of one frame, 200 calls open") <= 5.5);
  const double fresh = figure(ran.out, "an event, 10000 calls in the log");
  CHECK(figure(ran.out, "an event, 60000 calls in the log") <= 1.03 * fresh);
}
