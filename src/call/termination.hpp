// This file is the state machine of a call that the program ends (RFC 3261 15): by a CANCEL, a
// final answer or a BYE, now or once what must come before has come. Inputs go in, actions come
// out. It is a value, with neither I/O nor a clock; it promises that whoever ends the call is told
// once, and that there is one BYE, but for one that was challenged.
#pragma once

#include "call/answer.hpp"
#include "call/call_facts.hpp"
#include "call/ending.hpp"
#include "call/outcome.hpp"
#include "dialog/dialog.hpp"

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace drachtio::call {

class Termination {
 public:
  // --- Inputs
  // The program ends the call. The answer is what an INVITE gets that is not answered yet; what
  // ends the call otherwise has its headers, and a BYE its body.
  // `is_calling` says that a request of ours is still making the call: it rings, or is between a
  // challenge and its next attempt. Of the facts, the machine knows `bye_challenged` and
  // `offer_answered` itself.
  struct Terminate {
    const dialog::Dialog& dialog;
    EndingFacts facts;
    Answer answer;
    HandlerId handler = 0;
    bool is_calling = false;
  };
  // The end of the call may go on: the final answer is out, or the ACK has come or never will.
  struct GoOn {
    const dialog::Dialog& dialog;
    EndingFacts facts;
  };
  // The message that was to end the call has this outcome. `is_over` says whether the call has
  // ended.
  struct Done {
    Outcome outcome;
    bool is_over = false;
  };
  // The server has sent our BYE, or refused it; `left` is false where there was no link.
  struct ByeSent {
    bool left = true;
  };
  // Our BYE has this final answer.
  struct ByeAnswered {
    int status = 0;
  };
  // The far end has hung up.
  struct HungUp {};

  // --- Actions. Done follows each of those that send.
  struct SendBye {
    Answer content;
    bool operator==(const SendBye&) const = default;
  };
  // Acknowledges the 2xx without a description. No Done follows.
  struct Acknowledge {
    bool operator==(const Acknowledge&) const = default;
  };
  // Gives the INVITE its final answer. One that waits for a PRACK is taken back.
  struct Refuse {
    Answer answer;
    bool operator==(const Refuse&) const = default;
  };
  // Asks the server to cancel our INVITE, which nothing of this program waits for.
  struct SendCancel {
    Headers headers;
    bool operator==(const SendCancel&) const = default;
  };
  // Gives up the request of ours that is making the call. No Done follows: the handler is told.
  struct GiveUp {
    Headers headers;
    HandlerId handler = 0;
    bool operator==(const GiveUp&) const = default;
  };

  using Input = std::variant<Terminate, GoOn, Done, ByeSent, ByeAnswered, HungUp>;
  using Action = std::variant<SendBye, Acknowledge, Refuse, SendCancel, GiveUp, Tell>;
  using Actions = std::vector<Action>;

  // Takes an input, and returns what is to be done, in this order. `facts` are those of the call.
  Actions on(const Input& input, CallFacts& facts);

  // Returns whether GoOn may change anything.
  [[nodiscard]] bool waits() const { return phase_ == Phase::waiting; }
  // Returns whether our BYE was challenged: the far end still has the call.
  [[nodiscard]] bool is_bye_challenged() const { return bye_challenged_; }

  bool operator==(const Termination&) const = default;

 private:
  enum class Phase : std::uint8_t {
    idle,
    waiting,    // for the final answer to be out, or for the ACK to our 2xx
    under_way,  // what ends the call has been sent
  };

  void take(const Terminate& input, CallFacts& facts, Actions& actions);
  void take(const GoOn& input, CallFacts& facts, Actions& actions);
  void take(const Done& done, CallFacts& facts, Actions& actions);
  void take(const ByeSent& bye, CallFacts& facts, Actions& actions);
  void take(const ByeAnswered& bye, CallFacts& facts, Actions& actions);
  void take(const HungUp&, CallFacts& facts, Actions& actions);

  void end(const dialog::Dialog& dialog, EndingFacts ending, CallFacts& facts, Actions& actions);
  void finish(const Outcome& outcome, bool in_own_turn, Actions& actions);

  Phase phase_ = Phase::idle;
  bool bye_challenged_ = false;
  Answer answer_;                    // while it is not idle
  std::vector<HandlerId> handlers_;  // who is to be told
};

}  // namespace drachtio::call
