// This file is the world around a request of ours out of dialog: a server, a far end with two
// forks, a link and a program. It says what can happen next, does it, and notes what the machine
// answers. A rule that an action breaks at once is noted in World::broken.
#pragma once

#include "call/requesting.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace drachtio::test::request_world {

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

inline constexpr std::array<const char*, 23> names{
    "the server sends the request",
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
inline constexpr Bounds deep{.reliable = 2, .challenged = 2, .pracks = 2};

// A World is what a server and a far end know, and what the machine and the program have asked.
struct World {
  // The server has this attempt under way: it has been asked to send it, has sent it, or has passed
  // its final answer on.
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

// Carries out what the machine says.
void carry_out(Situation& situation, const ClientRequest::Actions& actions);

// Returns what can happen now, within the bounds.
std::vector<Happens> events(const Situation& situation, const Bounds& bounds);

// Lets it happen.
void step(Situation& situation, Happens event);

// Lets only the server and the far end answer, and turns come, until nothing is left.
void drain(Situation& situation);

}  // namespace drachtio::test::request_world
