#include "call/recovery.hpp"

#include "dialog/rules.hpp"

#include <drachtio/error.hpp>

#include <utility>

namespace drachtio::call {

namespace {

constexpr const char* cut_off = "the connection it came on is gone";
constexpr const char* unknown = "the server does not know it";

std::string status_line(const SipMessage& answer) {
  return std::to_string(answer.status) + ' ' + answer.reason;
}

// Returns whether the far end has no such dialog (RFC 3261 12.2.1.2). RFC 5057 has more statuses
// that end a dialog; they do not count here, and the call is taken for resumed.
bool is_gone(const SipMessage& answer) { return answer.status == 481 || answer.status == 408; }

}  // namespace

Recovery::Actions Recovery::on(const Input& input, const Call& call) {
  Actions actions;
  std::visit([&](const auto& one) { take(one, call, actions); }, input);
  return actions;
}

void Recovery::take(const Heard& /*input*/, const Call& /*call*/, Actions& /*actions*/) {
  heard_ = true;
}

void Recovery::take(const Unheard& /*input*/, const Call& /*call*/, Actions& /*actions*/) {
  heard_ = false;
  resumed_ = false;
}

void Recovery::take(const Begun& begun, const Call& call, Actions& actions) {
  if (begun.heard) {
    heard_ = true;
    former_ = another_began_ = gave_up_ = resumed_ = false;
  }
  if (call.dialog.role == Role::uas) actions.emplace_back(AwaitForgotten{});
}

void Recovery::take(const LinkUp& /*input*/, const Call& call, Actions& actions) {
  if (heard_ || call.dialog.state == State::terminated || !dialog::is_own(call.dialog)) return;
  dialog::is_answered(call.dialog) ? take_up_answered(call, actions)
                                   : take_up_unanswered(call, actions);
}

// Before the 2xx, the server knows the call only by its transactionId, and forgets that 64 s after
// the INVITE.
void Recovery::take_up_unanswered(const Call& call, Actions& actions) {
  if (call.dialog.role == Role::uac) {
    gave_up_ = true;
    actions.emplace_back(Cancel{});
    return;
  }
  if (std::exchange(former_, false)) actions.emplace_back(HandOver{});
  const bool has_rung = call.dialog.local.tag.has_value();
  if (has_rung) actions.emplace_back(CheckCaller{});  // else in time
}

void Recovery::take_up_answered(const Call& call, Actions& actions) {
  if (call.given_up || gave_up_) {
    actions.emplace_back(HangUp{});
    return;
  }
  if (dialog::awaits_our_ack(call.dialog)) {
    const bool is_ours = !call.dialog.late_offer || call.offer_answered;
    if (!is_ours) {
      // The program still has the late offer to answer, and Told follows; or it died before it did.
      if (former_) actions.emplace_back(HangUp{});
      return;
    }
    actions.emplace_back(Acknowledge{});
  }
  actions.emplace_back(AcknowledgeUnheard{});
  await_turn(call, actions);
}

void Recovery::await_turn(const Call& call, Actions& actions) {
  if (call.may_probe && !std::exchange(has_turn_, true)) actions.emplace_back(AwaitTurn{});
}

void Recovery::take(const CutOff& /*input*/, const Call& call, Actions& actions) {
  lose(call, cut_off, actions);
}

void Recovery::take(const Turn& /*input*/, const Call& call, Actions& actions) {
  has_turn_ = call.dialog.state != State::terminated;
  has_turn_ ? actions.emplace_back(Ask{{call.dialog.invite.transaction_id, true, false}})
            : actions.emplace_back(TurnOver{});
}

void Recovery::take(const AnsweredElsewhere& /*input*/, const Call& call, Actions& actions) {
  if (call.dialog.state == State::stable) return;
  heard_ = false;
  resumed_ = false;
  actions.emplace_back(Ask{{call.dialog.invite.transaction_id, false, false}});
}

// The event that tells what it is settles it: `resumed`, or `lost`.
void Recovery::take(const InDoubt& /*input*/, const Call& call, Actions& actions) {
  resumed_ = false;
  actions.emplace_back(Ask{{call.dialog.invite.transaction_id, false, true}});
}

// Nothing was answered to it: but an answer may have gone out on a link that was lost, or before a
// crash. So the server is asked whether it knows a dialog.
void Recovery::take(const Forgotten& forgotten, const Call& call, Actions& actions) {
  if (is_settled(call.dialog, forgotten.invite)) return;
  const bool is_untouched = dialog::is_untouched(call.dialog);
  if (heard_ && !call.may_be_answered && !is_untouched) return;
  // At others it may ring for as long as they like.
  const bool will_be_told = call.handing_on || call.final_on_its_way;
  if (will_be_told || forgotten.reach == Reach::awaited) {
    actions.emplace_back(AwaitForgotten{});
  } else if (forgotten.reach == Reach::cut_off) {
    lose(call, cut_off, actions);
  } else if (call.may_be_answered || (is_untouched && !may_have_rung(call))) {
    take(InDoubt{}, call, actions);
  } else {  // then the server has the INVITE, if the caller waits
    actions.emplace_back(CheckCaller{});
  }
}

// Returns whether a provisional answer may be out that the log does not have. What a program that
// died has answered in its last moment nobody knows; where that cannot be asked, it is taken for
// nothing.
bool Recovery::may_have_rung(const Call& call) const {
  return call.may_have_rung || (another_began_ && !call.requires_100rel);
}

void Recovery::take(const Answered& answered, const Call& call, Actions& actions) {
  const bool is_lost = answered.error == Errc::no_link;
  if (answered.question.in_turn) {
    // The link may have come back before it was known that the question did not go out.
    has_turn_ = is_lost && call.has_link;
    if (has_turn_) actions.emplace_back(AwaitTurn{});
    actions.emplace_back(TurnOver{});
  }
  // A retry has come: the question was about another INVITE.
  if (answered.question.invite != call.dialog.invite.transaction_id) return;
  if (answered.error == Errc::unknown_dialog) return lose(call, unknown, actions);
  if (is_lost && answered.question.in_doubt) actions.emplace_back(AwaitForgotten{});
  if (answered.error) return;
  if (!is_gone(answered.answer)) return resume(call, answered.answer, actions);
  if (!heard_ || !dialog::is_answered(call.dialog))
    return lose(call, status_line(answered.answer) + " to a probe", actions);
  actions.emplace_back(EndIfGone{answered.answer});
}

void Recovery::take(const Unknown& /*input*/, const Call& call, Actions& actions) {
  // Before the 2xx there is no dialog yet to be known; another program's never is.
  const bool may_be_known = dialog::is_answered(call.dialog) && dialog::is_own(call.dialog);
  if (may_be_known) lose(call, unknown, actions);
}

void Recovery::take(const Gone& gone, const Call& call, Actions& actions) {
  lose(call, gone.why, actions);
}

void Recovery::take(const Told& told, const Call& call, Actions& actions) {
  if (told.event == EventType::lost) lost_ = Lost::told;
  const bool lives = told.event == EventType::invited || told.event == EventType::answered;
  if (lives && lost_ == Lost::told) lost_ = Lost::no;
  // Only now can the server be asked about the call: a call record has told of its 2xx, or the
  // program has answered the late offer of that. A call that is given up is hung up instead.
  const bool is_unexpected = told.from_call_record || gave_up_;
  const bool is_answered = told.event == EventType::answered && is_unexpected;
  const bool is_acknowledged = told.event == EventType::confirmed && call.dialog.late_offer;
  const bool may_be_asked = (is_answered || is_acknowledged) && !resumed_ && call.has_link;
  if (may_be_asked) take(LinkUp{}, call, actions);
}

void Recovery::lose(const Call& call, std::string why, Actions& actions) {
  if (call.dialog.state == State::terminated || lost_ != Lost::no) return;
  lost_ = Lost::noted;
  actions.emplace_back(LogLost{std::move(why)});
}

void Recovery::resume(const Call& call, const SipMessage& answer, Actions& actions) {
  if (call.dialog.state == State::terminated || std::exchange(resumed_, true)) return;
  if (dialog::is_answered(call.dialog)) {
    actions.emplace_back(
        LogResumed{false, "the server knows it: " + status_line(answer) + " to a probe"});
  } else {
    actions.emplace_back(LogResumed{true, "the server knows it: it was answered"});
  }
}

bool Recovery::is_settled(const dialog::Dialog& dialog, const std::string& invite) {
  return dialog.invite.transaction_id != invite || dialog.state == State::terminated ||
         dialog::is_answered(dialog);
}

}  // namespace drachtio::call
