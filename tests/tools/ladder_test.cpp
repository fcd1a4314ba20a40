// dialog-replay ladder as its user meets it.
#include "capture_file.hpp"
#include "catch.hpp"
#include "record/frames.hpp"
#include "tools/replayed.hpp"

#include <boost/json.hpp>

#include <fstream>
#include <iterator>
#include <sstream>

using namespace drachtio;
using namespace drachtio::test;

namespace {

// The ladder of each call in a capture, in order of start.
std::string ladders(const std::filesystem::path& capture, const std::string& width) {
  const ScratchFolder folder;
  const std::string db = (folder / "calls.db").string();
  REQUIRE(
      run("dialog-recorder", {"import", "--db", db, "--server", "pbx", capture.string()}).status ==
      0);
  std::istringstream calls{run("dialog-replay", {"list", "--db", db, "--json"}).out};
  std::vector<std::string> known;
  std::string all;
  for (std::string line; std::getline(calls, line);) {
    const std::string call_id{boost::json::parse(line).at("call_id").as_string()};
    if (std::ranges::find(known, call_id) != known.end()) continue;
    known.push_back(call_id);
    const Ran ran = run("dialog-replay", {"ladder", "--db", db, call_id, "--width", width});
    CHECK(ran.status == 0);
    all += ran.out + '\n';
  }
  return all;
}

std::string stored(const std::string& name) {
  std::ifstream file{std::string{DRACHTIO_TEST_LADDERS} + "/" + name + ".txt"};
  return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

TEST_CASE("ladder draws each recorded capture as it was looked at and kept") {
  const std::string name = GENERATE(from_range(capture_names()));
  CAPTURE(name);
  CHECK(ladders(capture_path(name), "100") == stored(name));
}

TEST_CASE("ladder draws rough traffic as it was looked at and kept") {
  const std::string name =
      GENERATE("fork-parallel-503-first", "proxy-cancels-the-other-branch",
               "program-died-then-again", "cancel-reason", "h12", "skew-486-after-invite2",
               "challenged-twice-then-retried", "hostile", "repeated-and-missing");
  CAPTURE(name);
  CHECK(ladders(std::string{DRACHTIO_TEST_CASES} + "/" + name + ".jsonl", "80") == stored(name));
}

TEST_CASE("ladder stays readable for 200 messages, wide names and 60 columns") {
  const std::string name = "two-hundred-messages";
  CHECK(ladders(std::string{DRACHTIO_TEST_CASES} + "/" + name + ".jsonl", "60") == stored(name));
}

TEST_CASE("ladder fits a narrow terminal, and ASCII") {
  const Log log;
  const Ran narrow = log.replay({"ladder", "first@example.com", "--width", "60", "--ascii"});
  CHECK(narrow.status == 0);
  std::istringstream lines{narrow.out};
  for (std::string line; std::getline(lines, line);) {
    CHECK(line.size() <= 60);
    CHECK(std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; }));
  }
}

TEST_CASE("ladder shows a part of a call, and says where there is none") {
  const Log log;
  CHECK(lines(log.replay({"ladder", "first@example.com", "--from", "2", "--to", "3"}).out) <
        lines(log.replay({"ladder", "first@example.com"}).out));
  const Ran none = log.replay({"ladder", "first@example.com", "--from", "9999"});
  CHECK(none.status == 1);
  CHECK(none.out.empty());
  CHECK(none.err == "the call has no event at these positions\n");
}

TEST_CASE("ladder says what it cannot do") {
  const Log log;
  CHECK(log.replay({"ladder", "nobody"}).status == 1);
  CHECK(log.replay({"ladder", "example.com"}).status == 1);  // two calls have it
  CHECK(log.replay({"ladder"}).status == 2);
  CHECK(log.replay({"ladder", ""}).status == 2);
  CHECK(log.replay({"ladder", "first@example.com", "--width", "10"}).status == 2);
  CHECK(log.replay({"ladder", "first@example.com", "--from", "x"}).status == 2);
}

