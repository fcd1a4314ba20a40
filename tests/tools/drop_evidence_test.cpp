// dialog-recorder drop-evidence: what of a log goes, what stays, and what is said about it.
#include "catch.hpp"
#include "log/reader.hpp"
#include "net/contains.hpp"
#include "program.hpp"
#include "sample_log.hpp"
#include "scratch_folder.hpp"
#include "text/timestamp.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

using namespace drachtio;
using namespace drachtio::test;

namespace {

class DroppingLog {
 public:
  DroppingLog() {
    SampleLog sample{path()};
    for (int i = 0; i < 3; ++i) sample.call("call-" + std::to_string(i), i);
  }
  [[nodiscard]] std::filesystem::path path() const { return folder_ / "calls.db"; }
  [[nodiscard]] Ran drop(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"drop-evidence", "--db", path().string()});
    return run("dialog-recorder", arguments);
  }
  [[nodiscard]] std::size_t messages() const {
    return dump(path(), "SELECT position FROM sip_message").size();
  }
  [[nodiscard]] bool holds(const std::string& text) const {
    const auto holds_it = [&](const auto& file) {
      std::ostringstream bytes;
      bytes << std::ifstream{file.path(), std::ios::binary}.rdbuf();
      return bytes.str().find(text) != std::string::npos;
    };
    return std::ranges::any_of(std::filesystem::directory_iterator{folder_.path()}, holds_it);
  }

 private:
  ScratchFolder folder_;
};

}  // namespace

TEST_CASE("drop-evidence drops messages through a position, and the log is still proved",
          "[drop]") {
  const DroppingLog log;
  REQUIRE(log.holds("message 7\r\n"));
  const Ran ran = log.drop({"--through", "7", "--why", "kept for 30 days"});
  CHECK(ran.status == 0);
  CHECK_THAT(ran.out, contains("dropped 7 messages, through position 7\n"));
  CHECK_THAT(ran.out, contains("log head: position 19, hash " +
                               digest::to_hex(log::Reader{log.path()}.head().hash)));
  CHECK(log.messages() == 11);
  CHECK_FALSE(log.holds("message 7\r\n"));
  CHECK(log.holds("message 8\r\n"));
  CHECK_THAT(log::Reader{log.path()}.at(19)->data, contains("kept for 30 days"));
  const Ran verified = run("dialog-replay", {"verify", "--db", log.path().string()});
  CHECK_THAT(verified.out, contains("ok: 20 events, 11 messages (7 dropped by retention)"));
  const Ran again = log.drop({"--through", "7", "--why", "again"});
  CHECK(again.status == 0);
  CHECK_THAT(again.out, contains("nothing to drop") && contains("position 19"));
}

TEST_CASE("drop-evidence drops what was recorded before a time", "[drop]") {
  const DroppingLog log;
  const Instant fifth = to_instant(log::Reader{log.path()}.at(5)->recorded_at);
  CHECK(log.drop({"--before", "2000-01-01", "--why", "old"}).status == 0);
  CHECK(log.messages() == 18);
  const Ran ran = log.drop({"--before", text::rfc3339(fifth), "--why", "old"});
  CHECK_THAT(ran.out, contains("dropped 4 messages, through position 4\n"));
}

TEST_CASE("drop-evidence refuses what makes no sense, and a log that is being written", "[drop]") {
  const DroppingLog log;
  using Case = std::pair<std::vector<std::string>, std::string>;
  const std::vector<Case> cases{{{"--through", "7"}, "--why"},
                                {{"--through", "7", "--why", ""}, "reason"},
                                {{"--why", "x"}, "--before"},
                                {{"--before", "2026-01-01", "--through", "7", "--why", "x"}, "--"},
                                {{"--before", "soon", "--why", "x"}, "is not a time"},
                                {{"--through", "-1", "--why", "x"}, "whole number"},
                                {{"--through", "19", "--why", "x"}, "ends at position 18"}};
  for (const auto& [arguments, complaint] : cases) {
    const Ran ran = log.drop(arguments);
    CAPTURE(complaint, ran.err);
    CHECK(ran.status == 2);
    CHECK_THAT(ran.err, contains(complaint));
  }
  {
    const SampleLog recorder_at_work{log.path()};
    const Ran ran = log.drop({"--through", "7", "--why", "x"});
    CHECK(ran.status == 3);
    CHECK_THAT(ran.err, contains("is being written by process"));
  }
  CHECK(log.messages() == 18);
  const std::string none = log.path().string() + ".none";
  CHECK(run("dialog-recorder", {"drop-evidence", "--db", none, "--through", "7", "--why", "x"})
            .status == 3);
  CHECK_FALSE(std::filesystem::exists(none));
}

TEST_CASE("drop-evidence lets a killed recorder's blindness begin where it was killed", "[drop]") {
  const DroppingLog log;
  std::int64_t last = 0;
  {
    SampleLog killed{log.path()};
    Event link;
    link.type = EventType::link_up;
    link.server = "10.0.0.1:9022";
    killed.append(link);
    last = killed.log().head().recorded_at;
  }
  REQUIRE(log.drop({"--through", "7", "--why", "old"}).status == 0);
  const auto down = log::Reader{log.path()}.at(20);
  REQUIRE(down);
  CHECK(down->type == "link-down");
  CHECK(down->occurred_at == last);
}
