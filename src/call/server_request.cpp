#include "call/server_request.hpp"

#include <drachtio/error.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace drachtio::call {

using boost::system::error_code;

namespace {

constexpr const char* no_prack_came = "it waited for a PRACK that did not come";

}  // namespace

ServerRequest::Actions ServerRequest::on(const Input& input) {
  Actions actions;
  std::visit([&](const auto& one) { take(one, actions); }, input);
  return actions;
}

bool ServerRequest::is_answering() const {
  return makes_call_ && !closed_ && phase_ != Phase::open && phase_ != Phase::over;
}

bool ServerRequest::is_over() const {
  return phase_ == Phase::over || (phase_ == Phase::open && cancelled_);
}

// Goes to a phase; where that ends the wait for the call's final answer, it says so.
void ServerRequest::enter(Phase phase, Actions& actions) {
  const bool was_answering = is_answering();
  phase_ = phase;
  if (phase == Phase::open || phase == Phase::over) final_.reset();
  if (phase == Phase::open) sent_again_ = false;
  if (phase == Phase::over) actions.emplace_back(Forget{});
  if (was_answering && !is_answering()) actions.emplace_back(Settled{});
  if (phase == Phase::open && after_bye_) {
    send_final(*std::exchange(after_bye_, std::nullopt), actions);
  }
}

void ServerRequest::send_final(Send send, Actions& actions) {
  if (makes_call_) final_ = send;
  enter(Phase::answering, actions);
  actions.emplace_back(std::move(send));
}

// Returns why no answer can be given.
std::optional<Outcome> ServerRequest::why_not() const {
  if (cancelled_) return outcome_of(Errc::cancelled, "the caller has given up");
  if (is_answered()) return outcome_of(Errc::answered_already, "a final answer has been sent");
  return std::nullopt;
}

// Returns nothing where the answer cannot be sent, and the handler is told why.
std::optional<wire::ClientFrame> ServerRequest::compose(const SipMessage& request,
                                                        const Answer& answer, HandlerId handler,
                                                        Actions& actions) const {
  try {
    return answer_frame(transaction_id_, request, answer);
  } catch (const std::invalid_argument& error) {
    tell_later(handler, outcome_of(Errc::malformed, error.what()), actions);
    return std::nullopt;
  }
}

void ServerRequest::take(const BeginCall& /*input*/, Actions& /*actions*/) { makes_call_ = true; }

void ServerRequest::take(const Give& given, Actions& actions) {
  if (given.ends_call) withdraw(actions);
  if (auto why = why_not()) return tell_later(given.handler, std::move(*why), actions);
  auto frame = compose(given.request, given.answer, given.handler, actions);
  if (!frame) return;
  Send send{std::move(*frame), {.status = given.answer.status, .handler = given.handler}};
  if (send.sent.status < 200) {
    actions.emplace_back(std::move(send));
    return;
  }
  if (reliable_.empty()) return send_final(std::move(send), actions);
  // RFC 3262 section 3: no 2xx before the PRACK, which may have to answer an offer first. A refusal
  // may go, but a drachtio-server 0.9.10 dies of it.
  final_ = std::move(send);
  enter(Phase::waiting, actions);
}

void ServerRequest::take(const GiveReliably& given, Actions& actions) {
  if (given.answer.status >= 200 || !makes_call_) {
    return tell_later(
        given.handler,
        outcome_of(Errc::malformed, "only a provisional answer to an INVITE can be reliable"),
        actions);
  }
  if (auto why = why_not()) return tell_later(given.handler, std::move(*why), actions);
  Answer answer = given.answer;
  const auto required = answer.headers.all("Require");
  if (std::ranges::none_of(required, requires_100rel)) answer.headers.add("Require", "100rel");
  auto frame = compose(given.request, answer, given.handler, actions);
  if (!frame) return;
  const Sent sent{answer.status, given.handler, ++last_prack_, given.can_receive};
  if (sent.awaits_prack) {
    reliable_.add(sent.prack, given.handler);
    actions.emplace_back(AwaitPrack{sent.prack});
  }
  actions.emplace_back(Send{std::move(*frame), sent});
}

void ServerRequest::take(const HandOn& request, Actions& actions) {
  auto why = why_not();
  if (!why && request.composed.error) why = request.composed;
  if (why) {
    tell_later(request.handler, std::move(*why), actions);
    if (!request.is_heard) actions.emplace_back(Refuse{500});
    return;
  }
  enter(Phase::handing_on, actions);
  actions.emplace_back(SendOn{request.frame, request.handler, request.is_heard});
}

