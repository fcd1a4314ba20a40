// Every order of what can come while both sides offer in a call: there is one offer at a time, and
// whoever offers is told once.
#include "call/dialogs.hpp"
#include "call/exploration.hpp"
#include "call/offers.hpp"
#include "catch.hpp"

#include <drachtio/error.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drachtio::test::offer_world {

using call::Offers;

namespace {

enum class Comes : std::uint8_t {
  program_modifies,
  program_updates,
  program_holds,
  far_end_accepts,
  far_end_refuses,
  far_end_offers_too,  // 491
  offer_is_lost,
  pause_is_over,
  they_reinvite,
  they_update,
  program_answers,
  program_refuses,
  they_give_up,
  ack_comes,
  ack_is_missed,
  link_lost,
  call_ends,
};
constexpr std::array<const char*, 17> names{"the program re-INVITEs",
                                            "the program UPDATEs",
                                            "the program holds the call",
                                            "the far end answers 200",
                                            "the far end answers 488",
                                            "the far end answers 491",
                                            "our offer is lost with its link",
                                            "the pause is over",
                                            "the far end re-INVITEs",
                                            "the far end UPDATEs",
                                            "our 200 to their offer is out",
                                            "our 488 to their offer is out",
                                            "their offer is given up",
                                            "ACK",
                                            "no ACK comes",
                                            "the link is lost",
                                            "the call ends"};

// A World is what both sides know, and what the machine has asked.
struct World {
  enum class Offer : std::uint8_t { none, invite, update };
  Offer ours = Offer::none;  // is out
  bool pauses = false;
  Offer theirs = Offer::none;  // waits for its answer
  call::OfferId their_id = 0;
  std::uint32_t awaited_ack = 0;
  std::vector<std::uint32_t> timers;  // of ACKs
  bool can_receive = true;
  bool is_over = false;
  std::uint8_t modifies = 0;
  std::uint8_t updates = 0;
  std::uint8_t holds = 0;
  std::uint8_t refused = 0;
  std::uint8_t crossed = 0;
  std::uint8_t accepted = 0;  // re-INVITEs of ours, that must be acknowledged
  std::uint8_t acks = 0;
  std::uint8_t answers = 0;  // to the offer of theirs that has just come
  std::uint8_t handlers = 0;
  std::array<std::uint8_t, 6> told{};
  const char* broken = nullptr;
  bool operator==(const World&) const = default;
};

struct Situation {
  Offers machine;
  World world;
  bool operator==(const Situation&) const = default;
};

dialog::Dialog dialog_of(const World& world) {
  dialog::Dialog dialog = described(answered(call_out(State::stable)));
  if (world.is_over) dialog.state = State::terminated;
  return dialog;
}

struct CarryOut {
  World& world;

