// This file is the world around a call in: a server, a caller, a link that may be lost and a
// program. It says what can happen next, does it, and notes what the machine answers. A rule that
// an action breaks at once is noted in World::broken; broken() has the rules that a state can
// break.
#pragma once

#include "call/answering.hpp"
#include "call/exploration.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace drachtio::test::answer_world {

enum class Happens : std::uint8_t {
  program_rings,
  program_rings_reliably,
  program_accepts,
  program_refuses,
  program_hands_on,
  program_hands_on_unheard,
  program_ends,
  server_replies,      // to the oldest frame, by what it knows of the call
  server_refuses,      // the oldest frame, for another reason
  server_shows_other,  // an answer of before, for the oldest frame
  prack_comes,
  prack_is_missed,
  caller_cancels,
  caller_hangs_up,
  caller_tries_again,
  link_lost,            // and with it what was on its way
  link_lost_too_early,  // before anything left
  link_lost_too_late,   // what was on its way had arrived
  link_replaced,        // as link_lost, and there is another one at once
  link_back,
  server_forgets,  // the INVITE, which nobody has answered for 64 s
  server_is_asked,
  turn_comes,  // to tell a handler in a turn of its own
};

inline constexpr std::array<const char*, 23> names{
    "the program rings",
    "the program rings reliably",
    "the program answers 200",
    "the program answers 486",
    "the program hands the call on",
    "the program hands the call on, and does not hear of it",
    "the program ends the call",
    "the server replies",
    "the server refuses what it was told, for some other reason",
    "the server shows an answer of before",
    "a PRACK comes",
    "no PRACK comes",
    "CANCEL",
    "BYE",
    "the caller tries again",
    "the link is lost, and what was on its way",
    "the link is lost before what was on its way left",
    "the link is lost, but what was on its way had arrived",
    "the link is lost, and what was on its way, and there is another link",
    "the link is back",
    "the server forgets the INVITE",
    "the server is asked what has become of the call",
    "the turn to tell a handler"};

// A Reaction is what the program does, once, when one of its handlers is told anything.
enum class Reaction : std::uint8_t { none, accepts, refuses, rings, hands_on, ends };

// How often each comes at most, so that the states have an end.
struct Bounds {
  int rings = 1;
  int reliable = 1;
  int accepts = 1;
  int refuses = 1;
  int hands_on = 1;
  int ends = 1;
  int refused = 1;
  int links_lost = 1;
  Reaction reaction = Reaction::none;
};
inline constexpr Bounds deep{
    .reliable = 2, .accepts = 2, .refuses = 1, .ends = 2, .refused = 2, .links_lost = 2};

// A Frame is on its way to the server.
struct Frame {
  ServerRequest::Sent sent;  // its status is 0 where the call is handed on
  bool is_heard = true;
  bool left = true;  // false: there was no link
  bool operator==(const Frame&) const = default;
};

// An answer whose PRACK is awaited, and who is to be told of that.
struct Awaited {
  call::PrackId prack = 0;
  call::HandlerId handler = 0;
  bool operator==(const Awaited&) const = default;
};

// A World is what the server and the caller know, and what the machine and the program have asked.
struct World {
  enum class Server : std::uint8_t {
    rings,       // it has the INVITE, and waits for an answer
    answered,    // it has sent a final answer of ours
    handed_on,   // it has asked others
    terminated,  // it has answered 487 by itself, or has forgotten the INVITE
  } server = Server::rings;
  bool link = true;
  bool can_receive = true;       // the link that brought the INVITE has not been lost
  bool has_given_up = false;     // the caller, by CANCEL or BYE
  bool has_hung_up = false;      // by BYE
  bool has_tried_again = false;  // likewise
  bool asks = false;             // the server is to be asked what has become of the call
  std::vector<Frame> on_their_way;
  std::vector<call::PrackId> to_come;  // PRACKs of answers that the caller has
  std::vector<call::PrackId> timers;
  std::vector<Awaited> awaited;  // answers whose PRACK must be waited for
  std::uint8_t rings = 0;
  std::uint8_t reliable = 0;
  std::uint8_t accepts = 0;
  std::uint8_t refuses = 0;
  std::uint8_t hands_on = 0;
  std::uint8_t ends = 0;
  std::uint8_t refused = 0;
  std::uint8_t links_lost = 0;
  // The final answer that the server has, or may have; 0: none.
  std::uint16_t final_status = 0;
  bool is_handed_on = false;         // likewise, or is being handed on
  bool may_be_lost = false;          // that answer, with its link
  bool is_sent_again = false;        // it, as the first may not have arrived
  std::uint16_t waiting_status = 0;  // of the final answer that waits for a PRACK; 0: none does
  bool is_missing = false;           // the program is just being told that no PRACK came
  bool is_missed = false;            // ... and was
  bool is_unheard = false;  // the server has refused to hand on what the program did not hear of
  bool is_closed = false;   // the log says that the call has ended
  bool must_be_cancelled = false;  // the program must have been told
  bool is_told_final = false;
  Reaction reaction = Reaction::none;  // is still to come
  std::vector<call::HandlerId> turns;  // who is to be told in a turn of its own
  bool is_reacting = false;
  call::HandlerId ending = 0;  // who ends the call just now
  std::uint8_t finals = 0;
  std::uint8_t cancelled = 0;           // how often the program was told
  std::vector<call::HandlerId> enders;  // whoever waits for the final answer to end the call
  std::array<std::uint8_t, 16> told{};  // how often, by handler
  std::uint8_t handlers = 0;            // so many have been handed over
  const char* broken = nullptr;

  bool operator==(const World&) const = default;
};

struct Situation {
  Answering call = Answering::call();
  World world;
  bool operator==(const Situation&) const = default;
};

// Returns what can happen now, within the bounds.
std::vector<Happens> events(const Situation& state, const Bounds& bounds);

void step(Situation& state, Happens event);

// Returns the rule that the state breaks, or breaks when only the server, the caller and the timers
// go on.
std::optional<std::string> broken(const Situation& state);

test::Explored explore(const Bounds& bounds);

}  // namespace drachtio::test::answer_world
