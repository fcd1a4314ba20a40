// This file is the state machine of a request of ours out of dialog (RFC 3261 8.1), which as an
// INVITE makes a call (13.2): its attempts, its provisional answers and their PRACKs (RFC 3262 4),
// its ACK and its CANCEL (9.1). Inputs go in, actions come out. It is a value, with neither I/O nor
// a clock; it promises that the program is told the outcome once, and each handler once.
#pragma once

#include "call/attempts.hpp"
#include "call/call_facts.hpp"
#include "call/outcome.hpp"
#include "wire/compose.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace drachtio::call {

class ClientRequest {
 public:
  struct Options {
    Attempts::Asked asked = {};
    std::string body = {};
    std::string route = {};   // the URI by way of which it goes; empty: its own
    bool late_offer = false;  // the far end offers, and the program answers
  };

  // --- Inputs
  // The program wants the first attempt to be sent.
  struct Place {};
  // The server has sent the attempt under way as this message, and names its answers by the
  // transactionId. `has_dialog` says whether the log has a dialog for it.
  struct Sent {
    const SipMessage& message;
    std::string_view transaction_id;
    bool has_dialog = false;
  };
  // The attempt was not sent, or no final answer to it will come any more.
  struct Failed {
    Outcome outcome;
  };
  // The far end has answered, by a status other than 100.
  struct Answered {
    const SipMessage& message;
    const DrawCnonce& cnonce;
  };
  // The turn has come to tell the program the outcome: see AwaitTurn.
  struct Turn {};
  // The program gives up its INVITE, with these headers in the CANCEL (or the BYE in its place).
  struct Cancel {
    Headers headers;
    HandlerId handler = 0;
  };
  // The server has told what became of the CANCEL.
  struct CancelSent {
    Outcome outcome;
  };
  // The program answers the offer of the 2xx of the fork with this tag. `has_2xx` says whether that
  // 2xx is in the log.
  struct Acknowledge {
    std::string sdp;
    std::string tag;
    bool has_2xx = false;
    HandlerId handler = 0;
  };
  // The program answers the offer of the latest reliable provisional answer.
  struct Prack {
    std::string sdp;
    HandlerId handler = 0;
  };

  // --- Actions
  // Sends an attempt.
  struct Send {
    wire::ClientFrame frame;
    bool operator==(const Send&) const = default;
  };
  // Sends the CANCEL; CancelSent tells what became of it.
  struct SendCancel {
    wire::ClientFrame frame;
    bool operator==(const SendCancel&) const = default;
  };
  // Sends a request in the dialog, and tells each of the handlers what came of it.
  struct SendInDialog {
    std::string method;
    Headers headers = {};
    std::vector<HandlerId> handlers = {};
    bool operator==(const SendInDialog&) const = default;
  };
  // Sends the ACK or PRACK that answers an offer; OfferAnswered tells what became of it.
  struct AnswerOffer {
    std::string sdp;
    std::optional<LateOffer::Reliable> reliable = {};  // of a PRACK
    HandlerId handler = 0;
    bool operator==(const AnswerOffer&) const = default;
  };
  // Ends the dialog, whatever state it is in.
  struct End {
    Headers headers;
    HandlerId handler = 0;
    bool operator==(const End&) const = default;
  };
  // Tells the program of a provisional answer.
  struct TellProvisional {
    SipMessage message;
    bool operator==(const TellProvisional&) const = default;
  };
  // Asks for a Turn: the outcome is known, and is told in a turn of its own, by which whoever
  // placed the request has its handle.
  struct AwaitTurn {
    bool operator==(const AwaitTurn&) const = default;
  };
  // Tells the program the outcome.
  struct TellOutcome {
    Outcome outcome;
    bool operator==(const TellOutcome&) const = default;
  };

  // --- The input that follows AnswerOffer
  struct OfferAnswered {
    AnswerOffer answer;
    Outcome outcome;
  };

  using Input = std::variant<Place, Sent, Failed, Answered, Turn, Cancel, CancelSent, Acknowledge,
                             Prack, OfferAnswered>;
  using Action = std::variant<Send, SendCancel, SendInDialog, AnswerOffer, End, Tell,
                              TellProvisional, AwaitTurn, TellOutcome>;
  using Actions = std::vector<Action>;

  explicit ClientRequest(Options options);

  // Takes an input, and returns what is to be done, in this order. `facts` are those of the call
  // that the request makes.
  Actions on(const Input& input, CallFacts& facts);

  [[nodiscard]] bool is_invite() const { return attempts_.method() == "INVITE"; }
  // Returns whether the final answer has been read, or will never come.
  [[nodiscard]] bool is_over() const { return phase_ >= Phase::over; }

  bool operator==(const ClientRequest&) const = default;

 private:
  enum class Phase : std::uint8_t {
    sending,     // the server has not said yet that the attempt under way is out
    proceeding,  // it is out; its final answer has not come
    over,        // the outcome is known
    told,        // ... to the program, too
  };
  struct Cancelling {
    Headers headers;
    bool sent = false;
    std::optional<Outcome> outcome;
    std::vector<HandlerId> waiting;
    bool operator==(const Cancelling&) const = default;
  };

  void take(const Place&, CallFacts& facts, Actions& actions);
  void take(const Sent& sent, CallFacts& facts, Actions& actions);
  void take(const Failed& failed, CallFacts& facts, Actions& actions);
  void take(const Answered& answer, CallFacts& facts, Actions& actions);
  void take(const Turn&, CallFacts& facts, Actions& actions);
  void take(const Cancel& cancel, CallFacts& facts, Actions& actions);
  void take(const CancelSent& cancel, CallFacts& facts, Actions& actions);
  void take(const Acknowledge& answer, CallFacts& facts, Actions& actions) const;
  void take(const Prack& answer, CallFacts& facts, Actions& actions);
  void take(const OfferAnswered& answer, CallFacts& facts, Actions& actions);

  void attempt(CallFacts& facts, Actions& actions);
  void provisional(const SipMessage& response, CallFacts& facts, Actions& actions);
  void success(const SipMessage& response, CallFacts& facts, Actions& actions);
  void acknowledge(CallFacts& facts, Actions& actions);
  void send_cancel(Actions& actions);
  void finish(Outcome outcome, Actions& actions);
  [[nodiscard]] bool cancel_was_refused() const;
  [[nodiscard]] bool makes_a_late_offer(const SipMessage& response) const;

  Attempts attempts_;
  std::string body_;
  std::string route_;
  bool late_offer_ = false;
  Phase phase_ = Phase::sending;
  bool has_dialog_ = false;
  std::optional<std::string> up_;  // the To tag of the 2xx to the INVITE, which has come
  std::string transaction_id_;     // drachtio's, of the attempt that is out
  // The To tag and RSeq of each reliable answer to this attempt: it is sent until its PRACK comes.
  std::set<std::string, dialog::TagOrder> reliable_;
  std::optional<Cancelling> cancelling_;
  Outcome outcome_;  // once it is over
};

}  // namespace drachtio::call