  void breaks(bool does, const char* rule) const {
    if (does && world.broken == nullptr) world.broken = rule;
  }
  void operator()(const Offers::Send& send) const {
    const bool is_invite = send.method == "INVITE";
    breaks(world.ours != World::Offer::none, "RFC 3264 4: ours is not answered");
    breaks(world.theirs != World::Offer::none && !world.is_over,
           "RFC 3264 4: theirs is not answered");
    breaks(is_invite && world.awaited_ack != 0 && world.can_receive && !world.is_over,
           "RFC 3261 14.1: no re-INVITE before the ACK to theirs");
    breaks(send.sdp.empty(), "an offer has a description");
    world.ours = is_invite ? World::Offer::invite : World::Offer::update;
  }
  void operator()(const Offers::Acknowledge& /*action*/) const { ++world.acks; }
  void operator()(const Offers::Wait& /*action*/) const { world.pauses = true; }
  void operator()(const Offers::Refuse& refuse) const {
    ++world.answers;
    const int status = world.ours != World::Offer::none ? 491 : 500;
    breaks(refuse.status != status, "RFC 3261 14.2: 491 where ours is open, else 500");
    breaks((refuse.status == 500) != refuse.retry_after.has_value(),
           "RFC 3261 14.2: a 500 says when to try again");
    breaks(world.ours == World::Offer::none && world.theirs == World::Offer::none,
           "RFC 3261 14.2: what stands alone is not refused");
  }
  void operator()(const Offers::Ask& /*action*/) const {
    ++world.answers;
    breaks(world.ours != World::Offer::none || world.theirs != World::Offer::none,
           "RFC 3261 14.2: what crosses another is refused");
  }
  void operator()(const Offers::AwaitAck& await) const { world.timers.push_back(await.cseq); }
  void operator()(const Offers::HangUpIfGone& /*action*/) const {}
  void operator()(const call::Tell& tell) const { ++world.told.at(tell.handler); }
};

void feed(Situation& state, const Offers::Input& input) {
  const dialog::Dialog dialog = dialog_of(state.world);
  const Offers::Actions actions =
      state.machine.on(input, {.dialog = dialog, .can_receive = state.world.can_receive});
  for (const Offers::Action& action : actions) std::visit(CarryOut{state.world}, action);
}

void make(Situation& state, Offers::Wanted offer) {
  offer.handler = ++state.world.handlers;
  feed(state, Offers::Make{std::move(offer)});
}

void answer(Situation& state, int status) {
  World& world = state.world;
  SipMessage message;
  message.status = status;
  message.headers.add("CSeq", "7 INVITE");
  const bool is_invite = std::exchange(world.ours, World::Offer::none) == World::Offer::invite;
  if (is_invite && status < 300) ++world.accepted;
  feed(state, Offers::Answered{{{}, message}});
}

void fail(Situation& state, Errc error) {
  if (std::exchange(state.world.ours, World::Offer::none) == World::Offer::none) return;
  feed(state, Offers::Answered{{error, {}}});
}

void they_offer(Situation& state, World::Offer method) {
  World& world = state.world;
  world.answers = 0;
  // A re-INVITE says that the ACK to the one before has been sent.
  if (method == World::Offer::invite) world.awaited_ack = 0;
  const bool stands_alone = world.ours == World::Offer::none && world.theirs == World::Offer::none;
  feed(state, Offers::Came{++world.their_id,
                           method == World::Offer::invite ? std::string_view{"INVITE"} : "UPDATE"});
  if (world.answers != 1) world.broken = "their offer is asked about, or refused";
  if (stands_alone) {
    world.theirs = method;
  } else {
    --world.their_id;
  }
}

void theirs_is_over(Situation& state) {
  state.world.theirs = World::Offer::none;
  feed(state, Offers::TheirsOver{state.world.their_id});
}

void accept(Situation& state) {
  World& world = state.world;
  if (world.theirs == World::Offer::invite && world.can_receive) {
    world.awaited_ack = static_cast<std::uint32_t>(world.their_id) + 100;
    feed(state, Offers::Accepted{world.their_id, world.awaited_ack});
  }
  theirs_is_over(state);
}

struct Bounds {
  int offers = 1;   // of each kind, of the program
  int theirs = 2;   // of theirs
  int crossed = 2;  // 491s
};

std::vector<Comes> events(const Situation& state, const Bounds& bounds) {
  const World& world = state.world;
  std::vector<Comes> can;
  const auto add = [&](Comes event, bool does) {
    if (does) can.push_back(event);
  };
  add(Comes::program_modifies, world.modifies < bounds.offers);
  add(Comes::program_updates, world.updates < bounds.offers);
  add(Comes::program_holds, world.holds < bounds.offers);
  const bool is_out = world.ours != World::Offer::none;
  add(Comes::far_end_accepts, is_out);
  add(Comes::far_end_refuses, is_out && world.refused < 1);
  add(Comes::far_end_offers_too, is_out && world.crossed < bounds.crossed);
  add(Comes::offer_is_lost, is_out);
  add(Comes::pause_is_over, world.pauses);
  const bool is_heard = world.can_receive && !world.is_over;
  const bool may_offer = is_heard && world.their_id < static_cast<std::uint64_t>(bounds.theirs);
  add(Comes::they_reinvite, may_offer);
  add(Comes::they_update, may_offer);
  const bool is_asked = world.theirs != World::Offer::none;
  add(Comes::program_answers, is_asked);
  add(Comes::program_refuses, is_asked);
  add(Comes::they_give_up, is_asked);
  add(Comes::ack_comes, world.awaited_ack != 0 && is_heard);
  add(Comes::ack_is_missed, !world.timers.empty());
  add(Comes::link_lost, world.can_receive);
  add(Comes::call_ends, !world.is_over);
  return can;
}

void step(Situation& state, Comes event) {
  World& world = state.world;
  switch (event) {
    case Comes::program_modifies: ++world.modifies; return make(state, {.sdp = "v=0\r\n"});
    case Comes::program_updates:
      ++world.updates;
      return make(state, {.method = "UPDATE", .sdp = "v=0\r\n"});
    case Comes::program_holds: ++world.holds; return make(state, {.held = true});
    case Comes::far_end_accepts: return answer(state, 200);
    case Comes::far_end_refuses: ++world.refused; return answer(state, 488);
    case Comes::far_end_offers_too: ++world.crossed; return answer(state, 491);
    case Comes::offer_is_lost: return fail(state, Errc::no_link);
    case Comes::pause_is_over: world.pauses = false; return feed(state, Offers::PauseOver{});
    case Comes::they_reinvite: return they_offer(state, World::Offer::invite);
    case Comes::they_update: return they_offer(state, World::Offer::update);
    case Comes::program_answers: return accept(state);
    case Comes::program_refuses:
    case Comes::they_give_up: return theirs_is_over(state);
    case Comes::ack_comes:
      return feed(state, Offers::Acknowledged{std::exchange(world.awaited_ack, 0)});
    case Comes::ack_is_missed: {
      const std::uint32_t cseq = world.timers.front();
      world.timers.erase(world.timers.begin());
      if (world.awaited_ack == cseq) world.awaited_ack = 0;
      return feed(state, Offers::Acknowledged{cseq});
    }
    case Comes::link_lost:
      world.can_receive = false;
      fail(state, Errc::no_link);
      return feed(state, Offers::Unheard{});
    case Comes::call_ends:
      world.is_over = true;
      feed(state, Offers::GoOn{});
      return fail(state, Errc::dialog_over);
  }
}

std::optional<std::string> broken(const Situation& state) {
  if (state.world.broken != nullptr) return state.world.broken;
  if (state.world.acks != state.world.accepted) {
    return "RFC 3261 13.2.2.4: each 2xx to our re-INVITE is acknowledged, and nothing else";
  }
  for (const std::uint8_t told : state.world.told) {
    if (told > 1) return "whoever offers is told once";
  }
  Situation end = state;
  const auto next = [&]() -> std::optional<Comes> {
    const World& world = end.world;
    if (world.ours != World::Offer::none) {
      return world.is_over ? Comes::offer_is_lost : Comes::far_end_accepts;
    }
    if (world.theirs != World::Offer::none) return Comes::they_give_up;
    if (!world.timers.empty()) return Comes::ack_is_missed;
    if (world.pauses) return Comes::pause_is_over;
    return std::nullopt;
  };
  while (const auto event = next()) step(end, *event);
  if (end.world.broken != nullptr) return end.world.broken;
  for (std::size_t handler = 1; handler <= end.world.handlers; ++handler) {
    if (end.world.told.at(handler) != 1) return "whoever offers is told, whatever has come";
  }
  return std::nullopt;
}

std::size_t hash_of(const Situation& state) {
  const World& world = state.world;
  std::size_t hash = 0;
  for (const std::size_t part :
       {std::size_t(world.ours), std::size_t(world.pauses), std::size_t(world.theirs),
        std::size_t(world.their_id), std::size_t(world.awaited_ack), world.timers.size(),
        std::size_t(world.can_receive), std::size_t(world.is_over), std::size_t(world.modifies),
        std::size_t(world.updates), std::size_t(world.holds), std::size_t(world.refused),
        std::size_t(world.crossed), std::size_t(world.acks), std::size_t(world.answers),
        std::size_t(world.handlers), std::size_t(state.machine.wait())}) {
    hash = hash * 31 + part;
  }
  for (const std::uint8_t told : world.told) hash = hash * 31 + told;
  return hash;
}

std::size_t explore_offers(const Bounds& bounds) {
  const Explored explored = explore(
      Situation{}, [&](const Situation& state) { return events(state, bounds); }, step, broken,
      hash_of, [](Comes event) { return std::string{names.at(std::size_t(event))}; });
  CAPTURE(explored.states, explored.steps);
  CHECK(shown(explored) == "no rule is broken");
  return explored.events.size();
}

}  // namespace

TEST_CASE("Exploration: offers of both sides, whatever comes in whatever order") {
  CHECK(explore_offers({}) == names.size());
}

TEST_CASE("Exploration: offers of both sides, deeper", "[slow]") {
  explore_offers({.theirs = 3, .crossed = 5});
}

}  // namespace drachtio::test::offer_world
