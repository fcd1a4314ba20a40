// Every order of what a server, a far end, a link and a program can do to a request of ours out of
// dialog: the rules hold in each state, and whatever has come, the program is told.
#include "call/exploration.hpp"
#include "call/requesting.hpp"
#include "catch.hpp"

#include <algorithm>
#include <array>
#include <string>

using namespace drachtio;
using call::ClientRequest;
using test::Requesting;

namespace {

enum class Happens : std::uint8_t {
  server_sends,
  server_refuses,
  rings,
  rings_reliably,
  offers_reliably,
  other_fork_offers,
  repeats_reliable,
  challenges,
  redirects,
  answers,
  other_fork_answers,
  fork_ends,
  rejects,
  ends_cancelled,  // 487
  cancel_taken,
  cancel_refused,
  link_lost,
  turn_comes,
  program_cancels,
  program_acknowledges,
  program_pracks,
  offer_goes,
  offer_refused,
};

constexpr std::array<const char*, 23> names{"the server sends the request",
                                            "the server refuses the request",
                                            "180",
                                            "183 reliably",
                                            "183 reliably, with an offer",
                                            "183 reliably, with another fork's offer",
                                            "the reliable 183 again",
                                            "401",
                                            "302",
                                            "200",
                                            "200 from the other fork",
                                            "199",
                                            "486",
                                            "487",
                                            "the server takes the CANCEL",
                                            "the server refuses the CANCEL: it has the answer",
                                            "the link is lost",
                                            "the turn to tell the program",
                                            "the program cancels",
                                            "the program answers the offer by ACK",
                                            "the program answers the offer by PRACK",
                                            "the answer to the offer goes out",
                                            "the answer to the offer is refused, or lost"};

// How often each comes at most, so that the states have an end.
struct Bounds {
  int rung = 1;
  int reliable = 1;
  int repeated = 1;
  int challenged = 1;
  int redirected = 1;
  int cancels = 2;
  int acks = 1;
  int pracks = 1;
  bool forks = false;  // the far end has two
};
constexpr Bounds deep{.reliable = 2, .challenged = 2, .pracks = 2};

// What a server and a far end know, and what has been asked of them and of the program.
struct World {
  // What the server does with the attempt under way.
  enum class Attempt : std::uint8_t { none, asked, out, final } attempt = Attempt::none;
  enum class Cancel : std::uint8_t { none, asked, taken, refused } cancel = Cancel::none;
  bool link = true;
  bool turn = false;
  std::uint8_t rung = 0;
  std::uint8_t reliable = 0;  // answers that demand a PRACK, and ...
  std::uint8_t repeated = 0;
  std::uint8_t pracks = 0;  // ... what came for them
  std::uint8_t without_offer = 0;
  std::uint8_t pracks_by_us = 0;
  std::uint8_t challenged = 0;
  std::uint8_t redirected = 0;
  std::uint8_t cancels = 0;  // by the program
  std::uint8_t acks_asked = 0;
  std::uint8_t pracks_asked = 0;
  bool last_reliable_offers = false;
  bool last_is_other = false;      // the other fork's
  bool may_repeat = false;         // the latest reliable answer is of the attempt that is out
  bool fork_ended = false;         // the first one, by a 199
  bool other_is_up = false;        // the 2xx was the other fork's
  bool is_up = false;              // a 2xx has come
  bool hung_up_by_server = false;  // its CANCEL was taken before the 2xx
  bool cancelled_before_outcome = false;  // the program cancelled before the outcome was told
  std::uint8_t cancels_sent = 0;
  std::uint8_t acks = 0;
  std::uint8_t acks_with_sdp = 0;
  bool ack_refused = false;  // by the server: there is nothing to acknowledge
  bool prack_refused = false;
  std::uint8_t byes = 0;
  std::uint8_t outcomes = 0;
  bool outcome_ok = false;
  std::array<std::uint8_t, 8> told{};  // how often, by handler
  std::uint8_t handlers = 0;           // so many have been handed over
  bool late_offer = false;
  // The program has answered the offer of the fork by PRACK.
  bool pracked_offer = false;
  bool pracked_other = false;
  const char* broken = nullptr;

  bool operator==(const World&) const = default;
};

struct Situation {
  Requesting request;
  World world;
  std::vector<ClientRequest::AnswerOffer> offers;  // on their way
  bool operator==(const Situation&) const = default;
};

// Carries out what the machine says, and notes what breaks a rule at once.
struct CarryOut {
  Situation& state;
  void break_rule(const char* rule) const { state.world.broken = rule; }
  void tell(call::HandlerId handler) const {
    if (handler != 0) ++state.world.told.at(handler);
  }

