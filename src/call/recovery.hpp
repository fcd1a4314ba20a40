// This file is the state machine of a call whose link, program or server went away: what the far
// end sends does not reach this program, so the server is asked what has become of the call. An
// answered call is asked about by an OPTIONS in its dialog (RFC 3261 11), and is resumed or lost; a
// call out that nobody waits for is given up; a call in is handed to the program, or its caller is
// asked after. Inputs go in, actions come out. It is a value, with neither I/O nor a clock; it
// promises that a call is told as resumed once for each loss, and as lost once for each life.
#pragma once

#include "dialog/dialog.hpp"

#include <drachtio/event.hpp>
#include <drachtio/sip_message.hpp>

#include <boost/system/error_code.hpp>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace drachtio::call {

class Recovery {
 public:
  // A Call has the facts that the rules ask for, and the machine does not keep.
  struct Call {
    const dialog::Dialog& dialog;
    bool given_up = false;        // as in CallFacts
    bool offer_answered = false;  // that of the 2xx: a PRACK or an ACK of ours has answered it
    bool may_probe = true;        // the program wants answered calls to be asked about
    bool has_link = true;         // there is a link to the call's server
    // These describe the INVITE that makes a call in, once this program has it.
    bool requires_100rel = false;   // so that CallerCheck cannot ask whether its caller waits
    bool may_have_rung = false;     // a provisional answer was lost with its link, and may be out
    bool may_be_answered = false;   // a final answer may be out, and its outcome is not known yet
    bool final_on_its_way = false;  // ... and the server's reply will tell
    bool handing_on = false;        // others are being asked to answer
  };
  // Reach says whether a link leads to the call's server.
  enum class Reach : std::uint8_t {
    linked,   // there is one
    awaited,  // there is none, and one may come
    cut_off,  // no other than the one that is gone leads to the call
  };
  // A question to the server whether it knows the dialog.
  struct Question {
    std::string invite;     // drachtio's transactionId of the INVITE that made the call then
    bool in_turn = false;   // it is one of those that are asked a few at a time
    bool in_doubt = false;  // the call may not have been answered
    bool operator==(const Question&) const = default;
  };

  // --- Inputs
  // A request of the far end's has come over a link that stands.
  struct Heard {};
  // This program no longer receives what the far end sends.
  struct Unheard {};
  // An INVITE makes the call, perhaps a retry; it came or went over a link that stands, or did not.
  struct Begun {
    bool heard = true;
  };
  // There is a link to the call's server, and all has been told that came over former ones; or the
  // time has come to ask about the call again over the same link.
  struct LinkUp {};
  // The connection is gone that the call came on, and nothing else leads to it.
  struct CutOff {};
  // It is this call's turn to be asked about: see AwaitTurn.
  struct Turn {};
  // Our 2xx went out over another link than the one that brought the INVITE: the ACK goes there.
  struct AnsweredElsewhere {};
  // It is not known whether the call was answered or given up.
  struct InDoubt {};
  // The server has forgotten the INVITE by now, if nothing has been answered to it.
  struct Forgotten {
    std::string invite;
    Reach reach = Reach::linked;
  };
  // The question has this final answer, or none.
  struct Answered {
    Question question;
    boost::system::error_code error;
    SipMessage answer;
  };
  // The server says of another request than a question that it does not know the dialog.
  struct Unknown {};
  // Nothing is left of the call, for this reason.
  struct Gone {
    std::string why;
  };
  // An event of the call was told.
  struct Told {
    EventType event;
    bool from_call_record = false;
  };

