#include "call/answer_world.hpp"

#include <algorithm>
#include <utility>

namespace drachtio::test::answer_world {

namespace {

using Server = World::Server;

void carry_out(Situation& state, const ServerRequest::Actions& actions);

// The program gives a final answer.
void give(Situation& state, int status, call::HandlerId handler) {
  const bool is_open = state.call.machine().is_open();
  carry_out(state, state.call.answer(status, handler));
  const bool waits = state.call.machine().waits_for_prack();
  if (is_open && waits) state.world.waiting_status = static_cast<std::uint16_t>(status);
}

// The program ends the call, as call::Termination and its shell do.
void end(Situation& state, call::HandlerId handler) {
  World& world = state.world;
  const bool is_elsewhere = world.has_tried_again;  // another INVITE makes the call
  if (world.is_closed || is_elsewhere || state.call.machine().is_over()) {
    ++world.told.at(handler);  // it had ended, or there is a BYE
  } else if (state.call.machine().may_be_answered()) {
    world.enders.push_back(handler);
  } else {
    const call::HandlerId before = std::exchange(world.ending, handler);
    carry_out(state, state.call.end(480, handler));
    if (state.call.machine().waits_for_prack()) world.waiting_status = 480;
    world.ending = before;
  }
}

// The program is told something, and may do something in its turn.
void react(Situation& state) {
  World& world = state.world;
  const Reaction reaction = std::exchange(world.reaction, Reaction::none);
  world.is_reacting = true;
  if (reaction == Reaction::accepts) give(state, 200, ++world.handlers);
  if (reaction == Reaction::refuses) give(state, 500, ++world.handlers);
  if (reaction == Reaction::rings) {
    carry_out(state, state.call.answer_reliably(183, ++world.handlers, world.can_receive));
  }
  if (reaction == Reaction::hands_on) {
    ++world.hands_on;
    carry_out(state, state.call.hand_on(++world.handlers));
  }
  if (reaction == Reaction::ends) end(state, ++world.handlers);
  world.is_reacting = false;
}

struct CarryOut {
  Situation& state;
  World& world = state.world;

  void breaks(bool does, const char* rule) const {
    if (does && world.broken == nullptr) world.broken = rule;
  }

