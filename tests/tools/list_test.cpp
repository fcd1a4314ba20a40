// dialog-replay list: how calls went, and which legs are one call.
#include "catch.hpp"
#include "tools/replayed.hpp"

#include <boost/json.hpp>

#include <cstdlib>

using namespace drachtio;
using namespace drachtio::test;

TEST_CASE("list tells how a call went, in a word and by Q.850 cause, and selects by both") {
  const Log log;
  {
    SampleLog sample{log.path()};
    Event busy;
    busy.type = EventType::rejected;
    busy.dialog = sample.call("busy@example.com", 40, 1);
    busy.cause = Cause::rejected;
    busy.status = 486;
    busy.q850_cause = 17;
    busy.occurred_at = at_second(41);
    sample.append(busy);
  }
  const Ran json = log.replay({"list", "--json", "--disposition", "busy", "--q850", "17"});
  REQUIRE(lines(json.out) == 1);
  const auto row = boost::json::parse(json.out).as_object();
  CHECK(row.at("disposition") == "busy");
  CHECK(row.at("q850_cause") == 17);
  const Ran others = log.replay({"list", "--json", "--disposition", "answered"});
  CHECK(lines(others.out) == 2);
  CHECK(has(others.out, "\"q850_cause\":null"));
  CHECK(has(log.replay({"list", "--csv"}).out, ",reason,q850_cause"));
  CHECK(has(log.replay({"list", "--q850", "17"}).out, "rejected    17  10.0.0.1:9022"));
  const Ran unknown = log.replay({"list", "--disposition", "bored\x1b"});
  CHECK(unknown.status == 2);
  CHECK(has(unknown.err, "\"bored\\x1B\" is not one of answered, active, busy, no-answer, "));
  CHECK(log.replay({"list", "--q850", "128"}).status == 2);
  CHECK(log.replay({"list", "--q850", "x"}).status == 2);
}

TEST_CASE("list shows the columns that are asked for, in each format") {
  const Log log;
  const std::string columns = "callee,start_time,leg,caller_name";
  const Ran csv = log.replay({"list", "--columns", columns, "--csv", "--limit", "1"});
  CHECK(csv.out ==
        "callee,start_time,leg,caller_name\r\n"
        "callee-first@example.com,2026-01-01T00:00:10.000000Z,1,\r\n");
  CHECK(log.replay({"list", "--columns", columns, "--limit", "1"}).out.starts_with("callee  "));
  const Ran json = log.replay({"list", "--columns", columns, "--json", "--last", "1"});
  CHECK(json.out ==
        "{\"callee\":null,\"start_time\":\"2026-01-01T00:00:30.000000Z\",\"leg\":1,"
        "\"caller_name\":\"a \\\"quoted\\\", name\"}\n");
  const Ran unknown = log.replay({"list", "--columns", "callee,colour\x1b"});
  CHECK(unknown.status == 2);
  CHECK(has(unknown.err, "\"colour\\x1B\" is not one of server, call_id, "));
}

TEST_CASE("list --problems shows which rules name a call, and leaves out those that none names") {
  const Log log;
  const Ran table = log.replay({"list", "--problems"});
  CHECK(has(table.out, "talk s  problems "));
  CHECK(has(table.out, "short-call"));
  CHECK_FALSE(has(table.out, "evil"));
  CHECK(has(log.replay({"list", "--problems", "--json"}).out, "\"problems\":[\"short-call\""));
  CHECK(has(log.replay({"list", "--problems", "--csv"}).out, ",problems,"));
  const Ran column = log.replay({"list", "--columns", "call_id,problems", "--csv"});
  CHECK(has(column.out, "short-call"));
  CHECK(has(column.out, "evil"));
}

