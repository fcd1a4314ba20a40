#include "call/request_world.hpp"

#include <optional>
#include <string>
#include <utility>

namespace drachtio::test::request_world {

namespace {

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
  void operator()(const call::Tell& one) const { tell(one.handler); }
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

bool is_out(const World& world) { return world.link && world.attempt == World::Attempt::out; }

}  // namespace

void carry_out(Situation& state, const ClientRequest::Actions& actions) {
  for (const ClientRequest::Action& action : actions) std::visit(CarryOut{state}, action);
}

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

namespace {

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

}  // namespace

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

}  // namespace drachtio::test::request_world