TEST_CASE("ladder sends no colours into a file, and no control character anywhere") {
  const Log log;
  for (const char* call : {"first@example.com", "evil"}) {
    CHECK_FALSE(has(log.replay({"ladder", call}).out, "\x1b"));
  }
}

namespace {

// An INVITE that the server sends for a program, as a call record tells it.
std::string sent_attempt(const std::string& text) {
  return "id|cdr:attempt|application|12:00:00.500000\r\n" + text;
}

Ran related(const std::filesystem::path& db, const std::string& call) {
  return run("dialog-replay", {"ladder", "--db", db.string(), call, "--related"});
}

}  // namespace

TEST_CASE(
    "ladder --related puts calls side by side that name one another, whichever is asked for") {
  const ScratchFolder folder;
  {
    auto ledger = open_ledger(folder / "calls.db");
    ledger.frame(from_server(sip_frame(invite_text("one@x"))));
    ledger.frame(from_server(sip_frame(invite_text("two@x", "X-Call-ID: one@x\r\n"))));
    ledger.frame(from_server(sip_frame(invite_text("three@x", "Replaces: two@x;to-tag=1\r\n"))));
    ledger.frame(from_server(sip_frame(invite_text("other@x"))));
    ledger.commit();
  }
  for (const char* call : {"one@x", "two@x", "three@x"}) {
    CAPTURE(call);
    const Ran ran = related(folder / "calls.db", call);
    CHECK(ran.status == 0);
    for (const char* one : {"Call one@x", "Call two@x", "Call three@x"}) CHECK(has(ran.out, one));
    CHECK_FALSE(has(ran.out, "other@x"));
    CHECK_FALSE(has(ran.out, "inferred"));
  }
  CHECK(has(related(folder / "calls.db", "two@x").out, "(named by its X-Call-ID)"));
  CHECK(has(related(folder / "calls.db", "one@x").out, "(names it in X-Call-ID)"));
  CHECK_FALSE(
      has(run("dialog-replay", {"ladder", "--db", (folder / "calls.db").string(), "one@x"}).out,
          "two@x"));
}

TEST_CASE("ladder --related infers the other leg of a call that names none, and says so") {
  const ScratchFolder folder;
  {
    auto ledger = open_ledger(folder / "calls.db");
    ledger.frame(from_server(attempt_frame(invite_text("in@x"))));
    ledger.frame(from_server(sent_attempt(invite_text("out@y"))));
    std::string unlike = invite_text("unlike@y");
    for (const char* user : {"ann@", "bob@"}) {
      for (auto at = unlike.find(user); at != std::string::npos; at = unlike.find(user)) {
        unlike.replace(at, 3, "cid");
      }
    }
    ledger.frame(from_server(sent_attempt(unlike)));
    ledger.commit();
  }
  for (const auto& [call, other] : {std::pair{"in@x", "out@y"}, std::pair{"out@y", "in@x"}}) {
    CAPTURE(call);
    const Ran ran = related(folder / "calls.db", call);
    CHECK(ran.status == 0);
    CHECK(has(ran.out, std::string{"Call "} + other));
    CHECK(has(ran.out, "(inferred from its time and its numbers)"));
    CHECK_FALSE(has(ran.out, "unlike"));
  }
}

TEST_CASE("ladder shows where the recorder was blind while the call was up") {
  const ScratchFolder folder;
  {
    record::Writer writer{folder / "calls.db", {}};
    writer.link_up("pbx", "");
    writer.frame(from_server(sip_frame(invite_text("c@x"))));
    writer.link_down("pbx", "connection reset");
    writer.link_up("pbx", "");
    CHECK(writer.stop());
  }
  const Ran ran = run("dialog-replay", {"ladder", "--db", (folder / "calls.db").string(), "c@x"});
  CHECK(has(ran.out, "recorder blind"));
  CHECK(has(ran.out, "connection reset"));
}
