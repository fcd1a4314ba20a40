// Every order of what can come while the program ends a call in: one message ends it, and whoever
// ends it is told once.
#include "call/dialogs.hpp"
#include "call/exploration.hpp"
#include "call/termination.hpp"
#include "catch.hpp"

#include <drachtio/error.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace drachtio::test::end_world {

using call::Termination;

namespace {

enum class Comes : std::uint8_t {
  program_ends,
  program_answers,  // 200, which is on its way
  answer_is_out,
  answer_is_refused,
  ack_comes,
  far_end_ends,      // CANCEL or BYE
  far_end_hangs_up,  // although our BYE went out, which it challenged
  link_lost,
  bye_is_sent,
  bye_does_not_leave,
  bye_is_refused,  // the far end's crossed it
  bye_is_answered,
  bye_is_challenged,
  refusal_is_out,
  refusal_is_refused,
  program_stops,
};
constexpr std::array<const char*, 16> names{"the program ends the call",
                                            "the program answers 200",
                                            "the 200 is out",
                                            "the 200 is refused",
                                            "ACK",
                                            "the far end ends the call",
                                            "BYE after the far end has challenged ours",
                                            "the link is lost",
                                            "the BYE is sent",
                                            "the BYE does not leave",
                                            "the BYE is refused: the far end's crossed it",
                                            "the BYE is answered",
                                            "the BYE is challenged",
                                            "the refusal is out",
                                            "the refusal is refused",
                                            "the program stops"};

// A call in, its far end, and a program that ends it.
struct Life {
  enum class Phase : std::uint8_t { rings, answering, awaits_ack, up, over } phase = Phase::rings;
  bool can_receive = true;
  bool stopped = false;
  bool is_answered = false;  // a 2xx is out
  enum class Sent : std::uint8_t { nothing, bye, bye_out, refusal } sent = Sent::nothing;
  bool is_challenged = false;  // the far end still has the call
  std::uint8_t byes = 0;       // that left
  std::uint8_t challenges = 0;
  std::uint8_t refusals = 0;  // of what we sent
  std::uint8_t handlers = 0;
  std::array<std::uint8_t, 4> told{};
  const char* broken = nullptr;
  bool operator==(const Life&) const = default;
};

struct Situation {
  Termination machine;
  Life life;
  bool operator==(const Situation&) const = default;
};

dialog::Dialog dialog_of(const Life& life) {
  dialog::Dialog dialog = call_in(State::early);
  if (life.is_answered) dialog = answered(dialog);
  if (life.phase == Life::Phase::up) dialog.state = State::stable;
  if (life.phase == Life::Phase::over) dialog.state = State::terminated;
  return dialog;
}

call::EndingFacts facts_of(const Life& life) {
  return {.stopped = life.stopped,
          .can_receive = life.can_receive,
          .answering = life.phase == Life::Phase::answering};
}

void carry_out(Situation& state, const Termination::Actions& actions) {
  Life& life = state.life;
  for (const Termination::Action& action : actions) {
    if (std::holds_alternative<Termination::SendBye>(action)) {
      if (life.sent != Life::Sent::nothing) life.broken = "one message ends the call";
      const bool may_come = life.phase == Life::Phase::awaits_ack && life.can_receive;
      if (may_come) life.broken = "RFC 3261 15: no BYE before the ACK";
      if (life.phase == Life::Phase::over && !life.is_challenged) {
        life.broken = "a call that is over has no BYE but the retry of a challenged one";
      }
      life.sent = Life::Sent::bye;
    } else if (std::holds_alternative<Termination::Refuse>(action)) {
      if (life.sent != Life::Sent::nothing) life.broken = "one message ends the call";
      if (life.phase != Life::Phase::rings) life.broken = "RFC 3261 13.3.1: one final answer";
      life.sent = Life::Sent::refusal;
    } else if (const auto* tell = std::get_if<call::Tell>(&action)) {
      ++life.told.at(tell->handler);
    } else {
      life.broken = "a call in is ended by an answer or a BYE";
    }
  }
}

void feed(Situation& state, const Termination::Input& input) {
  call::CallFacts facts;
  carry_out(state, state.machine.on(input, facts));
}

void go_on(Situation& state) {
  const dialog::Dialog dialog = dialog_of(state.life);
  feed(state, Termination::GoOn{dialog, facts_of(state.life)});
}

void is_done(Situation& state, boost::system::error_code error) {
  state.life.sent = Life::Sent::nothing;
  feed(state, Termination::Done{{error, {}}, state.life.phase == Life::Phase::over});
}

std::vector<Comes> can_come(const Situation& state) {
  using Phase = Life::Phase;
  const Life& life = state.life;
  std::vector<Comes> can;
  const auto add = [&](Comes event, bool does) {
    if (does) can.push_back(event);
  };
  add(Comes::program_ends, life.handlers < 3);
  add(Comes::program_answers, life.phase == Phase::rings && life.sent == Life::Sent::nothing);
  add(Comes::answer_is_out, life.phase == Phase::answering);
  add(Comes::answer_is_refused, life.phase == Phase::answering && life.refusals < 2);
  add(Comes::ack_comes, life.phase == Phase::awaits_ack && life.can_receive);
  add(Comes::far_end_ends, life.phase != Phase::over && life.can_receive);
  add(Comes::far_end_hangs_up, life.is_challenged && life.can_receive);
  add(Comes::link_lost, life.can_receive);
  add(Comes::bye_is_sent, life.sent == Life::Sent::bye);
  add(Comes::bye_does_not_leave, life.sent == Life::Sent::bye);
  add(Comes::bye_is_refused, life.sent == Life::Sent::bye && life.phase == Phase::over);
  add(Comes::bye_is_answered, life.sent == Life::Sent::bye_out);
  add(Comes::bye_is_challenged, life.sent == Life::Sent::bye_out && life.challenges < 2);
  add(Comes::refusal_is_out, life.sent == Life::Sent::refusal);
  add(Comes::refusal_is_refused, life.sent == Life::Sent::refusal && life.refusals < 2);
  add(Comes::program_stops, !life.stopped);
  return can;
}

void come(Situation& state, Comes event) {
  using Phase = Life::Phase;
  Life& life = state.life;
  switch (event) {
    case Comes::program_ends: {
      const dialog::Dialog dialog = dialog_of(life);
      return feed(state,
                  Termination::Terminate{dialog, facts_of(life), {.status = 480}, ++life.handlers});
    }
    case Comes::program_answers: life.phase = Phase::answering; return;
    case Comes::answer_is_out:
      life.phase = Phase::awaits_ack;
      life.is_answered = true;
      return go_on(state);
    case Comes::answer_is_refused:
      ++life.refusals;
      life.phase = Phase::rings;
      return go_on(state);
    case Comes::ack_comes: life.phase = Phase::up; return go_on(state);
    case Comes::far_end_ends: life.phase = Phase::over; return go_on(state);
    case Comes::far_end_hangs_up:
      life.is_challenged = false;
      return feed(state, Termination::HungUp{});
    case Comes::link_lost: life.can_receive = false; return go_on(state);
    case Comes::bye_is_sent:
      life.sent = Life::Sent::bye_out;
      life.phase = Phase::over;
      life.is_challenged = false;
      if (++life.byes > 1 + life.challenges) life.broken = "RFC 3261 15: one BYE";
      return feed(state, Termination::ByeSent{});
    case Comes::bye_does_not_leave:
      feed(state, Termination::ByeSent{false});
      return is_done(state, Errc::no_link);
    case Comes::bye_is_refused:
      life.is_challenged = false;
      feed(state, Termination::ByeSent{});
      return is_done(state, Errc::unknown_dialog);
    case Comes::bye_is_answered:
      feed(state, Termination::ByeAnswered{200});
      return is_done(state, {});
    case Comes::bye_is_challenged:
      ++life.challenges;
      life.is_challenged = true;
      feed(state, Termination::ByeAnswered{401});
      return is_done(state, {});
    case Comes::refusal_is_out: life.phase = Phase::over; return is_done(state, {});
    case Comes::refusal_is_refused:
      ++life.refusals;
      return is_done(state, life.phase == Phase::over ? Errc::cancelled : Errc::refused_by_server);
    case Comes::program_stops: life.stopped = true; return go_on(state);
  }
}

std::optional<std::string> broken(const Situation& state) {
  if (state.life.broken != nullptr) return state.life.broken;
  for (const std::uint8_t told : state.life.told) {
    if (told > 1) return "who ends the call is told once";
  }
  // Only the server, the far end and the link go on.
  Situation end = state;
  const auto next = [&]() -> std::optional<Comes> {
    const Life& life = end.life;
    if (life.sent == Life::Sent::bye) return Comes::bye_is_sent;
    if (life.sent == Life::Sent::bye_out) return Comes::bye_is_answered;
    if (life.sent == Life::Sent::refusal) return Comes::refusal_is_out;
    if (life.phase == Life::Phase::answering) return Comes::answer_is_out;
    if (life.phase == Life::Phase::awaits_ack && life.can_receive) return Comes::ack_comes;
    return std::nullopt;
  };
  while (const auto event = next()) come(end, *event);
  if (end.life.broken != nullptr) return end.life.broken;
  for (std::size_t handler = 1; handler <= end.life.handlers; ++handler) {
    if (end.life.told.at(handler) != 1) return "who ends the call is told, whatever has come";
  }
  return std::nullopt;
}

std::size_t hash_of(const Situation& state) {
  const Life& life = state.life;
  std::size_t hash = std::size_t(life.phase) * 31 + std::size_t(life.sent);
  for (const std::size_t part :
       {std::size_t(life.can_receive), std::size_t(life.stopped), std::size_t(life.is_answered),
        std::size_t(life.byes), std::size_t(life.challenges), std::size_t(life.refusals),
        std::size_t(life.handlers), std::size_t(state.machine.waits())}) {
    hash = hash * 31 + part;
  }
  for (const std::uint8_t told : life.told) hash = hash * 31 + told;
  return hash;
}

}  // namespace

TEST_CASE("Exploration: a call in that the program ends, whatever comes in whatever order") {
  const test::Explored explored =
      explore(Situation{}, can_come, come, broken, hash_of,
              [](Comes event) { return std::string{names.at(std::size_t(event))}; });
  CAPTURE(explored.states, explored.steps);
  CHECK(shown(explored) == "no rule is broken");
  CHECK(explored.events.size() == names.size());
  CHECK(explored.states > 1000);
}

}  // namespace drachtio::test::end_world