TEST_CASE("list says which of its conditions makes no sense") {
  const Log log;
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"--last", "x"},
                                             {"--last", "1", "--limit", "1"},
                                             {"--min-talk", "-1"},
                                             {"--max-talk", "nan"},
                                             {"--number", ""},
                                             {"--role", "both"}}) {
    CAPTURE(wrong);
    std::vector<std::string> arguments{"list"};
    arguments.insert(arguments.end(), wrong.begin(), wrong.end());
    CHECK(log.replay(arguments).status == 2);
  }
}

TEST_CASE("Of seconds that are no number it is said what was given, and what can be") {
  const Log log;
  const auto& [option, complaint] = GENERATE(table<std::string, std::string>(
      {{"list --min-talk", "is not a number of seconds from 0 to 1000000000"},
       {"list --max-talk", "is not a number of seconds from 0 to 1000000000"},
       {"sql --timeout", "is not a number of seconds from 0.001 to 1000000"}}));
  const std::size_t space = option.find(' ');
  for (const char* given : {"soon", "-1", "nan", "1s"}) {
    const Ran ran =
        log.replay({option.substr(0, space), option.substr(space + 1) + '=' + given, "SELECT 1"});
    CAPTURE(option, given, ran.err);
    CHECK(ran.status == 2);
    CHECK(has(ran.err, '"' + std::string{given} + "\" " + complaint));
  }
}

TEST_CASE("CSV shows what a spreadsheet would calculate as text") {
  const Log log;
  const auto& [value, shown] = GENERATE(table<std::string, std::string>({{"=1+1", "'=1+1"},
                                                                         {"@SUM(A1)", "'@SUM(A1)"},
                                                                         {"+cmd", "'+cmd"},
                                                                         {"-", "'-"},
                                                                         {"+4930", "+4930"},
                                                                         {"-1.5", "-1.5"},
                                                                         {"a=1", "a=1"},
                                                                         {"", ""}}));
  const Ran ran = log.replay({"sql", "--csv", "SELECT '" + value + "' AS x, 1 AS y"});
  CHECK(ran.out == "x,y\r\n" + shown + ",1\r\n");
  CHECK(log.replay({"sql", "--csv", "SELECT char(9) || '=1' AS x"}).out == "x\r\n'\t=1\r\n");
  CHECK(log.replay({"sql", "--csv", "SELECT char(13) || '=1' AS x"}).out == "x\r\n'\\r=1\r\n");
}

TEST_CASE("list and show make plain which legs are one call") {
  const Log log;
  {
    SampleLog sample{log.path()};
    sample.call("forked@example.com", 40);
    sample.call("forked@example.com", 41, 2);
    sample.call("used-again@example.com", 50);
    sample.call("used-again@example.com", 1000);
  }
  const Ran table = log.replay({"list"});
  CHECK(has(table.out, "Z  1/2  uas   caller-forked"));
  CHECK(has(table.out, "Z  2/2  uas   caller-forked"));
  CHECK(has(table.out, "Z       uas   caller-used-again"));
  const Ran json = log.replay({"list", "--json", "--caller", "*forked*", "--active"});
  const auto row = boost::json::parse(json.out).as_object();
  CHECK(row.at("leg") == 2);
  CHECK(row.at("legs") == 2);
  CHECK(has(log.replay({"list", "--json", "--caller", "*again*"}).out, "\"leg\":1,\"legs\":1}"));
  CHECK(has(log.replay({"list", "--csv"}).out, ",q850_cause,leg,legs"));

  const Ran forked = log.replay({"show", "forked@example.com"});
  CHECK(forked.out.starts_with("2 legs of call forked@example.com on 10.0.0.1:9022\n\nleg  role"));
  const std::size_t overview = forked.out.find("192.0.2.1:5060  active");
  const std::size_t first = forked.out.find("\nLeg 1 of 2\nCall forked@example.com\n");
  const std::size_t second = forked.out.find("\nLeg 2 of 2\nCall forked@example.com\n");
  CHECK(overview != std::string::npos);
  CHECK(overview < first);
  CHECK(first < second);
  CHECK(second != std::string::npos);
  const Ran events = log.replay({"show", "forked@example.com", "--json"});
  CHECK(lines(events.out) == 6 + 2);
  CHECK(has(events.out, "\"leg\":2,\"legs\":2,"));

  const Ran again = log.replay({"show", "used-again@example.com"});
  CHECK(again.out.starts_with("Call used-again@example.com\n"));
  CHECK_FALSE(has(again.out, "Leg "));
  CHECK_FALSE(has(again.out, "legs"));
}

