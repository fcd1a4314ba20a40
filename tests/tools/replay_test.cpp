// dialog-replay as its user meets it: what it prints, and its exit status.
#include "catch.hpp"
#include "tools/replayed.hpp"

#include <boost/json.hpp>

#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

using namespace drachtio;
using namespace drachtio::test;

TEST_CASE("list filters, and shows control characters escaped") {
  const Log log;
  CHECK(lines(log.replay({"list"}).out) == 2 + 3);
  CHECK(lines(log.replay({"list", "--csv"}).out) == 1 + 3);
  CHECK(lines(log.replay({"list", "--json", "--active"}).out) == 1);
  CHECK(lines(log.replay({"list", "--json", "--caller", "caller-f*"}).out) == 1);
  CHECK(lines(log.replay({"list", "--json", "--until", "2026-01-01T00:00:20Z"}).out) == 1);
  for (const char* format : {"--csv", "--json", "--limit=9"}) {
    CHECK_FALSE(has(log.replay({"list", format}).out, "\x1b"));
  }
  CHECK(has(log.replay({"list", "--csv"}).out, "\"a \"\"quoted\"\", name\""));
  CHECK(log.replay({"list", "--since", "tomorrow"}).status == 2);
  CHECK(log.replay({"list", "--cause", "boredom"}).status == 2);
  CHECK(log.replay({"list", "--csv", "--json"}).status == 2);
}

TEST_CASE("no control character of any kind is printed, in whatever form") {
  const Log log;
  {
    SampleLog sample{log.path()};
    Event evil;
    Opening opening;
    opening.server = "10.0.0.1:9022\x7F";
    opening.call_id =
        "c1\xC2\x9B"
        "2J";
    opening.dialog_id = opening.call_id + ";from-tag=\x7F";
    opening.calling_party.display = "\xC2\x80\xC2\x9F\u202E";
    evil.type = EventType::invited;
    evil.opening = opening;
    evil.occurred_at = at_second(40);
    sample.append(evil);
    Event patch;
    patch.type = EventType::session_set;
    patch.dialog = sample.log().head().position;
    patch.patch = "{\"a\":\"\xC2\x9B\"}";
    patch.occurred_at = at_second(41);
    sample.append(patch);
  }
  const std::vector<std::vector<std::string>> commands{
      {"list", "--json"},
      {"list", "--csv"},
      {"list"},
      {"show", "c1", "--json", "--messages"},
      {"show", "c1", "--messages"},
      {"show", "c1"},
      {"tail", "--json"},
      {"tail"},
      {"state", "--position", "15", "--json"},
      {"state", "--position", "15"},
      {"sql", "SELECT data, data AS \"\xC2\x9B\" FROM event ORDER BY position DESC", "--json"},
      {"sql", "SELECT data FROM event ORDER BY position DESC"},
      {"sql", "SELECT data FROM event ORDER BY position DESC", "--csv"}};
  for (const auto& command : commands) {
    const Ran ran = log.replay(command);
    CAPTURE(command, ran.out, ran.err);
    CHECK(ran.status == 0);
    CHECK((has(ran.out, "\\u009b") || has(ran.out, "\\xC2\\x9B")));
    CHECK_FALSE(has(ran.out, "\xC2\x9B"));
    CHECK_FALSE(has(ran.out, "\xC2\x80"));
    CHECK_FALSE(has(ran.out, "\u202E"));
    CHECK_FALSE(has(ran.out, "\x7F"));
  }
  CHECK(log.replay({"verify"}).status == 0);
}

TEST_CASE("a table's columns stand below each other, whatever script a name is written in") {
  const Log log;
  // Thirteen columns each: wide characters take two, a combining accent none.
  const Ran ran =
      log.replay({"sql",
                  "SELECT column1 AS name, column2 AS next FROM (VALUES ('abcdefghijklm', 1), "
                  "('\u5f20\u4e09\u674e\u56db\u738b\u4e94x', 2), ('\ud55c\uad6d\uc5b4 abcdef', 3), "
                  "('Rene\u0301 abcdefgh', 4), ('\u00e9\u00df\u0416\u05d0jklmnopqr', 5))"});
  CHECK(ran.out ==
        "name           next\n"
        "-------------  ----\n"
        "abcdefghijklm  1\n"
        "\u5f20\u4e09\u674e\u56db\u738b\u4e94x  2\n"
        "\ud55c\uad6d\uc5b4 abcdef  3\n"
        "Rene\u0301 abcdefgh  4\n"
        "\u00e9\u00df\u0416\u05d0jklmnopqr  5\n");
}

