// This file is the state machine of a request that came (RFC 3261 8.2), which as an INVITE out of
// dialog makes a call (13.3): its answers, reliable provisional answers and their PRACKs (RFC 3262
// 3), the CANCEL that crosses them (RFC 3261 9.2), and what a lost link leaves in doubt. Inputs go
// in, actions come out. It is a value, with neither I/O nor a clock; it promises that each handler
// is told once, and that no second final answer goes out while the first may have been sent.
#pragma once

#include "call/answer.hpp"
#include "call/awaited_pracks.hpp"
#include "wire/refusal.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace drachtio::call {

class ServerRequest {
 public:
  // --- Actions
  // Which answer was sent, and who is to be told what became of it.
  struct Sent {
    int status = 0;
    HandlerId handler = 0;
    PrackId prack = 0;
    bool awaits_prack = false;  // where it is false, a PRACK cannot reach this program
    bool operator==(const Sent&) const = default;
  };
  // Sends an answer; Answered tells what became of it.
  struct Send {
    wire::ClientFrame frame;
    Sent sent;
    bool operator==(const Send&) const = default;
  };
  // Hands the request on to others; HandedOn tells what became of that.
  struct SendOn {
    wire::ClientFrame frame;
    HandlerId handler = 0;
    bool is_heard = true;  // the program hears of it
    bool operator==(const SendOn&) const = default;
  };
  // Answers by this status, if nothing else has answered by then.
  struct Refuse {
    int status = 0;
    bool operator==(const Refuse&) const = default;
  };
  // Asks for Told at once, when the actions before it have been carried out: whoever is told of a
  // PRACK may end the call, whose answer does not go out then.
  struct Proceed {
    bool operator==(const Proceed&) const = default;
  };
  // Asks for a PrackTimeout after 64 T1 (RFC 3262 3).
  struct AwaitPrack {
    PrackId prack = 0;
    bool operator==(const AwaitPrack&) const = default;
  };
  // Tells the program that the caller has given up, by this CANCEL or BYE; or that the call is
  // lost.
  struct TellCancelled {
    SipMessage message;
    bool operator==(const TellCancelled&) const = default;
  };
  // Lets those go on who wait to end the call: nothing more will be learnt of its final answer.
  struct Settled {
    bool operator==(const Settled&) const = default;
  };
  // The final answer has been sent.
  struct Final {
    int status = 0;
    bool operator==(const Final&) const = default;
  };
  // Others have been asked to answer the request, and the server sees to the rest.
  struct GivenAway {
    bool operator==(const GivenAway&) const = default;
  };
  // Nothing concerns the request any more: no CANCEL, and it stands in nobody's way.
  struct Forget {
    bool operator==(const Forget&) const = default;
  };
  // The final answer may have been lost with its link: LinkUp is asked for, once there is a link.
  struct AwaitLink {
    bool operator==(const AwaitLink&) const = default;
  };
  // Asks the server what has become of the call: now, or once it would have forgotten the INVITE.
  struct AskInDoubt {
    bool operator==(const AskInDoubt&) const = default;
  };
  struct AskInTime {
    bool operator==(const AskInTime&) const = default;
  };

  // --- Inputs
  // The request is an INVITE, and its dialog is this program's from now on.
  struct BeginCall {};
  // The program, or what answers in its place, answers. `request` is the request. `ends_call` says
  // that the program ends the call: a final answer that waits for a PRACK is taken back.
  struct Give {
    const SipMessage& request;
    const Answer& answer;
    HandlerId handler = 0;
    bool ends_call = false;
  };
  // The program gives a provisional answer that must arrive; the handler is told of its PRACK.
  // `can_receive` says whether what the far end sends reaches this program.
  struct GiveReliably {
    const SipMessage& request;
    Answer answer;
    bool can_receive = true;
    HandlerId handler = 0;
  };
  // The program hands the request on. `composed` says why that cannot be sent, if it cannot;
  // `is_heard` whether the program hears of it.
  struct HandOn {
    wire::ClientFrame frame;
    Outcome composed = {};
    HandlerId handler = 0;
    bool is_heard = true;
  };
  // The server has replied to an answer, or its link is lost. `left` says whether the frame may
  // have reached the server.
  struct Answered {
    Sent sent;
    Outcome outcome;
    wire::Refusal refusal = wire::Refusal::none;
    bool left = true;
  };
  // The same, when the request was handed on.
  struct HandedOn {
    Outcome outcome;
    bool left = true;
    bool is_heard = true;
    HandlerId handler = 0;
  };
  // A PRACK came. `late_offer` says whether the call's first offer is ours.
  struct Prack {
    const SipMessage& prack;
    bool late_offer = false;
  };
  struct PrackTimeout {
    PrackId prack = 0;
  };
  // The program has been told of the PRACKs: see Proceed.
  struct Told {};
  // This program no longer receives what the far end sends.
  struct Unheard {};
  // A CANCEL came.
  struct Cancel {
    const SipMessage& cancel;
  };
  // A BYE came for the call, which is not answered (RFC 3261 15.1.2).
  struct HungUp {
    const SipMessage& request;
    const SipMessage& bye;
  };
  // The caller has tried again: another INVITE makes the call.
  struct Superseded {};
  // The call has ended; by being lost, or otherwise.
  struct Closed {
    bool lost = false;
  };
  // The server knows the call's dialog: it was answered.
  struct Resumed {};
  // There is a link to the server over which the final answer may be sent again.
  struct LinkUp {};

