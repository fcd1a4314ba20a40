// The rules of a call in: what must hold in each state of its world, and in the end.
#include "call/answer_world.hpp"

#include <optional>
#include <string>

namespace drachtio::test::answer_world {

namespace {

// Lets the server, the timers and the link go on, until nothing more happens.
void drain(Situation& state) {
  const auto next = [&]() -> std::optional<Happens> {
    const World& world = state.world;
    if (!world.turns.empty()) return Happens::turn_comes;
    if (!world.link) return Happens::link_back;
    if (!world.on_their_way.empty()) return Happens::server_replies;
    if (!world.timers.empty()) return Happens::prack_is_missed;
    if (!world.asks || world.is_closed || world.has_tried_again) return std::nullopt;
    return world.server == World::Server::rings ? Happens::server_forgets
                                                : Happens::server_is_asked;
  };
  while (const auto event = next()) step(state, *event);
}

std::optional<std::string> broken_now(const Situation& state) {
  const World& world = state.world;
  if (world.broken != nullptr) return world.broken;
  if (world.cancelled > 1) return "that the caller has given up is told once";
  if (world.must_be_cancelled && world.cancelled == 0) {
    return "that the caller has given up is told";
  }
  if (world.finals > 1) return "RFC 3261 13.3.1: the final answer is known to be out once";
  for (const std::uint8_t told : world.told) {
    if (told > 1) return "a handler is told once";
  }
  if (!world.enders.empty() && !state.call.machine().is_answering()) {
    return "who waits for the final answer to end the call goes on once it is out";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> broken(const Situation& state) {
  if (const auto rule = broken_now(state)) return rule;
  Situation end = state;
  drain(end);
  if (const auto rule = broken_now(end)) return rule;
  const World& world = end.world;
  for (std::size_t handler = 1; handler <= world.handlers; ++handler) {
    if (world.told.at(handler) != 1) return "each handler is told, whatever has come";
  }
  if (end.call.machine().is_answering()) return "what becomes of the final answer is known";
  const bool is_unanswered = world.server == World::Server::rings;
  if (is_unanswered && world.final_status != 0) return "a final answer that was given goes out";
  // The program may give another answer for one that the server refuses or a link loses.
  const bool is_plain = world.refused == 0 && world.links_lost == 0;
  if (is_unanswered && world.is_missed && is_plain) {
    return "RFC 3262 3: where no PRACK comes, the INVITE is refused";
  }
  // A request that may have been handed on is not answered, too.
  const bool may_be_handed_on = world.hands_on > 0 && world.links_lost > 0;
  if (is_unanswered && world.has_hung_up && world.refused == 0 && !may_be_handed_on) {
    return "RFC 3261 15.1.2: the INVITE is answered although a BYE came";
  }
  const bool may_answer = world.refused < 2 && world.links_lost == 0;
  if (is_unanswered && world.is_unheard && may_answer) {
    return "RFC 3261 16.7: what is not handed on is answered";
  }
  if (world.server == World::Server::answered && world.is_told_final &&
      !end.call.machine().is_over()) {
    return "what is answered is over";
  }
  return std::nullopt;
}

namespace {

// Equal situations have equal hashes; most that is in the machine shows in the world.
std::size_t hash_of(const Situation& state) {
  const World& world = state.world;
  const ServerRequest& machine = state.call.machine();
  std::size_t hash = 0;
  for (const std::size_t part : {std::size_t(world.server),
                                 std::size_t(world.link),
                                 std::size_t(world.can_receive),
                                 std::size_t(world.has_given_up),
                                 std::size_t(world.has_tried_again),
                                 std::size_t(world.asks),
                                 world.to_come.size(),
                                 world.timers.size(),
                                 world.awaited.size(),
                                 std::size_t(world.rings),
                                 std::size_t(world.reliable),
                                 std::size_t(world.accepts),
                                 std::size_t(world.refuses),
                                 std::size_t(world.hands_on),
                                 std::size_t(world.ends),
                                 std::size_t(world.refused),
                                 std::size_t(world.links_lost),
                                 std::size_t(world.final_status),
                                 std::size_t(world.is_handed_on),
                                 std::size_t(world.is_closed),
                                 std::size_t(world.cancelled),
                                 std::size_t(world.handlers),
                                 world.enders.size(),
                                 world.turns.size(),
                                 std::size_t(world.reaction),
                                 std::size_t(machine.is_answered()),
                                 std::size_t(machine.is_answering())}) {
    hash = hash * 31 + part;
  }
  for (const Frame& frame : world.on_their_way) {
    hash = hash * 31 + std::size_t(frame.sent.status);
    hash = hash * 31 + frame.sent.handler;
  }
  for (const std::uint8_t told : world.told) hash = hash * 31 + told;
  return hash;
}

}  // namespace

test::Explored explore(const Bounds& bounds) {
  Situation first;
  first.world.reaction = bounds.reaction;
  return test::explore(
      first, [&](const Situation& state) { return events(state, bounds); }, step, broken, hash_of,
      [](Happens event) { return std::string{names.at(std::size_t(event))}; });
}

}  // namespace drachtio::test::answer_world
