// dialog-replay list: how calls went, and which legs are one call.
#include "catch.hpp"
#include "tools/replayed.hpp"

#include <boost/json.hpp>

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