  void operator()(const ServerRequest::Send& send) const {
    const bool is_for_bye = world.has_hung_up && send.sent.status >= 200;
    breaks(world.cancelled > 0 && !is_for_bye,
           "RFC 3261 9.2: what is cancelled has no answer of ours");
    breaks(world.is_handed_on, "RFC 3261 16: what others are to answer has no answer of ours");
    if (send.sent.status < 200) {
      breaks(world.final_status != 0, "RFC 3261 17.2.1: nothing follows a final answer");
      breaks(send.sent.awaits_prack && !world.can_receive, "a PRACK that cannot come is awaited");
      if (send.sent.awaits_prack) world.awaited.push_back({send.sent.prack, send.sent.handler});
    } else {
      breaks(!world.awaited.empty(), "RFC 3262 3: a final answer waits for the PRACK");
      const bool is_again =
          (world.final_status == send.sent.status || is_for_bye) && world.may_be_lost;
      breaks(world.has_hung_up && send.sent.status < 300, "no 2xx goes to a call that is hung up");
      breaks(!world.enders.empty() && send.sent.status < 300 && !is_again,
             "no 2xx goes once the program has ended the call");
      breaks(world.final_status != 0 && !is_again, "RFC 3261 13.3.1: one final answer");
      const bool is_missing = world.is_missing && !world.is_reacting;
      breaks(is_missing && send.sent.status < 300, "RFC 3262 3: a missed PRACK allows no 2xx");
      breaks(is_missing && world.waiting_status >= 300 && send.sent.status != world.waiting_status,
             "a refusal that waits for a PRACK goes when that is missed");
      world.waiting_status = 0;
      world.is_sent_again = world.final_status != 0;
      world.may_be_lost = false;
      world.final_status = static_cast<std::uint16_t>(send.sent.status);
    }
    world.on_their_way.push_back({.sent = send.sent, .left = world.link});
  }
  void operator()(const ServerRequest::SendOn& send) const {
    breaks(world.cancelled > 0, "RFC 3261 9.2: what is cancelled is not handed on");
    breaks(world.is_handed_on || world.final_status != 0, "RFC 3261 16: it is handed on once");
    world.is_handed_on = true;
    world.on_their_way.push_back(
        {.sent = {.handler = send.handler}, .is_heard = send.is_heard, .left = world.link});
  }
  void operator()(const ServerRequest::Refuse& refuse) const {
    carry_out(state, state.call.answer(refuse.status));
  }
  void operator()(const ServerRequest::AwaitPrack& await) const {
    world.timers.push_back(await.prack);
  }
  void operator()(const ServerRequest::Proceed& /*action*/) const {
    carry_out(state, state.call.told());
  }
  void operator()(const call::Tell& tell) const {
    const bool is_beaten = tell.outcome.error == Errc::answered_already;
    breaks(is_beaten && tell.handler == world.ending,
           "who ends a call that is not answered gives its answer");
    if (tell.in_own_turn) {
      world.turns.push_back(tell.handler);
      return;
    }
    ++world.told.at(tell.handler);
    react(state);
  }
  void operator()(const ServerRequest::TellCancelled& /*action*/) const {
    breaks(world.is_told_final, "RFC 3261 9.2: no CANCEL concerns what is answered");
    ++world.cancelled;
    react(state);
  }
  void operator()(const ServerRequest::Settled& /*action*/) const {
    for (const call::HandlerId handler : std::exchange(world.enders, {})) end(state, handler);
  }
  void operator()(const ServerRequest::Final& /*action*/) const {
    ++world.finals;
    world.is_told_final = true;
  }
  void operator()(const ServerRequest::GivenAway& /*action*/) const { world.is_told_final = true; }
  void operator()(const ServerRequest::Forget& /*action*/) const {}
  void operator()(const ServerRequest::AwaitLink& /*action*/) const {
    if (world.link) carry_out(state, state.call.link_up());
  }
  void operator()(const ServerRequest::AskInDoubt& /*action*/) const { world.asks = true; }
  void operator()(const ServerRequest::AskInTime& /*action*/) const { world.asks = true; }
};

void carry_out(Situation& state, const ServerRequest::Actions& actions) {
  for (const ServerRequest::Action& action : actions) std::visit(CarryOut{state}, action);
}

// No PRACK can come any more, as the input says: that is told at once.
void lose_pracks(Situation& state, const auto& input) {
  World& world = state.world;
  const std::vector<Awaited> awaited = std::exchange(world.awaited, {});
  carry_out(state, input());
  for (const Awaited& one : awaited) {
    const auto turn = std::ranges::find(world.turns, one.handler);
    const bool is_told = world.told.at(one.handler) > 0 || turn != world.turns.end();
    if (!is_told) world.broken = "that no PRACK can come is told at once";
  }
}

// The log says that the call has ended.
void close(Situation& state, bool lost) {
  state.world.is_closed = true;
  lose_pracks(state, [&] { return state.call.closed(lost); });
}

void no_longer_awaited(World& world, call::PrackId prack) {
  std::erase_if(world.awaited, [&](const Awaited& one) { return one.prack == prack; });
}

bool hands_on(const Frame& frame) { return frame.sent.status == 0; }

// The server has no such answer, and never will.
void not_taken(World& world, const Frame& frame) {
  no_longer_awaited(world, frame.sent.prack);
  if (hands_on(frame)) world.is_handed_on = false;
  if (frame.sent.status < 200) return;
  world.final_status = 0;
  world.is_sent_again = false;
}

void reply_no_link(Situation& state, const Frame& frame, bool left) {
  const bool may_have_arrived = left && frame.left;
  no_longer_awaited(state.world, frame.sent.prack);
  // The server may have the first one of an answer that is sent again.
  if (!may_have_arrived && !state.world.is_sent_again) not_taken(state.world, frame);
  if (frame.sent.status >= 200) state.world.may_be_lost = true;
  if (hands_on(frame)) {
    const bool is_refused = !may_have_arrived && !frame.is_heard;
    state.world.is_unheard = state.world.is_unheard || is_refused;
    return carry_out(
        state, state.call.on(ServerRequest::HandedOn{
                   {Errc::no_link, {}}, may_have_arrived, frame.is_heard, frame.sent.handler}));
  }
  carry_out(state,
            may_have_arrived ? state.call.lost(frame.sent) : state.call.never_left(frame.sent));
}

void refuse(Situation& state, const Frame& frame, wire::Refusal refusal) {
  if (refusal == wire::Refusal::other) not_taken(state.world, frame);
  no_longer_awaited(state.world, frame.sent.prack);
  if (!hands_on(frame)) return carry_out(state, state.call.refused(frame.sent, refusal));
  if (!frame.is_heard) state.world.is_unheard = true;
  state.world.is_handed_on = false;
  carry_out(state,
            state.call.handed_on(frame.sent.handler, Errc::refused_by_server, frame.is_heard));
}

Frame take_oldest(World& world) {
  const Frame frame = world.on_their_way.front();
  world.on_their_way.erase(world.on_their_way.begin());
  return frame;
}

// The server takes what it can.
void arrive(World& world, const Frame& frame) {
  if (!frame.left || world.server != Server::rings) return;
  if (hands_on(frame)) world.server = Server::handed_on;
  if (frame.sent.status >= 200) world.server = Server::answered;
}

void reply(Situation& state) {
  World& world = state.world;
  const Frame frame = take_oldest(world);
  if (!frame.left) return reply_no_link(state, frame, false);
  if (world.server != Server::rings) {
    return refuse(state, frame, wire::Refusal::unknown_transaction);
  }
  arrive(world, frame);
  if (frame.sent.awaits_prack) world.to_come.push_back(frame.sent.prack);
  if (hands_on(frame) || frame.sent.status >= 300) close(state, false);
  carry_out(state, hands_on(frame)
                       ? state.call.handed_on(frame.sent.handler, {}, frame.is_heard)
                       : state.call.sent(frame.sent, static_cast<int>(frame.sent.prack)));
}

void lose_link(Situation& state, Happens how) {
  World& world = state.world;
  ++world.links_lost;
  world.link = how == Happens::link_replaced;
  world.can_receive = false;
  world.to_come.clear();
  for (const Frame& frame : std::exchange(world.on_their_way, {})) {
    if (how == Happens::link_lost_too_late) arrive(world, frame);
    reply_no_link(state, frame, how != Happens::link_lost_too_early);
  }
  lose_pracks(state, [&] { return state.call.unheard(); });
}

void ask(Situation& state) {
  World& world = state.world;
  world.asks = false;
  if (world.server == Server::answered && world.final_status < 300) {
    return carry_out(state, state.call.resumed());
  }
  world.must_be_cancelled = world.must_be_cancelled || !state.call.machine().is_answered();
  close(state, true);
}

}  // namespace

std::vector<Happens> events(const Situation& state, const Bounds& bounds) {
  const World& world = state.world;
  std::vector<Happens> can;
  const auto add = [&](Happens event, bool does) {
    if (does) can.push_back(event);
  };
  const bool may_hand_on = world.hands_on < bounds.hands_on;
  add(Happens::program_rings, world.rings < bounds.rings);
  add(Happens::program_rings_reliably, world.reliable < bounds.reliable);
  add(Happens::program_accepts, world.accepts < bounds.accepts);
  add(Happens::program_refuses, world.refuses < bounds.refuses);
  add(Happens::program_hands_on, may_hand_on);
  add(Happens::program_hands_on_unheard, may_hand_on);
  add(Happens::program_ends, world.ends < bounds.ends && !world.has_tried_again);
  const bool has_frame = !world.on_their_way.empty();
  const bool may_refuse = has_frame && world.link && world.on_their_way.front().left &&
                          world.server == Server::rings && world.refused < bounds.refused;
  add(Happens::server_replies, has_frame);
  add(Happens::server_refuses, may_refuse);
  add(Happens::server_shows_other, may_refuse && world.on_their_way.front().sent.status >= 200);
  const bool is_heard = world.link && world.can_receive && !world.has_tried_again;
  const bool waits = is_heard && world.server == Server::rings && !world.has_given_up;
  add(Happens::prack_comes, waits && !world.to_come.empty());
  add(Happens::prack_is_missed, !world.timers.empty());
  add(Happens::caller_cancels, waits);
  add(Happens::caller_hangs_up, waits && world.rings + world.reliable > 0);
  add(Happens::caller_tries_again,
      is_heard && !world.has_given_up && world.server != Server::handed_on);
  const bool may_lose = world.link && world.links_lost < bounds.links_lost;
  add(Happens::link_lost, may_lose);
  add(Happens::link_lost_too_early, may_lose && has_frame);
  add(Happens::link_lost_too_late, may_lose && has_frame);
  add(Happens::link_replaced, may_lose && has_frame);
  add(Happens::link_back, !world.link);
  add(Happens::server_forgets, world.server == Server::rings && !has_frame);
  const bool in_doubt = world.asks || world.server == Server::terminated;
  add(Happens::server_is_asked, world.link && in_doubt && world.server != Server::rings &&
                                    !world.is_closed && !world.has_tried_again);
  add(Happens::turn_comes, !world.turns.empty());
  return can;
}

void step(Situation& state, Happens event) {
  World& world = state.world;
  Answering& call = state.call;
  switch (event) {
    case Happens::program_rings:
      ++world.rings;
      return carry_out(state, call.answer(180, ++world.handlers));
    case Happens::program_rings_reliably:
      ++world.reliable;
      return carry_out(state, call.answer_reliably(183, ++world.handlers, world.can_receive));
    case Happens::program_accepts: ++world.accepts; return give(state, 200, ++world.handlers);
    case Happens::program_refuses: ++world.refuses; return give(state, 486, ++world.handlers);
    case Happens::program_hands_on:
      ++world.hands_on;
      return carry_out(state, call.hand_on(++world.handlers));
    case Happens::program_hands_on_unheard:
      ++world.hands_on;
      return carry_out(state, call.hand_on(0, false));
    case Happens::program_ends: ++world.ends; return end(state, ++world.handlers);
    case Happens::server_replies: return reply(state);
    case Happens::server_refuses:
      ++world.refused;
      return refuse(state, take_oldest(world), wire::Refusal::other);
    case Happens::server_shows_other: {
      ++world.refused;
      const Frame frame = take_oldest(world);
      not_taken(world, frame);
      return carry_out(state, call.shows(frame.sent, 100));
    }
    case Happens::prack_comes: {
      const call::PrackId prack = world.to_come.front();
      world.to_come.erase(world.to_come.begin());
      no_longer_awaited(world, prack);
      return carry_out(state, call.prack(static_cast<int>(prack)));
    }
    case Happens::prack_is_missed: {
      const call::PrackId prack = world.timers.front();
      world.timers.erase(world.timers.begin());
      if (std::ranges::find(world.awaited, prack, &Awaited::prack) == world.awaited.end()) {
        return carry_out(state, call.prack_timeout(prack));
      }
      world.is_missing = world.is_missed = true;
      lose_pracks(state, [&] { return call.prack_timeout(prack); });
      world.is_missing = false;
      return;
    }
    case Happens::caller_cancels:
      world.has_given_up = true;
      world.must_be_cancelled = true;
      world.server = Server::terminated;
      close(state, false);
      return carry_out(state, call.cancel());
    case Happens::caller_hangs_up:
      world.has_given_up = true;
      world.has_hung_up = true;
      world.must_be_cancelled = true;
      close(state, false);
      return carry_out(state, call.hang_up());
    case Happens::caller_tries_again:
      world.has_tried_again = true;
      if (world.server == Server::rings) world.server = Server::terminated;
      return lose_pracks(state, [&] { return call.superseded(); });
    case Happens::link_lost:
    case Happens::link_lost_too_early:
    case Happens::link_lost_too_late:
    case Happens::link_replaced: return lose_link(state, event);
    case Happens::link_back:
      world.link = true;
      if (call.machine().awaits_link()) carry_out(state, call.link_up());
      return;
    case Happens::server_forgets: world.server = Server::terminated; return;
    case Happens::server_is_asked: return ask(state);
    case Happens::turn_comes: {
      const call::HandlerId handler = world.turns.front();
      world.turns.erase(world.turns.begin());
      ++world.told.at(handler);
      return react(state);
    }
  }
}

}  // namespace drachtio::test::answer_world