  void operator()(const ClientRequest::Send& /*action*/) const {
    using Attempt = World::Attempt;
    if (state.world.attempt == Attempt::asked || state.world.attempt == Attempt::out) {
      break_rule("one attempt at a time");
    }
    if (state.world.cancelled_before_outcome)
      break_rule("a request that is given up is not tried again");
    state.world.attempt = Attempt::asked;
    state.world.pracked_offer = false;
    state.world.pracked_other = false;
    state.world.prack_refused = false;
    state.world.may_repeat = false;
    state.world.fork_ended = false;
  }
  void operator()(const ClientRequest::SendCancel& /*action*/) const {
    if (state.world.attempt != World::Attempt::out) {
      break_rule("RFC 3261 9.1: a CANCEL goes while the INVITE has no final answer");
    }
    ++state.world.cancels_sent;
    state.world.cancel = World::Cancel::asked;
  }
  void operator()(const ClientRequest::SendInDialog& request) const {
    if (request.method == "ACK") ++state.world.acks;
    if (request.method == "PRACK") {
      ++state.world.pracks;
      ++state.world.pracks_by_us;
      const bool is_pracked =
          state.world.last_is_other ? state.world.pracked_other : state.world.pracked_offer;
      if (state.world.late_offer && state.world.last_reliable_offers && !is_pracked) {
        break_rule("RFC 3262 5: the program answers a late offer");
      }
    }
    if (request.method == "BYE") {
      if (!state.world.is_up) break_rule("RFC 3261 15: a BYE ends a call that is up");
      ++state.world.byes;
    }
    for (const call::HandlerId handler : request.handlers) tell(handler);
  }
  void operator()(const ClientRequest::AnswerOffer& answer) const {
    answer.reliable ? ++state.world.pracks : ++state.world.acks_with_sdp;
    if (answer.reliable) {
      const bool is_other = answer.reliable->tag == "c";
      (is_other ? state.world.pracked_other : state.world.pracked_offer) = true;
      if (state.world.is_up && is_other != state.world.other_is_up) {
        break_rule("RFC 3261 13.2.2.4: no PRACK for a fork that has not got the call");
      }
      if (state.world.fork_ended && !is_other) {
        break_rule("RFC 6228: no PRACK for a fork that has ended");
      }
      if (!answer.reliable->rack.ends_with(state.request.cseq())) {
        break_rule("RFC 3262 7.2: a PRACK is for an answer to the attempt that is out");
      }
    }
    state.offers.push_back(answer);
  }
  void operator()(const ClientRequest::End& end) const {
    if (state.world.is_up) {
      ++state.world.byes;
      // See call::Ending::ack_and_bye.
      if (state.world.acks + state.world.acks_with_sdp == 0) {
        ++state.world.acks;
        if (state.world.late_offer) {
          state.request.acknowledged_to_end(state.world.other_is_up ? "c" : "b");
        }
      }
    }
    tell(end.handler);
  }
  void operator()(const ClientRequest::Tell& one) const { tell(one.handler); }
  void operator()(const ClientRequest::TellProvisional& /*action*/) const {
    if (state.world.outcomes > 0) break_rule("nothing is told after the outcome");
  }
  void operator()(const ClientRequest::AwaitTurn& /*action*/) const { state.world.turn = true; }
  void operator()(const ClientRequest::TellOutcome& told) const {
    ++state.world.outcomes;
    state.world.outcome_ok = !told.outcome.error;
    const bool is_success = state.world.is_up && !state.world.cancelled_before_outcome;
    if (state.world.outcome_ok != is_success) break_rule("the outcome is what the far end said");
  }
};

void carry_out(Situation& state, const ClientRequest::Actions& actions) {
  for (const ClientRequest::Action& action : actions) std::visit(CarryOut{state}, action);
}

bool is_out(const World& world) { return world.link && world.attempt == World::Attempt::out; }

std::vector<Happens> events(const Situation& state, const Bounds& bounds) {
  const World& world = state.world;
  const bool asked = world.link && world.attempt == World::Attempt::asked;
  const bool rings = is_out(world) && world.cancel != World::Cancel::refused;
  std::vector<Happens> can;
  const auto add = [&](Happens one, bool if_so) {
    if (if_so) can.push_back(one);
  };
  const bool is_invite = state.request.machine().is_invite();
  add(Happens::server_sends, asked);
  add(Happens::server_refuses, asked);
  add(Happens::rings, rings && world.rung < bounds.rung);
  const bool first_rings = rings && is_invite && !world.fork_ended;
  add(Happens::rings_reliably, first_rings && world.reliable < bounds.reliable);
  add(Happens::offers_reliably, first_rings && world.reliable < bounds.reliable);
  add(Happens::other_fork_offers,
      bounds.forks && rings && is_invite && world.reliable < bounds.reliable);
  add(Happens::other_fork_answers, bounds.forks && is_out(world));
  add(Happens::fork_ends, bounds.forks && rings && !world.fork_ended);
  add(Happens::repeats_reliable,
      first_rings && world.may_repeat && world.repeated < bounds.repeated);
  add(Happens::challenges, is_out(world) && world.challenged < bounds.challenged);
  add(Happens::redirects, is_out(world) && world.redirected < bounds.redirected);
  add(Happens::answers, is_out(world) && !world.fork_ended);
  add(Happens::rejects, is_out(world));
  add(Happens::ends_cancelled, is_out(world) && world.cancel == World::Cancel::taken);
  add(Happens::cancel_taken,
      world.link && world.cancel == World::Cancel::asked && world.attempt == World::Attempt::out);
  add(Happens::cancel_refused, world.link && world.cancel == World::Cancel::asked);
  add(Happens::link_lost, world.link);
  add(Happens::turn_comes, world.turn);
  add(Happens::program_cancels, world.cancels < bounds.cancels);
  add(Happens::program_acknowledges, is_invite && world.acks_asked < bounds.acks);
  add(Happens::program_pracks, is_invite && world.pracks_asked < bounds.pracks);
  add(Happens::offer_goes, world.link && !state.offers.empty());
  add(Happens::offer_refused, !state.offers.empty());
  return can;
}

void finish(World& world, bool is_up) {
  world.attempt = World::Attempt::final;
  if (is_up) {
    world.is_up = true;
    world.hung_up_by_server = world.cancel == World::Cancel::taken;
  }
}

void lose_link(Situation& state) {
  World& world = state.world;
  world.link = false;
  const World::Attempt attempt = std::exchange(world.attempt, World::Attempt::final);
  if (std::exchange(world.cancel, World::Cancel::none) == World::Cancel::asked) {
    carry_out(state, state.request.cancel_sent(Errc::no_link));
  }
  for (const auto& offer : std::exchange(state.offers, {})) {
    if (!offer.reliable) --world.acks_with_sdp;  // it may go again over the next link
    carry_out(state, state.request.offer_answered(offer, Errc::no_link));
  }
  if (attempt == World::Attempt::asked || attempt == World::Attempt::out) {
    carry_out(state, state.request.failed(Errc::no_link));
  }
}

void step(Situation& state, Happens event) {
  World& world = state.world;
  Requesting& request = state.request;
  const bool offers_last = world.last_reliable_offers;
  switch (event) {
    case Happens::server_sends:
      world.attempt = World::Attempt::out;
      return carry_out(state, request.sent());
    case Happens::server_refuses:
      world.attempt = World::Attempt::final;
      return carry_out(state, request.failed(Errc::refused_by_server));
    case Happens::rings: ++world.rung; return carry_out(state, request.answered(180));
    case Happens::rings_reliably:
      world.last_reliable_offers = false;
      world.last_is_other = false;
      world.may_repeat = true;
      ++world.without_offer;
      return carry_out(state, request.answered_reliably(183, ++world.reliable));
    case Happens::offers_reliably:
      world.last_reliable_offers = true;
      world.last_is_other = false;
      world.may_repeat = true;
      return carry_out(state,
                       request.answered_reliably(183, ++world.reliable, test::offer_in_answer));
    case Happens::repeats_reliable:
      ++world.repeated;
      return carry_out(state, request.answered_reliably(183, world.reliable,
                                                        offers_last ? test::offer_in_answer : ""));
    case Happens::challenges:
      finish(world, false);
      return carry_out(state, request.challenged("n" + std::to_string(world.challenged++)));
    case Happens::redirects:
      finish(world, false);
      ++world.redirected;
      return carry_out(state, request.redirected());
    case Happens::answers:
      finish(world, true);
      return carry_out(state, request.answered(200, {}, test::offer_in_answer));
    case Happens::other_fork_offers:
      world.last_reliable_offers = true;
      world.last_is_other = true;
      world.may_repeat = false;
      return carry_out(
          state, request.answered_reliably(183, ++world.reliable, test::offer_in_answer, "c"));
    case Happens::other_fork_answers:
      finish(world, true);
      world.other_is_up = true;
      return carry_out(state, request.answered(200, {}, test::offer_in_answer, "c"));
    case Happens::fork_ends:
      world.fork_ended = true;
      return carry_out(state, request.answered(199));
    case Happens::rejects: finish(world, false); return carry_out(state, request.answered(486));
    case Happens::ends_cancelled:
      finish(world, false);
      return carry_out(state, request.answered(487));
    case Happens::cancel_taken:
      world.cancel = World::Cancel::taken;
      return carry_out(state, request.cancel_sent());
    case Happens::cancel_refused:
      world.cancel = World::Cancel::refused;
      return carry_out(state, request.cancel_sent(Errc::refused_by_server));
    case Happens::link_lost: return lose_link(state);
    case Happens::turn_comes: world.turn = false; return carry_out(state, request.turn());
    case Happens::program_cancels:
      ++world.cancels;
      if (world.outcomes == 0 && request.machine().is_invite()) {
        world.cancelled_before_outcome = true;
      }
      return carry_out(state, request.cancel(++world.handlers));
    case Happens::program_acknowledges:
      ++world.acks_asked;
      return carry_out(state, request.acknowledge(++world.handlers, "v=0\r\n",
                                                  world.other_is_up ? "c" : "b", world.is_up));
    case Happens::program_pracks:
      ++world.pracks_asked;
      return carry_out(state, request.prack(++world.handlers));
    case Happens::offer_goes:
    case Happens::offer_refused: {
      const auto offer = state.offers.front();
      state.offers.erase(state.offers.begin());
      if (event == Happens::offer_goes) return carry_out(state, request.offer_answered(offer));
      offer.reliable ? --world.pracks : --world.acks_with_sdp;
      (offer.reliable ? world.prack_refused : world.ack_refused) = true;
      return carry_out(state, request.offer_answered(
                                  offer, world.link ? Errc::refused_by_server : Errc::no_link));
    }
  }
}

// Lets only the server and the far end answer, and turns come, until nothing is left.
void drain(Situation& state) {
  const auto next = [&]() -> std::optional<Happens> {
    const World& world = state.world;
    if (world.link && world.attempt == World::Attempt::asked) return Happens::server_sends;
    if (world.link && world.cancel == World::Cancel::asked) {
      return world.attempt == World::Attempt::out ? Happens::cancel_taken : Happens::cancel_refused;
    }
    if (is_out(world)) {
      return world.cancel == World::Cancel::taken ? Happens::ends_cancelled : Happens::rejects;
    }
    if (!state.offers.empty()) return world.link ? Happens::offer_goes : Happens::offer_refused;
    if (world.turn) return Happens::turn_comes;
    return std::nullopt;
  };
  while (const auto event = next()) step(state, *event);
}

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
  drain(end);
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
  carry_out(first, first.request.place());
  return test::explore(
      std::move(first), [&](const Situation& state) { return events(state, bounds); }, step, broken,
      hash_of, [](Happens event) { return std::string{names.at(std::size_t(event))}; });
}