void ServerRequest::withdraw(Actions& actions) {
  if (phase_ != Phase::waiting) return;
  const HandlerId handler = final_->sent.handler;
  enter(Phase::open, actions);
  tell_later(handler, outcome_of(Errc::cancelled, no_prack_came), actions);
}

void ServerRequest::take(const Answered& answered, Actions& actions) {
  // The server shows another answer for one that waits for the PRACK of that, too.
  const bool is_queued = reliable_.is_behind_another(answered.sent.prack);
  const Outcome outcome =
      is_queued ? answered.outcome : outcome_of_answer(answered.sent.status, answered.outcome);
  const bool is_provisional = answered.sent.status < 200;
  if (is_provisional && outcome.error == Errc::no_link && answered.left) may_have_rung_ = true;
  if (answered.sent.prack != 0) return reliable_answered(answered.sent, outcome, actions);
  if (answered.sent.status >= 200) final_answered(answered, outcome, actions);
  tell(answered.sent.handler, outcome, actions);
}

void ServerRequest::final_answered(const Answered& answered, const Outcome& outcome,
                                   Actions& actions) {
  if (!outcome.error) {
    actions.emplace_back(Final{answered.sent.status});
    return enter(Phase::over, actions);
  }
  if (phase_ != Phase::answering) return;  // something else has settled it
  const bool is_lost = outcome.error == Errc::no_link;
  const bool has_ended = cancelled_ || closed_;
  // After a BYE the INVITE waits for its answer as before; after a CANCEL the server has given one.
  const bool is_waited_for = hung_up_ || (!has_ended && (answered.left || sent_again_));
  if (is_lost && makes_call_ && is_waited_for) {
    // It goes again over the next link: where the server has it, it refuses the second.
    enter(Phase::in_doubt, actions);
    actions.emplace_back(AwaitLink{});
    return;
  }
  // Whatever the server has against an answer leaves the request to be answered, unless it has sent
  // one before, or its own when the caller gave up.
  const bool is_unknown = !is_lost && answered.refusal == wire::Refusal::unknown_transaction;
  const bool was_not_given = !answered.left || (!is_lost && !is_unknown);
  if (was_not_given && (!cancelled_ || after_bye_)) return enter(Phase::open, actions);
  if (!makes_call_ || has_ended) return enter(Phase::over, actions);
  enter(Phase::unknown, actions);
  actions.emplace_back(Forget{});
  actions.emplace_back(AskInDoubt{});
}

void ServerRequest::reliable_answered(const Sent& sent, const Outcome& outcome, Actions& actions) {
  if (!outcome.error) reliable_.sent(sent.prack, outcome.message);
  if (sent.awaits_prack) {
    // Else its PRACK is what is told, or that none comes.
    const bool is_news = outcome.error && reliable_.not_sent(sent.prack);
    if (!is_news) return;
  }
  tell(sent.handler,
       outcome.error ? outcome
                     : outcome_of(Errc::no_link, "its PRACK goes to a connection that is no more"),
       actions);
  let_answer_go(actions);
}

void ServerRequest::take(const HandedOn& handed_on, Actions& actions) {
  const bool is_in_doubt = handed_on.outcome.error == Errc::no_link && handed_on.left;
  const bool is_refused = handed_on.outcome.error && !is_in_doubt;
  if (is_refused && phase_ == Phase::handing_on) enter(Phase::open, actions);
  if (is_in_doubt && makes_call_ && !cancelled_ && !closed_) {
    // The server goes on with it, and tells nobody; or it never got the frame.
    enter(Phase::in_doubt, actions);
    actions.emplace_back(Forget{});
    actions.emplace_back(AskInTime{});
  } else if (!is_refused) {
    actions.emplace_back(GivenAway{});
    enter(Phase::over, actions);
  }
  tell(handed_on.handler, handed_on.outcome, actions);
  if (handed_on.outcome.error && !handed_on.is_heard) actions.emplace_back(Refuse{500});
}

// A PRACK with a body answers the offer of our reliable answer, or else makes one (RFC 3262 5).
bool ServerRequest::is_offered_by(const Prack& prack) const {
  return !prack.prack.body.empty() && (!prack.late_offer || offer_answered_);
}

void ServerRequest::take(const Prack& prack, Actions& actions) {
  if (!prack.prack.body.empty() && prack.late_offer) offer_answered_ = true;
  const std::optional<HandlerId> handler = reliable_.came(prack.prack);
  if (!handler) return;
  tell(*handler, {{}, prack.prack}, actions);
  let_answer_go(actions);
}

