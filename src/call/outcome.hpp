// This file has what a call tells the program's handlers: what came of something, or why nothing
// did.
#pragma once

#include <drachtio/sip_message.hpp>

#include <boost/system/error_code.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace drachtio::call {

// A HandlerId stands for a handler of the program's, which its owner resolves; 0 stands for nobody.
using HandlerId = std::uint64_t;

// An Outcome is what came of something. Without an error it has the message that was sent or
// received; with an error the message's reason says why.
struct Outcome {
  boost::system::error_code error;
  SipMessage message;
  bool operator==(const Outcome&) const = default;
};

inline Outcome outcome_of(boost::system::error_code error, std::string why) {
  Outcome outcome{error, {}};
  outcome.message.reason = std::move(why);
  return outcome;
}

// A Tell is an action: it tells a handler what came of something; in a turn of its own where the
// operation has only just begun, as no handler is called from within the call that begins its
// operation.
struct Tell {
  HandlerId handler = 0;
  Outcome outcome;
  bool in_own_turn = false;
  bool operator==(const Tell&) const = default;
};

// These add a Tell to a machine's actions, unless there is nobody to be told.
template <typename Actions>
void tell(HandlerId handler, Outcome outcome, Actions& actions) {
  if (handler != 0) actions.emplace_back(Tell{handler, std::move(outcome), false});
}
template <typename Actions>
void tell_later(HandlerId handler, Outcome outcome, Actions& actions) {
  if (handler != 0) actions.emplace_back(Tell{handler, std::move(outcome), true});
}

}  // namespace drachtio::call