TEST_CASE("times are read and printed in UTC, or in local time if asked for") {
  const Log log;
  {
    SampleLog sample{log.path()};
    Event link;
    link.server = "10.0.0.1:9022";
    for (const EventType type : {EventType::link_up, EventType::link_down, EventType::link_up}) {
      link.type = type;
      link.occurred_at = at_second(100);
      sample.append(link);
    }
  }
  ::setenv("TZ", "CET-1", 1);
  const std::string local = "2026-01-01T01:00:10.000000+01:00";
  const std::string utc = "2026-01-01T00:00:10.000000Z";
  const std::vector<std::vector<std::string>> tables{{"list"},
                                                     {"show", "first@example.com"},
                                                     {"show", "first@example.com", "--messages"},
                                                     {"state", "--at", "2026-01-01T00:00:12Z"},
                                                     {"tail", "--from", "0"}};
  for (std::vector<std::string> command : tables) {
    CAPTURE(command);
    CHECK(has(log.replay(command).out, utc));
    command.emplace_back("--local-time");
    const Ran ran = log.replay(command);
    CHECK(has(ran.out, local));
    CHECK_FALSE(has(ran.out, "0000Z"));
  }
  CHECK(has(log.replay({"gaps", "--local-time"}).out, "2026-01-01T01:01:40.000000+01:00"));
  for (const char* command : {"list", "gaps"}) {
    CAPTURE(command);
    CHECK(has(log.replay({command, "--json", "--local-time"}).out, "0000Z"));
    CHECK(has(log.replay({command, "--csv"}).out, "0000Z"));
    const Ran csv = log.replay({command, "--csv", "--local-time"});
    CHECK(has(csv.out, "0000+01:00"));
    CHECK_FALSE(has(csv.out, "0000Z"));
  }
  const std::vector<std::string> since{"list", "--json", "--since", "2026-01-01 01:00:20"};
  CHECK(lines(log.replay(since).out) == 0);
  std::vector<std::string> local_since = since;
  local_since.emplace_back("--local-time");
  CHECK(lines(log.replay(local_since).out) == 2);
  CHECK(log.replay({"list", "--utc", "--local-time"}).status == 2);
  ::unsetenv("TZ");
}

TEST_CASE(
    "a time may be so long ago, and one that is none is shown with examples of those that are") {
  const Log log;
  const auto listed = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"list", "--json"});
    const Ran ran = log.replay(arguments);
    CHECK(ran.status == 0);
    return lines(ran.out);
  };
  CHECK(listed({"--until", "-1h", "--since", "-3652d"}) == 3);
  CHECK(listed({"--since=-1h"}) == 0);
  CHECK(listed({"--until", "now"}) == 3);
  CHECK(listed({"--until", "yesterday"}) == 3);
  CHECK(log.replay({"state", "--at", "-30m"}).status == 0);
  for (const char* option : {"--since", "--until"}) {
    const Ran ran = log.replay({"list", option, "half past\x1b"});
    CHECK(ran.status == 2);
    CHECK(has(ran.err, std::string{option} + ": \"half past\\x1B\" is not a time"));
    for (const char* example : {"T18:39:32Z", "+01:00", "2026-11-22,", "'2026-11-22 18:39'",
                                "today", "yesterday", "now", "-30m", "-1h", "-7d"}) {
      CHECK(has(ran.err, example));
    }
  }
}