  using Input =
      std::variant<BeginCall, Give, GiveReliably, HandOn, Answered, HandedOn, Prack, PrackTimeout,
                   Told, Unheard, Cancel, HungUp, Superseded, Closed, Resumed, LinkUp>;
  using Action = std::variant<Send, SendOn, Refuse, Proceed, AwaitPrack, Tell, TellCancelled,
                              Settled, Final, GivenAway, Forget, AwaitLink, AskInDoubt, AskInTime>;
  using Actions = std::vector<Action>;

  // `transaction_id` is drachtio's.
  explicit ServerRequest(std::string transaction_id) : transaction_id_(std::move(transaction_id)) {}

  // Takes an input, and returns what is to be done, in this order.
  Actions on(const Input& input);

  [[nodiscard]] const std::string& transaction_id() const { return transaction_id_; }
  // Returns whether the program, or what answers in its place, may give a final answer.
  [[nodiscard]] bool is_open() const { return phase_ == Phase::open && !cancelled_; }
  // Returns whether a final answer has been given, or others are to give it.
  [[nodiscard]] bool is_answered() const { return phase_ != Phase::open; }
  // Returns whether the outcome of the call's final answer is not known yet.
  [[nodiscard]] bool is_answering() const;
  // Returns whether the final answer waits for a PRACK.
  [[nodiscard]] bool waits_for_prack() const { return phase_ == Phase::waiting; }
  // Returns whether the call's final answer may be out, and its outcome is not known yet.
  [[nodiscard]] bool may_be_answered() const { return is_answering() && !waits_for_prack(); }
  // Returns whether the final answer is on its way to the server, whose reply will come.
  [[nodiscard]] bool is_final_on_its_way() const { return phase_ == Phase::answering; }
  // Returns whether a provisional answer was lost with its link, and may be out.
  [[nodiscard]] bool may_have_rung() const { return may_have_rung_; }
  // Returns whether others are being asked to answer.
  [[nodiscard]] bool is_handing_on() const { return phase_ == Phase::handing_on; }
  // Returns whether the final answer may be sent again over another link.
  [[nodiscard]] bool awaits_link() const { return phase_ == Phase::in_doubt && final_; }
  // Returns whether it makes the call: no later INVITE does.
  [[nodiscard]] bool makes_call() const { return makes_call_; }
  // Returns whether the machine has nothing more to do.
  [[nodiscard]] bool is_over() const;
  // Returns whether the PRACK makes an offer (RFC 3262 5), instead of answering ours.
  [[nodiscard]] bool is_offered_by(const Prack& prack) const;

  bool operator==(const ServerRequest&) const = default;

 private:
  enum class Phase : std::uint8_t {
    open,        // no final answer has been given
    waiting,     // ... one has, and waits for a PRACK (RFC 3262 3)
    answering,   // ... it is on its way to the server
    handing_on,  // others are being asked to answer
    in_doubt,    // the final answer, or the frame that hands it on, may be lost with its link
    unknown,     // the server does not know the request: answered before, or given up
    over,        // the final answer has been sent, or nothing more is known of it
  };

  void take(const BeginCall&, Actions& actions);
  void take(const Give& given, Actions& actions);
  void take(const GiveReliably& given, Actions& actions);
  void take(const HandOn& request, Actions& actions);
  void take(const Answered& answered, Actions& actions);
  void take(const HandedOn& handed_on, Actions& actions);
  void take(const Prack& prack, Actions& actions);
  void take(const PrackTimeout& timeout, Actions& actions);
  void take(const Told&, Actions& actions);
  void take(const Unheard&, Actions& actions);
  void take(const Cancel& cancel, Actions& actions);
  void take(const HungUp& hung_up, Actions& actions);
  void take(const Superseded&, Actions& actions);
  void take(const Closed& closed, Actions& actions);
  void take(const Resumed&, Actions& actions);
  void take(const LinkUp&, Actions& actions);

  [[nodiscard]] std::optional<Outcome> why_not() const;
  std::optional<wire::ClientFrame> compose(const SipMessage& request, const Answer& answer,
                                           HandlerId handler, Actions& actions) const;
  void final_answered(const Answered& answered, const Outcome& outcome, Actions& actions);
  void send_final(Send send, Actions& actions);
  void reliable_answered(const Sent& sent, const Outcome& outcome, Actions& actions);
  void let_answer_go(Actions& actions);
  void no_prack(boost::system::error_code error, const char* why, Actions& actions);
  void give_up(boost::system::error_code error, const char* why, Actions& actions);
  void withdraw(Actions& actions);
  void cancelled(SipMessage message, Actions& actions);
  void enter(Phase phase, Actions& actions);

  std::string transaction_id_;
  bool makes_call_ = false;
  bool cancelled_ = false;       // the caller has given up, or the call is lost
  bool hung_up_ = false;         // by BYE: the INVITE waits for its answer all the same
  bool closed_ = false;          // the call has ended
  bool may_have_rung_ = false;   // a provisional answer was lost with its link
  bool sent_again_ = false;      // the final answer, as the first may not have arrived
  bool offer_answered_ = false;  // that of our reliable answer, by a PRACK
  Phase phase_ = Phase::open;
  std::optional<Send> final_;      // is kept until it is known to be out
  std::optional<Send> after_bye_;  // goes out where no other answer does
  AwaitedPracks reliable_;
  PrackId last_prack_ = 0;
};

}  // namespace drachtio::call