std::string shown(const test::Explored& explored) {
  if (!explored.violation) return "no rule is broken";
  std::string text = explored.violation->rule + " does not hold after:";
  for (const std::string& event : explored.violation->path) text += "\n  " + event;
  return text;
}

void check(const test::Explored& explored) {
  CAPTURE(explored.states, explored.steps);
  CHECK(shown(explored) == "no rule is broken");
}

}  // namespace

TEST_CASE("Exploration: a request that is no INVITE, whatever comes in whatever order") {
  check(explore(test::message_of_ours(), deep));
}

TEST_CASE("Exploration: an INVITE of ours, whatever comes in whatever order") {
  check(explore(test::invite_of_ours(), {}));
}

TEST_CASE("Exploration: an INVITE of ours without an offer, whatever comes in whatever order") {
  const test::Explored explored =
      explore(test::invite_without_offer(),
              {.rung = 0, .redirected = 0, .cancels = 1, .acks = 2, .pracks = 2});
  check(explored);
  CHECK(explored.events.size() == names.size() - 5);  // all but 180, 302, 199 and the other fork's
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
  CHECK(explored.events.size() == names.size() - 4);  // all but 180, a repeated 183, 401 and 302
}

TEST_CASE("Exploration: an INVITE of ours, deeper", "[slow]") {
  check(explore(test::invite_of_ours(), deep));
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