void ServerRequest::let_answer_go(Actions& actions) {
  if (phase_ == Phase::waiting) actions.emplace_back(Proceed{});
}

void ServerRequest::take(const Told& /*input*/, Actions& actions) {
  if (phase_ != Phase::waiting || !reliable_.empty()) return;
  enter(Phase::answering, actions);
  actions.emplace_back(*final_);
}

// RFC 3262 section 3: then the INVITE is refused. Who is told of that may refuse it otherwise.
void ServerRequest::take(const PrackTimeout& timeout, Actions& actions) {
  if (!reliable_.contains(timeout.prack)) return;
  no_prack(Errc::cancelled, "no PRACK came", actions);
  if (phase_ == Phase::waiting && final_->sent.status >= 300) return let_answer_go(actions);
  withdraw(actions);
  if (phase_ == Phase::open) actions.emplace_back(Refuse{504});
}

void ServerRequest::take(const Unheard& /*input*/, Actions& actions) {
  no_prack(Errc::no_link, "the link to the server went down", actions);
  let_answer_go(actions);
}

// Tells those who wait for a PRACK that none will come.
void ServerRequest::no_prack(error_code error, const char* why, Actions& actions) {
  for (const HandlerId handler : reliable_.give_up()) {
    tell(handler, outcome_of(error, why), actions);
  }
}

// The call ends, and with it all that waits for a PRACK. That is told in turns of their own, when
// the machine has heard what ends the call.
void ServerRequest::give_up(error_code error, const char* why, Actions& actions) {
  for (const HandlerId handler : reliable_.give_up()) {
    tell_later(handler, outcome_of(error, why), actions);
  }
  withdraw(actions);
}

void ServerRequest::take(const Cancel& cancel, Actions& actions) {
  give_up(Errc::cancelled, "the caller has given up", actions);
  cancelled(cancel.cancel, actions);
}

void ServerRequest::cancelled(SipMessage message, Actions& actions) {
  if (cancelled_ || phase_ >= Phase::unknown) return;
  cancelled_ = true;
  actions.emplace_back(TellCancelled{std::move(message)});
  if (phase_ == Phase::open) actions.emplace_back(Forget{});
}

void ServerRequest::take(const HungUp& hung_up, Actions& actions) {
  give_up(Errc::dialog_over, "the call ended before its PRACK", actions);
  if (cancelled_ || phase_ >= Phase::unknown) return;
  hung_up_ = true;
  if (auto frame = compose(hung_up.request, {487}, 0, actions)) {
    Send terminated{std::move(*frame), {.status = 487}};
    if (phase_ == Phase::open) {
      send_final(std::move(terminated), actions);
    } else {
      after_bye_ = std::move(terminated);  // unless the answer that is on its way gets there
    }
  }
  cancelled(hung_up.bye, actions);
}

void ServerRequest::take(const Superseded& /*input*/, Actions& actions) {
  give_up(Errc::cancelled, "the caller has tried again", actions);
  if (phase_ == Phase::open) cancelled({}, actions);
  const bool was_answering = is_answering();
  makes_call_ = false;
  if (was_answering) actions.emplace_back(Settled{});
  if (phase_ == Phase::in_doubt || phase_ == Phase::unknown) enter(Phase::over, actions);
}

void ServerRequest::take(const Closed& closed, Actions& actions) {
  give_up(Errc::dialog_over, "the call ended before its PRACK", actions);
  if (closed.lost) cancelled({}, actions);  // its CANCEL has not come, and will not
  const bool was_answering = is_answering();
  closed_ = true;
  if (was_answering) actions.emplace_back(Settled{});
  if (phase_ == Phase::in_doubt || phase_ == Phase::unknown) enter(Phase::over, actions);
}

void ServerRequest::take(const Resumed& /*input*/, Actions& actions) {
  if (is_answering() && phase_ != Phase::waiting) enter(Phase::over, actions);
}

void ServerRequest::take(const LinkUp& /*input*/, Actions& actions) {
  if (!awaits_link()) return;
  sent_again_ = true;
  // After a BYE no 2xx goes; where the first arrived, the server refuses either.
  if (after_bye_) final_ = std::exchange(after_bye_, std::nullopt);
  enter(Phase::answering, actions);
  final_->sent.handler = 0;  // has been told
  actions.emplace_back(*final_);
}

}  // namespace drachtio::call
