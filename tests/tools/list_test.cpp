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
