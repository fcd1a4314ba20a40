// This file is the state machine of the offers in a call that is up: re-INVITEs (RFC 3261 14) and
// UPDATEs (RFC 3311) of both sides, one at a time (RFC 3264 4). Offers of ours wait for their turn;
// one that crosses another is made again after a pause. Inputs go in, actions come out. It is a
// value, with neither I/O nor a clock; it promises that whoever offers is told once.
#pragma once

#include "call/glare.hpp"
#include "call/open_offer.hpp"
#include "call/outcome.hpp"
#include "dialog/dialog.hpp"

#include <drachtio/headers.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace drachtio::call {

// An OfferId stands for a request of theirs that offers, which its owner resolves; 0 stands for
// none.
using OfferId = std::uint64_t;

class Offers {
 public:
  // An offer that the program wants to make. Its description is made when its turn has come, where
  // it holds or resumes the call: another offer may have changed it.
  struct Wanted {
    std::string method = "INVITE";
    Headers headers = {};
    std::string sdp = {};
    std::optional<bool> held = {};  // to hold the call, or to resume it; then there is no `sdp`
    bool any_answer = false;        // is a success, a refusal too
    HandlerId handler = 0;
    int attempts = 0;         // so far
    SipMessage refusal = {};  // of the latest attempt, which is to be made again
    bool operator==(const Wanted&) const = default;
  };
  // A Call has the facts that the rules of offers ask for, and the machine does not keep.
  struct Call {
    const dialog::Dialog& dialog;
    bool first_answered = false;  // as in OfferFacts
    bool can_receive = true;      // likewise
    bool has_link = true;         // there is a link to send anything over
  };

  // --- Inputs
  // The program offers. What it offers to hold or to resume may be so already.
  struct Make {
    Wanted offer;
  };
  // Something was told of the call: an offer may go out now.
  struct GoOn {};
  // Our offer has this final answer, or came to nothing.
  struct Answered {
    Outcome outcome;
  };
  // The pause is over. `theirs_is_answered` says so of their offer, if there is one.
  struct PauseOver {
    bool theirs_is_answered = false;
  };
  // They offer, by a request of this method. Refuse or Ask follows.
  struct Came {
    OfferId offer = 0;
    std::string_view method;
  };
  // They offer by the PRACK to an answer of ours (RFC 3262 5): that is always asked.
  struct CameByPrack {
    OfferId offer = 0;
  };
  // Our 2xx to their re-INVITE is out, and its ACK can come.
  struct Accepted {
    OfferId offer = 0;
    std::uint32_t cseq = 0;
  };
  // Their offer waits for no answer any more.
  struct TheirsOver {
    OfferId offer = 0;
  };
  // The ACK to that 2xx has come, or has not come within 64 T1.
  struct Acknowledged {
    std::uint32_t cseq = 0;
  };
  // This program no longer receives what the far end sends.
  struct Unheard {};
  // The program has stopped, and makes no more offers.
  struct Stopped {};

  // --- Actions
  // Makes an offer; Answered tells what came of it.
  struct Send {
    std::string method;
    Headers headers;
    std::string sdp;
    bool operator==(const Send&) const = default;
  };
  // Acknowledges the 2xx to our re-INVITE.
  struct Acknowledge {
    std::uint32_t cseq = 0;
    bool operator==(const Acknowledge&) const = default;
  };
  // Asks for PauseOver after this pause.
  struct Wait {
    Pause pause;
    bool operator==(const Wait&) const = default;
  };
  // Refuses their offer. They may try again after the pause, where there is one.
  struct Refuse {
    int status = 0;
    std::optional<Pause> retry_after = {};
    bool operator==(const Refuse&) const = default;
  };
  // Lets the program answer their offer.
  struct Ask {
    bool operator==(const Ask&) const = default;
  };
  // Asks for Acknowledged after 64 T1: the server sends a 2xx to a re-INVITE once, whether its ACK
  // comes or not (RFC 3261 14.2, 13.3.1.4).
  struct AwaitAck {
    std::uint32_t cseq = 0;
    bool operator==(const AwaitAck&) const = default;
  };
  // Ends the call, where this answer to an offer says that the far end has none any more.
  struct HangUpIfGone {
    std::string method;
    SipMessage answer;
    bool operator==(const HangUpIfGone&) const = default;
  };

  using Input = std::variant<Make, GoOn, Answered, PauseOver, Came, CameByPrack, Accepted,
                             TheirsOver, Acknowledged, Unheard, Stopped>;
  using Action = std::variant<Send, Acknowledge, Wait, Refuse, Ask, AwaitAck, HangUpIfGone, Tell>;
  using Actions = std::vector<Action>;

  // Takes an input, and returns what is to be done, in this order.
  Actions on(const Input& input, const Call& call);

  // Returns whether an offer of ours waits for its turn: whether GoOn may change anything.
  [[nodiscard]] bool wait() const { return phase_ == Phase::idle && !wanted_.empty(); }

  bool operator==(const Offers&) const = default;

 private:
  enum class Phase : std::uint8_t {
    idle,
    open,     // an offer of ours is not answered
    pausing,  // it was, and is to be made again
  };

  void take(const Make& make, const Call& call, Actions& actions);
  void take(const GoOn&, const Call& call, Actions& actions);
  void take(const Answered& answered, const Call& call, Actions& actions);
  void take(const PauseOver& pause, const Call& call, Actions& actions);
  void take(const Came& offer, const Call& call, Actions& actions);
  void take(const CameByPrack& offer, const Call& call, Actions& actions);
  void take(const Accepted& offer, const Call& call, Actions& actions);
  void take(const TheirsOver& offer, const Call& call, Actions& actions);
  void take(const Acknowledged& ack, const Call& call, Actions& actions);
  void take(const Unheard&, const Call& call, Actions& actions);
  void take(const Stopped&, const Call& call, Actions& actions);

  [[nodiscard]] OfferFacts facts(const Call& call) const;
  [[nodiscard]] std::optional<Outcome> why_not(const Wanted& offer, const Call& call) const;
  void next(const Call& call, Actions& actions);
  void finish(Outcome outcome, const Call& call, Actions& actions);

  Phase phase_ = Phase::idle;
  std::vector<Wanted> wanted_;  // the first is the one that is under way, unless the phase is idle
  OfferId theirs_ = 0;
  std::optional<std::uint32_t> theirs_awaits_ack_;  // the CSeq of their re-INVITE
};

}  // namespace drachtio::call
