#include "dialog/random_call.hpp"

#include "properties/property.hpp"

#include <algorithm>

namespace drachtio::test {

// RFC 3261 13.2.2.4: of two that answer, the caller hangs up on the later one.
void RandomCall::another_fork_answers() {
  const std::string& offered = invite_.body;
  Said late = answer(invite_, 200, "OK", offered.empty() ? "" : answer_to(callee, offered));
  late.callee_tag = "z";
  say(late);
  say(request(caller, "ACK", invite_.sequence).tag("z"));
  hang_up(caller, "z");
}

void RandomCall::hang_up(Side side, const std::string& tag) {
  const Said bye = in_dialog(side, "BYE", tag);
  say(bye);
  say(answer(bye, 200));
}

// Either side hangs up, it may be with a re-INVITE under way, or when the other does, too.
void RandomCall::end() {
  const Side side = any_side();
  switch (pick(4)) {
    case 2: {
      const Side asker = any_side();
      const Said asked = in_dialog(asker, "INVITE", "a", offer(asker));
      say(asked);
      hang_up(side, "a");
      return say(answer(asked, 487, "Request Terminated"));
    }
    case 3: say(in_dialog(other(side), "BYE", "a")); break;
    default: break;
  }
  hang_up(side, "a");
}

// A fork's provisional answer, and what it agrees to before it answers. Returns whether its first
// offer is answered.
bool RandomCall::early(const std::string& tag) {
  const bool late = invite_.body.empty();
  Said progress = answer(invite_, pick_of({180, 183}), "Ringing");
  progress.callee_tag = tag;
  const int kind = pick(4);
  if (kind == 1) {
    acknowledge_reliably(progress, tag, {});
    return false;
  }
  if (kind != 3) {
    if (kind == 2 && !late) progress.body = answer_to(callee, invite_.body);
    if (tag == "a") unacknowledged_answer_ = progress.body;
    say(progress);
    return false;
  }
  progress.body = late ? offer(callee) : answer_to(callee, invite_.body);
  acknowledge_reliably(progress, tag, late ? answer_to(caller, progress.body) : std::string{});
  for (int count = pick(3); count > 0; --count) {
    if (pick(4) == 3) {
      offer_in_prack(answer(invite_, 180, "Ringing"), tag);
    } else {
      negotiate("UPDATE", tag);
    }
  }
  return true;
}

// RFC 3261 15: the caller hangs up on one fork, and others ring on. What that fork has sent, or
// answered, before the BYE came to it may be heard after it.
void RandomCall::hang_up_early() {
  const auto chosen = ringing_.begin() + pick(static_cast<int>(ringing_.size()));
  const std::string tag = *chosen;
  ringing_.erase(chosen);
  Said progress = answer(invite_, 183, "Session Progress");
  progress.callee_tag = tag;
  switch (pick(4)) {
    case 1:
      if (!invite_.body.empty()) progress.body = answer_to(callee, invite_.body);
      hang_up(caller, tag);
      return say(progress);
    case 2: {
      const std::string offered = offer(caller);
      const Said asked = in_dialog(caller, "UPDATE", tag, offered);
      say(asked);
      hang_up(caller, tag);
      return say(answer(asked, 200, "OK", answer_to(callee, offered)));
    }
    case 3: {
      const Described before = callee_;
      const Said asked = in_dialog(callee, "UPDATE", tag, offer(callee));
      take_back(callee, before);
      hang_up(caller, tag);
      say(asked);
      return say(answer(asked, 481, "Call/Transaction Does Not Exist"));
    }
    default: return hang_up(caller, tag);
  }
}

// What comes instead of an answer, or before it: a refusal, a CANCEL, a BYE of each early dialog.
bool RandomCall::is_given_up() {
  const Said cancelling = cancel().cseq(invite_.sequence).branch(invite_.top_branch);
  const Said refused = answer(invite_, 487, "Request Terminated");
  switch (pick(8)) {
    case 4:  // RFC 3261 9.1: the callee may have answered already
      if (role_ == Role::uac) say(cancelling), say(answer(cancelling, 200));
      return false;
    case 5: say(answer(invite_, pick_of({300, 404, 486, 503, 603}), "No")); return true;
    case 6:
      say(cancelling);
      say(answer(cancelling, 200));
      say(refused);
      return true;
    case 7:  // RFC 3261 15: the last ends the call; our side, called, has but one
      if (ringing_.empty()) return false;
      while (role_ == Role::uac && ringing_.size() > 1) hang_up_early();
      hang_up(caller, ringing_.back());
      say(refused);
      return true;
    default: return false;
  }
}

// Returns whether the call is up, and that with the fork "a".
bool RandomCall::set_up() {
  const int tries = 1 + (pick(4) == 3 ? 1 : 0);
  for (int attempt = 1; attempt <= tries; ++attempt) {
    caller_ = callee_ = {};
    unacknowledged_answer_.clear();
    invite_ = invite(pick(4) == 3 ? std::string{} : offer(caller))
                  .cseq(++caller_cseq_)
                  .branch("b" + std::to_string(attempt));
    say(invite_);
    std::vector<std::string> tags{"a", "b", "c"};
    tags.resize(static_cast<std::size_t>(pick(4)));
    ringing_.clear();
    bool is_agreed = false;
    for (const std::string& tag : tags) {
      const bool agreed = early(tag);
      if (tag == "a") is_agreed = agreed;
      ringing_.push_back(tag);
      if (role_ == Role::uac && ringing_.size() > 1 && pick(4) == 3) hang_up_early();
    }
    if (attempt < tries) {
      say(answer(invite_, pick_of({401, 407}), "Who are you"));
      continue;
    }
    Said final = answer(invite_, 200, "OK");
    final.callee_tag = "a";
    if (is_given_up()) return false;
    const bool late = invite_.body.empty();
    if (!is_agreed) {
      final.body = late ? offer(callee) : unacknowledged_answer_;  // RFC 3261 13.2.1: the same
      if (final.body.empty()) final.body = answer_to(callee, invite_.body);
    }
    say(final);
    const bool is_open = late && !is_agreed;
    const std::string answered = is_open ? answer_to(caller, final.body) : std::string{};
    say(request(caller, "ACK", invite_.sequence, answered).tag("a"));
    if (!tags.empty() && std::ranges::count(ringing_, std::string{"a"}) == 0) {
      hang_up(caller, "a");  // its 2xx has crossed the BYE, and is acknowledged all the same
      return false;
    }
  }
  return true;
}

void RandomCall::talk() {
  for (int count = pick(6); count > 0; --count) {
    switch (pick(8)) {
      case 0: {
        const Said info = in_dialog(any_side(), "INFO", "a");
        say(info);
        say(answer(info, pick_of({200, 481, 408, 415})));
        break;
      }
      case 1: negotiate("INVITE", "a"); break;
      case 2: negotiate("UPDATE", "a"); break;
      case 3: reinvite_without_offer("a"); break;
      case 4: reinvite_answered_early("a"); break;
      case 5: reinvite_cancelled("a"); break;
      case 6: another_fork_answers(); break;
      default: glare("a"); break;
    }
  }
}

void RandomCall::run() {
  if (!set_up()) return;
  talk();
  if (pick_bool()) end();
}

}  // namespace drachtio::test
