// This file is the world around a call whose link or program goes away: a server, a far end, a link
// that may be lost, a program that may die, and a log. It says what can happen next, does it, and
// notes what the machines of the call's recovery do. A rule that an action breaks at once is noted
// in World::broken; broken() has the rules that a state can break. There is one call, no reliable
// provisional answer, no retry of its INVITE and no end of it by the program, and some link to its
// server is dialled.
#pragma once

#include "call/caller_check.hpp"
#include "call/exploration.hpp"
#include "call/giving_up.hpp"
#include "call/recovery.hpp"
#include "call/server_request.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace drachtio::test::recovery_world {

enum class Happens : std::uint8_t {
  link_lost,           // and with it what was on its way
  link_lost_too_late,  // what was on its way had arrived
  link_back,
  time_to_probe,  // again, over the same link
  program_dies,   // and with it what was on its way
  program_dies_too_late,
  program_rings,
  program_accepts,
  program_refuses,
  server_replies,  // to the oldest frame
  far_end_answers,
  far_end_ends,     // the call, whatever state that is in
  far_end_forgets,  // the call: it answers 481
  record_tells,     // a call record, that the call has ended
  record_answers,   // a call record tells that the call was answered
  program_acks,     // the program answers the late offer of the 2xx
  server_forgets,   // the INVITE, which nobody has answered for 64 s
  log_tells,        // the oldest event that it was given
  turn_comes,
  look_is_due,
  question_is_due,
  forgotten_is_due,
};

inline constexpr std::array<const char*, 22> names{
    "the link is lost, and what was on its way",
    "the link is lost, but what was on its way had arrived",
    "the link is back",
    "the time comes to ask about the call again",
    "the program dies, and what was on its way is lost",
    "the program dies, but what was on its way had arrived",
    "the program rings",
    "the program answers 200",
    "the program answers 486",
    "the server replies",
    "the far end answers 200",
    "the far end ends the call",
    "the far end forgets the call",
    "a call record tells that the call has ended",
    "a call record tells that the call was answered",
    "the program answers the late offer",
    "the server forgets the INVITE",
    "the log tells",
    "the turn to ask about the call comes",
    "the time to look again comes",
    "the time to ask again whether the caller waits comes",
    "the time comes by which the server has forgotten the INVITE"};

// A Frame is what is on its way to the server.
struct Frame {
  enum class Kind : std::uint8_t { answer, question, options, cancel, ack, bye } kind{};
  std::uint32_t number = 0;             // of the attempt, or of the round of questions
  call::ServerRequest::Sent sent = {};  // of an answer
  call::Recovery::Question asked = {};  // of an OPTIONS
  bool has_left = true;                 // there was a link
  bool is_over = false;                 // the dialog had ended, and nothing was sent
  bool operator==(const Frame&) const = default;
};

struct Scene {
  Role role = Role::uac;
  bool answered = false;
  bool acknowledged = false;
  bool rings = false;  // a call in has rung
  bool late_offer = false;
  bool given_up = false;
  bool reliable = false;  // the caller requires 100rel
  bool may_probe = true;
  int links_lost = 2;
  int deaths = 1;
  int rings_again = 1;  // a 180 of this program
  int accepts = 1;
  int refuses = 1;
};

struct World {
  Scene scene;

  // --- the program's machines, and what it and the log know
  call::Recovery recovery;
  call::GivingUp giving_up;
  call::CallerCheck caller_check;
  std::optional<call::ServerRequest> invite;  // of a call in, once it is the program's
  bool answered = false;
  bool acknowledged = false;
  bool has_rung = false;
  bool has_ended = false;
  bool awaits_turn = false;
  bool has_turn = false;
  std::vector<call::GivingUp::Attempt> looks;
  std::vector<call::CallerCheck::Round> questions;
  int forgotten_timers = 0;
  std::vector<EventType> noted;  // on their way to the log
  bool owes_answer = false;      // the program, to the late offer
  bool has_answered_offer = false;
  bool given_up = false;    // by the program, before a 2xx came
  bool is_resumed = false;  // the log says so, after the latest loss
  int looks_taken = 0;      // after the latest link

  // --- the server, the far end and the link
  enum class Server : std::uint8_t { invite, awaits_ack, up, gone } server = Server::invite;
  bool is_cancelled = false;  // the server has taken a CANCEL
  bool is_touched = false;    // ... or an answer
  bool far_end_has_it = true;
  bool is_linked = true;
  std::uint64_t connection = 1;
  std::vector<Frame> frames;

  // --- how often
  int links_lost = 0;
  int deaths = 0;
  int probes = 0;
  int rings = 0;
  int accepts = 0;
  int refuses = 0;
  int byes = 0;
  std::array<int, 8> told{};  // handlers of answers
  int handlers = 0;
  const char* broken = nullptr;

  bool operator==(const World& other) const;
};

World begin(const Scene& scene);
std::vector<Happens> can_happen(const World& world);
void happen(World& world, Happens event);

// Returns the rule that the state breaks, if it does.
std::optional<std::string> broken(const World& world);

Explored explore(const Scene& scene);

}  // namespace drachtio::test::recovery_world
