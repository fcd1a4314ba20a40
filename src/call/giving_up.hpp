// This file is the state machine of a call out that nobody waits for any more, and whose answers
// do not reach this program: its INVITE is cancelled until the server has none (RFC 3261 9.1), and
// a call that was answered all the same is acknowledged and hung up (13.2.2.4, 15). Inputs go in,
// actions come out. It is a value, with neither I/O nor a clock; it promises one attempt at a time,
// and that each connection has an attempt of its own.
#pragma once

#include "wire/refusal.hpp"

#include <drachtio/dialog_state.hpp>

#include <boost/system/error_code.hpp>

#include <cstdint>
#include <variant>
#include <vector>

namespace drachtio::call {

class GivingUp {
 public:
  // A number of an attempt. What belongs to an earlier attempt changes nothing any more.
  using Attempt = std::uint32_t;
  // After so many looks, 64 T1 have passed, and a cancelled INVITE is over (RFC 3261 9.1).
  static constexpr int most_looks = 16;

  // --- Inputs. `connection` is that of the link over which the call is controlled, 0 where there
  // is no link.
  // A call that is not answered is to be given up.
  struct Cancel {
    std::uint64_t connection = 0;
  };
  // A call that is answered is to be given up.
  struct HangUp {
    std::uint64_t connection = 0;
  };
  // The server has replied to the CANCEL, or its link is lost.
  struct Cancelled {
    Attempt attempt = 0;
    boost::system::error_code error;
    wire::Refusal refusal = wire::Refusal::none;
  };
  // The time to look again has come. `answered` says whether the call is known to be answered by
  // now: a call record may tell it.
  struct LookAgain {
    Attempt attempt = 0;
    std::uint64_t connection = 0;
    bool answered = false;
  };
  // The server has replied to the ACK, or its link is lost.
  struct Acknowledged {
    Attempt attempt = 0;
    boost::system::error_code error;
  };
  // The BYE has its final answer, or came to nothing.
  struct HungUp {
    Attempt attempt = 0;
    boost::system::error_code error;
  };

  // --- Actions. Cancelled, LookAgain, Acknowledged and HungUp tell what comes of each.
  struct SendCancel {
    Attempt attempt = 0;
    bool operator==(const SendCancel&) const = default;
  };
  // Asks for LookAgain after a sixteenth of 64 T1.
  struct WaitToLook {
    Attempt attempt = 0;
    bool operator==(const WaitToLook&) const = default;
  };
  struct SendAck {
    Attempt attempt = 0;
    bool operator==(const SendAck&) const = default;
  };
  struct SendBye {
    Attempt attempt = 0;
    bool operator==(const SendBye&) const = default;
  };
  // Nothing is left of the call at the server.
  struct NothingLeft {
    bool operator==(const NothingLeft&) const = default;
  };

  using Input = std::variant<Cancel, HangUp, Cancelled, LookAgain, Acknowledged, HungUp>;
  using Action = std::variant<SendCancel, WaitToLook, SendAck, SendBye, NothingLeft>;
  using Actions = std::vector<Action>;

  // Takes an input, and returns what is to be done, in this order. `state` is that of the dialog.
  Actions on(const Input& input, State state);

  // Returns whether the call is given up, or has been, over this connection.
  [[nodiscard]] bool was_begun_over(std::uint64_t connection) const {
    return connection != 0 && connection == connection_;
  }

  bool operator==(const GivingUp&) const = default;

 private:
  enum class Phase : std::uint8_t { idle, cancelling, looking, acknowledging, hanging_up };

  void take(const Cancel& input, State state, Actions& actions);
  void take(const HangUp& input, State state, Actions& actions);
  void take(const Cancelled& cancelled, State state, Actions& actions);
  void take(const LookAgain& look, State state, Actions& actions);
  void take(const Acknowledged& ack, State state, Actions& actions);
  void take(const HungUp& bye, State state, Actions& actions);

  void cancel(Actions& actions);
  void hang_up(State state, Actions& actions);
  void wait(Actions& actions);
  void end(Actions& actions);

  Phase phase_ = Phase::idle;
  bool may_be_answered_ = false;  // the server still has the INVITE
  std::uint8_t looks_ = 0;        // so far
  Attempt attempt_ = 0;           // the latest
  std::uint64_t connection_ = 0;  // of the latest attempt
};

}  // namespace drachtio::call
