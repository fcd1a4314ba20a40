// Every order of what can become of a call whose link or program goes away: the rules hold in each
// state, and whatever has come, the log knows in the end what is so.
#include "call/recovery_world.hpp"
#include "catch.hpp"

using namespace drachtio;
using test::recovery_world::Scene;
namespace recovery_world = drachtio::test::recovery_world;

namespace {

void explore_recovery(const Scene& scene) {
  const test::Explored explored = recovery_world::explore(scene);
  CAPTURE(explored.states, explored.steps);
  CHECK(test::shown(explored) == "no rule is broken");
  CHECK(explored.states > 40);
}

}  // namespace

TEST_CASE("Exploration: a call out that is not answered, whose link or program goes away") {
  explore_recovery({});
}

TEST_CASE("Exploration: a call out whose 2xx came, whose link or program goes away") {
  explore_recovery({.answered = true});
}

TEST_CASE("Exploration: a call out whose 2xx offers, whose link or program goes away") {
  explore_recovery({.answered = true, .late_offer = true});
}

TEST_CASE("Exploration: a call out that was given up and answered, whose link goes away") {
  explore_recovery({.answered = true, .given_up = true});
  explore_recovery({.answered = true, .acknowledged = true, .given_up = true});
}

TEST_CASE("Exploration: a call that is up, whose link or program goes away") {
  const Role role = GENERATE(Role::uac, Role::uas);
  const bool may_probe = GENERATE(true, false);
  explore_recovery({.role = role, .answered = true, .acknowledged = true, .may_probe = may_probe});
}

TEST_CASE("Exploration: a call in that is not answered, whose link goes away") {
  const bool rings = GENERATE(false, true);
  explore_recovery({.role = Role::uas, .rings = rings, .links_lost = 1, .deaths = 0});
}

TEST_CASE("Exploration: a call in that is not answered, whose program goes away") {
  const bool rings = GENERATE(false, true);
  explore_recovery({.role = Role::uas, .rings = rings, .links_lost = 0, .refuses = 0});
}

TEST_CASE("Exploration: a call in whose link and program go away, each once", "[slow]") {
  const bool rings = GENERATE(false, true);
  explore_recovery({.role = Role::uas, .rings = rings, .links_lost = 1});
}

TEST_CASE("Exploration: a call in whose caller requires 100rel, whose link or program goes away") {
  const bool rings = GENERATE(false, true);
  explore_recovery({.role = Role::uas, .rings = rings, .reliable = true, .links_lost = 1});
}

TEST_CASE("Exploration: a call in whose link is lost twice before it is answered") {
  explore_recovery({.role = Role::uas, .deaths = 0, .rings_again = 0, .refuses = 0});
}

TEST_CASE("Exploration: a call in whose link and program go away, deeper", "[slow]") {
  explore_recovery({.role = Role::uas});
}