TEST_CASE("a lost call is told with what made it so") {
  const Log log;
  {
    SampleLog sample{log.path()};
    Event lost;
    lost.type = EventType::lost;
    lost.dialog = sample.call("third@example.com", 40, 1);
    lost.cause = Cause::lost;
    lost.reason = "neither answered nor ended within 300 s";
    lost.occurred_at = at_second(400);
    sample.append(lost);
  }
  const Ran text = log.replay({"tail"});
  CHECK(has(text.out, "lost            neither answered nor ended within 300 s"));
  CHECK(has(log.replay({"tail", "--json"}).out,
            "\"what\":\"neither answered nor ended within 300 s\""));
}

TEST_CASE("show finds a call by its ids or a part that only it has") {
  const Log log;
  for (const char* call : {"first@example.com", "first@example.com;from-tag=caller-tag", "first"}) {
    const Ran ran = log.replay({"show", call});
    INFO(ran.out << ran.err);
    CHECK(ran.status == 0);
    CHECK(has(ran.out, "200 OK to INVITE") == false);  // no phrase in the sample
    CHECK(has(ran.out, "200 to INVITE"));
    CHECK(has(ran.out, "state pending -> stable"));
  }
  const Ran ambiguous = log.replay({"show", "@example.com"});
  CHECK(ambiguous.status == 1);
  CHECK(ambiguous.out.empty());
  CHECK(has(ambiguous.err, "second@example.com;from-tag=caller-tag"));
  CHECK(log.replay({"show", "third"}).status == 1);

  const Ran messages = log.replay({"show", "first", "--messages"});
  CHECK(has(messages.out, "      | message 1\n"));
  const Ran json = log.replay({"show", "second", "--json", "--messages"});
  CHECK(lines(json.out) == 6);
  std::istringstream stream{json.out};
  for (std::string line; std::getline(stream, line);) {
    const auto object = boost::json::parse(line).as_object();
    CHECK(object.at("message").as_object().contains("text"));
    CHECK(object.contains("changed"));
  }
  CHECK_FALSE(has(log.replay({"show", "evil"}).out, "\x1b"));
}

TEST_CASE("state wants one moment, and shows what was open then") {
  const Log log;
  CHECK(log.replay({"state"}).status == 2);
  CHECK(log.replay({"state", "--at", "2026-01-01", "--position", "1"}).status == 2);
  const Ran then = log.replay({"state", "--at", "2026-01-01 00:00:13", "--json"});
  CHECK(then.status == 0);
  REQUIRE(lines(then.out) == 1);
  const auto dialog = boost::json::parse(then.out).as_object();
  CHECK(dialog.at("state") == "stable");
  CHECK(dialog.at("events").as_array().size() == 4);
  CHECK(lines(log.replay({"state", "--position", "2", "--json"}).out) == 1);
  CHECK(lines(log.replay({"state", "--position", "8", "--json"}).out) == 0);
  CHECK(log.replay({"state", "--position", "13"}).status == 0);
  const Ran beyond = log.replay({"state", "--position", "14"});
  CHECK(beyond.status == 1);
  CHECK(beyond.out.empty());
  CHECK(has(beyond.err, "the log has no position 14: it ends at 13"));
}

TEST_CASE("tail prints the last ten, or from a position on, and follows until interrupted") {
  const Log log;
  CHECK(lines(log.replay({"tail"}).out) == 10);
  CHECK(lines(log.replay({"tail", "--from", "0", "--json"}).out) == 14);
  const auto followed = log / "followed";
  const int pid =
      start("dialog-replay", {"tail", "--follow", "--db", log.path().string()}, followed);
  const auto grown_to = [&](std::size_t wanted) {
    std::size_t there = 0;
    return comes_true([&] {
             std::ostringstream text;
             text << std::ifstream{followed}.rdbuf();
             there = lines(text.str());
             return there >= wanted;
           }) &&
           there == wanted;
  };
  CHECK(grown_to(10));
  {
    SampleLog sample{log.path()};
    sample.call("third@example.com", 40);
  }
  CHECK(grown_to(16));
  ::kill(pid, SIGINT);
  CHECK(wait_for(pid) == 0);
}

