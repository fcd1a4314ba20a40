// This file is the state machine of the question whether the caller of a call in still waits. A
// call in that has rung, and whose CANCEL cannot reach this program, is asked about by a further
// 183, which says nothing else (RFC 3261 13.3.1.1): the server refuses any answer to an INVITE that
// it no longer has. Inputs go in, actions come out. It is a value, with neither I/O nor a clock; it
// promises one question at a time.
#pragma once

#include "wire/refusal.hpp"

#include <boost/system/error_code.hpp>

#include <cstdint>
#include <variant>
#include <vector>

namespace drachtio::call {

class CallerCheck {
 public:
  // The facts of the call, as they are now.
  struct Facts {
    bool is_over = true;  // the call was answered, or has ended
    bool is_open =
        false;  // the program may answer the INVITE: it has not, and others are not asked
    // The caller wants its provisional answers acknowledged (RFC 3262 3): the PRACK to a 183 would
    // not be heard.
    bool requires_100rel = false;
    bool is_heard = true;  // what the far end sends reaches this program
  };
  // The number of a round of questions. What belongs to an earlier round changes nothing any more.
  using Round = std::uint32_t;

  // --- Inputs
  struct Ask {};
  // The server has replied to the question, or its link is lost.
  struct Answered {
    Round round = 0;
    boost::system::error_code error;
    wire::Refusal refusal = wire::Refusal::none;
  };
  // The time to ask again has come.
  struct AskAgain {
    Round round = 0;
  };
  // An INVITE makes the call, perhaps a retry.
  struct Begun {};

  // --- Actions. Answered and AskAgain tell what comes of the first two.
  struct SendQuestion {
    Round round = 0;
    bool operator==(const SendQuestion&) const = default;
  };
  struct WaitToAsk {
    Round round = 0;
    bool operator==(const WaitToAsk&) const = default;
  };
  // The server does not have the INVITE: the call was given up, or answered on a link that was
  // lost.
  struct InDoubt {
    bool operator==(const InDoubt&) const = default;
  };

  using Input = std::variant<Ask, Answered, AskAgain, Begun>;
  using Action = std::variant<SendQuestion, WaitToAsk, InDoubt>;
  using Actions = std::vector<Action>;

  // Takes an input, and returns what is to be done, in this order.
  Actions on(const Input& input, const Facts& facts);

  bool operator==(const CallerCheck&) const = default;

 private:
  enum class Phase : std::uint8_t {
    idle,
    asking,
    waiting,  // to ask again
    lost,     // the question was lost with its link: the next link asks again, or the time does
  };

  void take(const Ask&, const Facts& facts, Actions& actions);
  void take(const Answered& answered, const Facts& facts, Actions& actions);
  void take(const AskAgain& again, const Facts& facts, Actions& actions);
  void take(const Begun&, const Facts& facts, Actions& actions);

  void ask(const Facts& facts, Actions& actions);
  void wait(Phase phase, Actions& actions);

  Phase phase_ = Phase::idle;
  Round round_ = 0;
};

}  // namespace drachtio::call
