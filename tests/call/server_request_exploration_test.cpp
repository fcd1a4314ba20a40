// Every order of what a server, a caller, a link and a program can do to a call in: the rules hold
// in each state, and whatever has come, everybody is told.
#include "call/answer_world.hpp"
#include "catch.hpp"

using namespace drachtio;
using test::answer_world::Bounds;
namespace answer_world = drachtio::test::answer_world;

namespace {

// Returns how many kinds of events came.
std::size_t explore_call_in(const Bounds& bounds) {
  const test::Explored explored = answer_world::explore(bounds);
  CAPTURE(explored.states, explored.steps);
  CHECK(test::shown(explored) == "no rule is broken");
  return explored.events.size();
}

}  // namespace

TEST_CASE("Exploration: a call in that is answered, whatever comes in whatever order") {
  CHECK(explore_call_in({.hands_on = 0}) == answer_world::names.size() - 2);
}

TEST_CASE("Exploration: a call in that is handed on, whatever comes in whatever order") {
  CHECK(explore_call_in({.reliable = 0}) == answer_world::names.size() - 3);
}

TEST_CASE("Exploration: a call in whose program acts when it is told, whatever comes") {
  using test::answer_world::Reaction;
  const Reaction reaction = GENERATE(Reaction::accepts, Reaction::refuses, Reaction::rings,
                                     Reaction::hands_on, Reaction::ends);
  CAPTURE(int(reaction));
  explore_call_in({.rings = 0, .refuses = 0, .hands_on = 0, .reaction = reaction});
}

TEST_CASE("Exploration: a call in that rings reliably twice, whatever comes in whatever order") {
  explore_call_in({.rings = 0, .reliable = 2, .refuses = 0, .hands_on = 0});
}

TEST_CASE("Exploration: a call in whose link is lost twice, whatever comes in whatever order") {
  explore_call_in(
      {.reliable = 0, .accepts = 2, .refuses = 0, .hands_on = 0, .refused = 2, .links_lost = 2});
}

TEST_CASE("Exploration: a call in, deeper", "[slow]") { explore_call_in({}); }

TEST_CASE("Exploration: a call in that rings reliably twice, deeper", "[slow]") {
  explore_call_in({.reliable = 2, .hands_on = 0});
}

TEST_CASE("Exploration: a call in whose link is lost twice, deeper", "[slow]") {
  explore_call_in({.rings = 0, .accepts = 2, .hands_on = 0, .refused = 2, .links_lost = 2});
}
