// Every order of what a server, a far end, a link and a program can do to a request of ours out of
// dialog: the rules hold in each state, and whatever has come, the program is told.
#include "call/exploration.hpp"
#include "call/request_world.hpp"
#include "catch.hpp"

#include <optional>
#include <string>

using namespace drachtio;
using call::ClientRequest;
using test::Requesting;
using test::request_world::Bounds;
using test::request_world::Happens;
using test::request_world::Situation;
using test::request_world::World;
namespace request_world = drachtio::test::request_world;

namespace {

// Returns the rule that the state breaks.
std::optional<std::string> broken(const Situation& state) {
  const World& world = state.world;
  if (world.broken != nullptr) return world.broken;
  if (world.cancels_sent > 1) return "RFC 3261 9.1: one CANCEL";
  if (world.acks + world.acks_with_sdp > 1)
    return "RFC 3261 13.2.2.4: the 2xx is acknowledged once";
  if (world.byes > 1) return "RFC 3261 15: one BYE";
  if (world.pracks_by_us < world.without_offer) {
    return "RFC 3262 4: what offers nothing is acknowledged by us";
  }
  if (world.pracks > world.reliable) return "RFC 3262 4: one PRACK for each reliable answer";
  if (!world.late_offer && world.pracks != world.reliable) return "RFC 3262 4: a PRACK for each";
  if (!world.late_offer && world.is_up && state.request.machine().is_invite() && world.acks != 1) {
    return "RFC 3261 13.2.2.4: the 2xx is acknowledged";
  }
  if (world.outcomes > 1) return "the outcome is told once";
  for (const std::uint8_t told : world.told) {
    if (told > 1) return "a handler is told once";
  }
  if (world.outcome_ok && world.cancelled_before_outcome) {
    return "a call that is given up is no success";
  }
  Situation end = state;
  request_world::drain(end);
  if (end.world.broken != nullptr) return end.world.broken;
  if (end.world.outcomes != 1) return "the outcome is told, whatever has come";
  for (std::size_t handler = 1; handler <= end.world.handlers; ++handler) {
    if (end.world.told.at(handler) != 1) return "each handler is told, whatever has come";
  }
  const bool is_left_alone = end.world.is_up && end.world.cancelled_before_outcome &&
                             !end.world.hung_up_by_server && end.world.byes == 0 && end.world.link;
  if (is_left_alone) return "a call that is given up does not stay up";
  const bool is_acknowledged = end.world.acks + end.world.acks_with_sdp > 0;
  // A lost link leaves it to the next one: the call is resumed there.
  const bool pracked = end.world.other_is_up ? end.world.pracked_other : end.world.pracked_offer;
  const bool is_for_program = !end.world.cancelled_before_outcome && !pracked;
  const bool program_may =
      end.world.late_offer &&
      (is_for_program || !end.world.link || end.world.ack_refused || end.world.prack_refused);
  if (end.world.is_up && state.request.machine().is_invite() && !is_acknowledged && !program_may) {
    return "RFC 3261 13.2.2.4: a 2xx is acknowledged in the end";
  }
  return std::nullopt;
}

// Equal worlds have equal hashes; most that is in the machine shows in them.
std::size_t hash_of(const Situation& state) {
  const World& world = state.world;
  std::size_t hash = 0;
  for (const std::size_t part :
       {std::size_t(world.attempt),      std::size_t(world.cancel),
        std::size_t(world.link),         std::size_t(world.turn),
        std::size_t(world.rung),         std::size_t(world.reliable),
        std::size_t(world.repeated),     std::size_t(world.pracks),
        std::size_t(world.challenged),   std::size_t(world.redirected),
        std::size_t(world.cancels),      std::size_t(world.acks_asked),
        std::size_t(world.pracks_asked), std::size_t(world.last_reliable_offers),
        std::size_t(world.is_up),        std::size_t(world.hung_up_by_server),
        std::size_t(world.acks),         std::size_t(world.acks_with_sdp),
        std::size_t(world.byes),         std::size_t(world.outcomes),
        std::size_t(world.handlers),     state.offers.size()}) {
    hash = hash * 31 + part;
  }
  for (const std::uint8_t told : world.told) hash = hash * 31 + told;
  return hash;
}

test::Explored explore(const ClientRequest::Options& options, const Bounds& bounds) {
  Situation first{Requesting{options}, {.late_offer = options.late_offer}, {}};
  request_world::carry_out(first, first.request.place());
  return test::explore(
      std::move(first),
      [&](const Situation& state) { return request_world::events(state, bounds); },
      request_world::step, broken, hash_of,
      [](Happens event) { return std::string{request_world::names.at(std::size_t(event))}; });
}

void check(const test::Explored& explored) {
  CAPTURE(explored.states, explored.steps);
  CHECK(test::shown(explored) == "no rule is broken");
}

}  // namespace

TEST_CASE("Exploration: a request that is no INVITE, whatever comes in whatever order") {
  check(explore(test::message_of_ours(), request_world::deep));
}

TEST_CASE("Exploration: an INVITE of ours, whatever comes in whatever order") {
  check(explore(test::invite_of_ours(), {}));
}

TEST_CASE("Exploration: an INVITE of ours without an offer, whatever comes in whatever order") {
  const test::Explored explored =
      explore(test::invite_without_offer(),
              {.rung = 0, .redirected = 0, .cancels = 1, .acks = 2, .pracks = 2});
  check(explored);
  CHECK(explored.events.size() ==
        request_world::names.size() - 5);  // all but 180, 302, 199 and the other fork's
}

TEST_CASE("Exploration: an INVITE of ours without an offer, which two forks answer") {
  const test::Explored explored = explore(test::invite_without_offer(), {.rung = 0,
                                                                         .reliable = 2,
                                                                         .repeated = 0,
                                                                         .challenged = 0,
                                                                         .redirected = 0,
                                                                         .cancels = 1,
                                                                         .pracks = 2,
                                                                         .forks = true});
  check(explored);
  CHECK(explored.events.size() ==
        request_world::names.size() - 4);  // all but 180, a repeated 183, 401 and 302
}

TEST_CASE("Exploration: an INVITE of ours, deeper", "[slow]") {
  check(explore(test::invite_of_ours(), request_world::deep));
}

TEST_CASE("Exploration: an INVITE of ours without an offer, deeper", "[slow]") {
  check(explore(test::invite_without_offer(),
                {.rung = 0, .reliable = 2, .cancels = 1, .acks = 2, .pracks = 2}));
}

TEST_CASE("Exploration: an INVITE of ours without an offer, which two forks answer, deeper",
          "[slow]") {
  check(explore(
      test::invite_without_offer(),
      {.rung = 0, .reliable = 2, .redirected = 0, .cancels = 1, .pracks = 2, .forks = true}));
}