  // --- Actions
  // Asks for Turn, when others have had theirs.
  struct AwaitTurn {
    bool operator==(const AwaitTurn&) const = default;
  };
  // The turn is over: the next call may have it.
  struct TurnOver {
    bool operator==(const TurnOver&) const = default;
  };
  // Sends an OPTIONS in the dialog; Answered tells what comes of it.
  struct Ask {
    Question question;
    bool operator==(const Ask&) const = default;
  };
  // Asks for Forgotten, once the server has forgotten what nothing is answered to.
  struct AwaitForgotten {
    bool operator==(const AwaitForgotten&) const = default;
  };
  // Hands a call in of before a restart to the program.
  struct HandOver {
    bool operator==(const HandOver&) const = default;
  };
  // Asks whether the caller still waits.
  struct CheckCaller {
    bool operator==(const CheckCaller&) const = default;
  };
  // Gives up a call out that is not answered, or one that is.
  struct Cancel {
    bool operator==(const Cancel&) const = default;
  };
  struct HangUp {
    bool operator==(const HangUp&) const = default;
  };
  // Acknowledges the 2xx to the INVITE that makes the call.
  struct Acknowledge {
    bool operator==(const Acknowledge&) const = default;
  };
  // Acknowledges the 2xx to a re-INVITE, where nobody has heard it.
  struct AcknowledgeUnheard {
    bool operator==(const AcknowledgeUnheard&) const = default;
  };
  // Ends a call that this answer to an OPTIONS says the far end has not.
  struct EndIfGone {
    SipMessage answer;
    bool operator==(const EndIfGone&) const = default;
  };
  // These log what is known.
  struct LogResumed {
    bool inferred = false;  // that it was answered
    std::string detail;
    bool operator==(const LogResumed&) const = default;
  };
  struct LogLost {
    std::string why;
    bool operator==(const LogLost&) const = default;
  };

  using Input = std::variant<Heard, Unheard, Begun, LinkUp, CutOff, Turn, AnsweredElsewhere,
                             InDoubt, Forgotten, Answered, Unknown, Gone, Told>;
  using Action =
      std::variant<AwaitTurn, TurnOver, Ask, AwaitForgotten, HandOver, CheckCaller, Cancel, HangUp,
                   Acknowledge, AcknowledgeUnheard, EndIfGone, LogResumed, LogLost>;
  using Actions = std::vector<Action>;

  Recovery() = default;
  // A call that was open in the log when the program began.
  static Recovery of_former_program() {
    Recovery recovery;
    recovery.heard_ = false;
    recovery.former_ = true;
    recovery.another_began_ = true;
    return recovery;
  }

  // Takes an input, and returns what is to be done, in this order.
  Actions on(const Input& input, const Call& call);

  // Returns whether what the far end sends reaches this program.
  [[nodiscard]] bool is_heard() const { return heard_; }
  // Returns whether the call was open in the log when the program began, and, where it is a call in
  // that is not answered, has not been handed to the program.
  [[nodiscard]] bool is_of_former_program() const { return former_; }
  // Returns whether Forgotten changes nothing any more: the INVITE was answered, has ended or was
  // tried again.
  static bool is_settled(const dialog::Dialog& dialog, const std::string& invite);

  bool operator==(const Recovery&) const = default;

 private:
  void take(const Heard&, const Call& call, Actions& actions);
  void take(const Unheard&, const Call& call, Actions& actions);
  void take(const Begun& begun, const Call& call, Actions& actions);
  void take(const LinkUp&, const Call& call, Actions& actions);
  void take(const CutOff&, const Call& call, Actions& actions);
  void take(const Turn&, const Call& call, Actions& actions);
  void take(const AnsweredElsewhere&, const Call& call, Actions& actions);
  void take(const InDoubt&, const Call& call, Actions& actions);
  void take(const Forgotten& forgotten, const Call& call, Actions& actions);
  void take(const Answered& answered, const Call& call, Actions& actions);
  void take(const Unknown&, const Call& call, Actions& actions);
  void take(const Gone& gone, const Call& call, Actions& actions);
  void take(const Told& told, const Call& call, Actions& actions);

  void take_up_unanswered(const Call& call, Actions& actions);
  void take_up_answered(const Call& call, Actions& actions);
  [[nodiscard]] bool may_have_rung(const Call& call) const;
  void await_turn(const Call& call, Actions& actions);
  void lose(const Call& call, std::string why, Actions& actions);
  void resume(const Call& call, const SipMessage& answer, Actions& actions);

  bool heard_ = true;
  bool former_ = false;  // open in the log when the program began; of a call in: not handed over
  bool another_began_ = false;  // another program, which knew more of it, began the call
  bool gave_up_ = false;        // nobody waits for the call, and it is given up
  bool has_turn_ = false;       // the call is asked about, or will be in its turn
  bool resumed_ = false;        // the log says so
  enum class Lost : std::uint8_t { no, noted, told };
  Lost lost_ = Lost::no;  // likewise
};

}  // namespace drachtio::call