TEST_CASE("verify, rebuild and backup tell by their status how it went") {
  const Log log;
  const Ran right = log.replay({"verify"});
  CHECK(right.status == 0);
  CHECK(has(right.out, "ok: 14 events, 13 messages, 3 dialogs (1 open); head 13 "));
  CHECK(right.err.empty());  // no progress in a pipe
  const std::string head = right.out.substr(right.out.size() - 65, 64);
  CHECK(log.replay({"verify", "--head", head}).status == 0);
  CHECK(log.replay({"verify", "--head", std::string(64, '0')}).status == 1);
  CHECK(log.replay({"verify", "--head", "13:" + head}).status == 0);
  const Ran elsewhere = log.replay({"verify", "--head", "12:" + head});
  CHECK(elsewhere.status == 1);
  CHECK(has(elsewhere.out, "head: position 12 does not have the noted hash, but "));
  const Ran beyond = log.replay({"verify", "--head", "14:" + head});
  CHECK(beyond.status == 1);
  CHECK(has(beyond.out, "head: position 14 is not in the log"));
  for (const std::string& none : std::vector<std::string>{
           "12", "13:12", ":" + head, "-1:" + head, "1x:" + head, "99999999999999999999:" + head}) {
    INFO(none);
    CHECK(log.replay({"verify", "--head", none}).status == 2);
  }

  CHECK(log.replay({"backup", (log / "copy.db").string()}).status == 0);
  CHECK(run("dialog-replay", {"--db", (log / "copy.db").string(), "verify"}).out == right.out);
  CHECK(log.replay({"backup", (log / "copy.db").string()}).status == 3);

  forge(log.path(), "UPDATE dialog SET called_user = 'somebody else'");
  const Ran wrong = log.replay({"verify"});
  CHECK(wrong.status == 1);
  CHECK(
      has(wrong.out, "dialog 1: called_user is \"somebody else\", but its events give \"callee-"));
  CHECK(log.replay({"rebuild"}).status == 0);
  CHECK(log.replay({"verify"}).out == right.out);
  {
    const SampleLog writer{log.path()};
    CHECK(log.replay({"rebuild"}).status == 3);
  }
}

TEST_CASE("what cannot be opened is status 3, and is not made") {
  const ScratchFolder folder;
  const std::string missing = (folder / "missing.db").string();
  const std::string garbage = (folder / "garbage.db").string();
  const std::string empty = (folder / "empty.db").string();
  std::ofstream{garbage} << std::string(5000, 'x');
  std::ofstream{empty}.close();
  for (const std::string& db : {missing, garbage, empty}) {
    for (const char* command : {"list", "verify", "rebuild", "tail", "gaps"}) {
      INFO(command << ' ' << db);
      const Ran ran = run("dialog-replay", {command, "--db", db});
      CHECK(ran.status == 3);
      CHECK_FALSE(ran.err.empty());
    }
  }
  CHECK_FALSE(std::filesystem::exists(missing));
  CHECK(std::filesystem::file_size(empty) == 0);
  CHECK(run("dialog-replay", {}).status == 2);
  CHECK(run("dialog-replay", {"list"}).status == 2);
  CHECK(run("dialog-replay", {"list", "--help"}).status == 0);
}

TEST_CASE("a number that is none, or none that fits, is told in short") {
  const Log log;
  const std::vector<std::vector<std::string>> options{
      {"list", "--limit"}, {"tail", "--from"}, {"state", "--position"}};
  for (const auto& option : options) {
    for (const char* number : {"-1", "99999999999999999999", "9223372036854775808", "1.5", "x"}) {
      const Ran ran = log.replay({option[0], option[1], number});
      CAPTURE(option, number, ran.err);
      CHECK(ran.status == 2);
      CHECK(has(ran.err, "\"" + std::string{number} +
                             "\" is not a whole number from 0 to 9223372036854775807"));
    }
    const bool beyond = option[0] == "state";  // the log does not go so far
    CHECK(log.replay({option[0], option[1], "9223372036854775807"}).status == (beyond ? 1 : 0));
  }
  CHECK(log.replay({"sql", "--timeout", "nan", "SELECT 1"}).status == 2);
}

TEST_CASE("a word that is no subcommand is named") {
  for (const char* program : {"dialog-replay", "dialog-recorder"}) {
    const Ran bogus = run(program, {"bogus"});
    CHECK(bogus.status == 2);
    CHECK(has(bogus.err, "There is no subcommand \"bogus\""));
    CHECK(has(run(program, {"--bogus"}).err, "There is no option \"--bogus\""));
    const Ran version = run(program, {"--version"});
    CHECK(version.status == 0);
    CHECK(version.out.starts_with(std::string{program} + " 0."));
  }
}
