// The rules of a call whose link or program goes away, for each state of its world.
#include "call/recovery_world.hpp"

#include <algorithm>

namespace drachtio::test::recovery_world {

using Server = World::Server;

namespace {

// Returns what happens next if the link comes back and stays, server and far end answer, timers
// fire and the log takes what it is given; nothing where all is done.
std::optional<Happens> next(const World& world, bool may_ask_again) {
  if (!world.is_linked) return Happens::link_back;
  if (!world.frames.empty()) return Happens::server_replies;
  if (!world.noted.empty()) return Happens::log_tells;
  if (world.awaits_turn) return Happens::turn_comes;
  if (!world.looks.empty()) return Happens::look_is_due;
  if (world.forgotten_timers > 0) {
    const bool may_forget = world.server == Server::invite && !world.is_touched;
    return may_forget ? Happens::server_forgets : Happens::forgotten_is_due;
  }
  if (!world.questions.empty() && may_ask_again) return Happens::question_is_due;
  return std::nullopt;
}

// Lets all happen that then happens, and returns the rule that is broken meanwhile, if one is.
const char* go_on(World& world) {
  int steps = 0;
  int asked_again = 0;
  while (const auto event = next(world, asked_again < 4)) {
    if (++steps > 1000) return "what the server is asked comes to an end";
    if (*event == Happens::question_is_due) ++asked_again;
    happen(world, *event);
    if (world.broken != nullptr) return world.broken;
  }
  return nullptr;
}

bool is_there(const World& world) {
  return world.server == Server::awaits_ack || world.server == Server::up;
}

const char* broken_at_the_end(const World& world) {
  const Scene& scene = world.scene;
  if (world.has_turn) return "a turn comes to its end";
  for (int handler = 1; handler <= world.handlers; ++handler) {
    if (world.told.at(std::size_t(handler)) != 1) return "who answers is told once";
  }
  if (world.recovery.is_heard() || world.has_ended) return nullptr;
  if (world.given_up && is_there(world)) return "a call that was given up does not stay up";
  const bool nobody_waits = scene.role == Role::uac && !world.answered;
  if (nobody_waits) return "a call out that nobody waits for is given up";
  if (world.owes_answer) return nullptr;  // the program is still to answer the late offer
  if (world.answered) {
    return world.is_resumed || !scene.may_probe ? nullptr : "an answered call is resumed or lost";
  }
  // A caller that requires 100rel cannot be asked after, once it has rung.
  if (scene.reliable && world.has_rung) return nullptr;
  if (is_there(world)) return "a call in that was answered is resumed";
  if (world.server == Server::gone) return "a call in that is not there is lost";
  return nullptr;
}

// The same, once the call was asked about again.
const char* broken_after_probe(const World& world) {
  if (world.recovery.is_heard() || world.has_ended || !world.scene.may_probe) return nullptr;
  const bool is_lost =
      world.answered && !world.owes_answer && (!is_there(world) || !world.far_end_has_it);
  return is_lost ? "an answered call that is not there is lost" : nullptr;
}

std::size_t hash_of(const World& world) {
  std::size_t hash = std::size_t(world.server);
  for (const std::size_t part : {std::size_t(world.answered),
                                 std::size_t(world.acknowledged),
                                 std::size_t(world.has_rung),
                                 std::size_t(world.has_ended),
                                 std::size_t(world.awaits_turn),
                                 std::size_t(world.has_turn),
                                 world.looks.size(),
                                 world.questions.size(),
                                 std::size_t(world.forgotten_timers),
                                 world.noted.size(),
                                 std::size_t(world.looks_taken),
                                 std::size_t(world.is_cancelled),
                                 std::size_t(world.is_touched),
                                 std::size_t(world.far_end_has_it),
                                 std::size_t(world.is_linked),
                                 std::size_t(world.connection),
                                 world.frames.size(),
                                 std::size_t(world.links_lost),
                                 std::size_t(world.deaths),
                                 std::size_t(world.probes),
                                 std::size_t(world.rings),
                                 std::size_t(world.accepts),
                                 std::size_t(world.refuses),
                                 std::size_t(world.byes)}) {
    hash = hash * 31 + part;
  }
  for (const Frame& frame : world.frames) {
    hash = hash * 31 + std::size_t(frame.kind) * 2 + std::size_t(frame.has_left);
  }
  return hash;
}

}  // namespace

std::optional<std::string> broken(const World& world) {
  if (world.broken != nullptr) return world.broken;
  World end = world;
  if (const char* rule = go_on(end)) return rule;
  if (const char* rule = broken_at_the_end(end)) return rule;
  happen(end, Happens::time_to_probe);
  if (const char* rule = go_on(end)) return rule;
  if (const char* rule = broken_after_probe(end)) return rule;
  return std::nullopt;
}

Explored explore(const Scene& scene) {
  return test::explore(begin(scene), can_happen, happen, broken, hash_of,
                       [](Happens event) { return std::string{names.at(std::size_t(event))}; });
}

}  // namespace drachtio::test::recovery_world
