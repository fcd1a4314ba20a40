#include "dialog/plain_reading.hpp"

#include "wire/envelope.hpp"
#include "wire/protocol_error.hpp"
#include "wire/server_clock.hpp"

#include <algorithm>
#include <ostream>

namespace drachtio::test {

namespace {

using std::chrono_literals::operator""s;

// RFC 3261 17.1.1.2: an INVITE is sent again for 64 T1 at most.
constexpr Microseconds repeats_for = 32s;
// A program's connection and the call records tell of one message within this time.
constexpr Microseconds told_twice_within = 5s;

// A tag is a token, so its case does not count (RFC 3261 7.3.1). A peer of RFC 2543 has none.
std::string tag_of(const sip::Address& address) {
  std::string tag = address.tag.value_or("");
  std::ranges::transform(tag, tag.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return tag;
}

}  // namespace

std::optional<Overheard> overhear(std::string_view payload, Instant read_at) {
  Overheard message;
  try {
    using Kind = wire::Envelope::Kind;
    const wire::Envelope envelope = wire::parse_envelope(wire::Sender::server, payload);
    if (envelope.message.empty()) return std::nullopt;
    if (envelope.kind == Kind::cdr_attempt) message.by = Overheard::By::attempt;
    if (envelope.kind == Kind::cdr_start) message.by = Overheard::By::start;
    if (envelope.kind == Kind::cdr_stop) message.by = Overheard::By::stop;
    message.sent_by_us = envelope.transport.source == wire::Source::application;
    const auto& time = envelope.transport.time_of_day;
    message.at = time ? wire::resolve_time(*time, read_at) : read_at;
    std::string why;
    auto sip = sip::parse_message(envelope.message, why);
    if (!sip) return std::nullopt;
    message.sip = std::move(*sip);
    message.sip.body = {};  // it would outlive the payload
  } catch (const wire::ProtocolError&) {
    return std::nullopt;
  }
  return message;
}

bool PlainCall::has_ids_of(const sip::Message& message) const {
  return call_id == message.call_id && caller_tag == tag_of(message.from) && cseq == message.cseq &&
         branch == message.branch;
}

// Before the answer each fork may be held by itself: only of a single one can be said who does.
Outcome PlainCall::outcome() const {
  Outcome outcome{answered, end, status, Outcome::Held::no};
  auto dialog = dialogs.find(callee_tag);
  if (!answered) {
    if (dialogs.size() > 1) outcome.held = Outcome::Held::not_clear;
    dialog = dialogs.size() == 1 ? dialogs.begin() : dialogs.end();
  }
  if (dialog == dialogs.end()) return outcome;
  const Agreed& agreed = dialog->second.agreed;
  const Holds ours = agreed.held_by(we_called ? Talker::calling : Talker::called);
  const Holds theirs = agreed.held_by(we_called ? Talker::called : Talker::calling);
  if (ours == Holds::not_clear || theirs == Holds::not_clear || dialog->second.may_be_undone()) {
    outcome.held = Outcome::Held::not_clear;
  } else if (ours == Holds::yes) {
    outcome.held = theirs == Holds::yes ? Outcome::Held::by_both : Outcome::Held::by_us;
  } else if (theirs == Holds::yes) {
    outcome.held = Outcome::Held::by_far_end;
  }
  return outcome;
}

std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
  constexpr std::array<const char*, 5> ends{"goes on", "hung up by the far end", "hung up by us",
                                            "refused", "cancelled"};
  constexpr std::array<const char*, 5> holds{"no", "by us", "by the far end", "by both",
                                             "not clear"};
  return out << (outcome.answered ? "answered, " : "not answered, ")
             << ends.at(static_cast<std::size_t>(outcome.end)) << ", status " << outcome.status
             << ", held: " << holds.at(static_cast<std::size_t>(outcome.held));
}

// RFC 3261 17.1.3 and 17.2.3: the branch names a transaction. Calls that use the ids of an earlier
// one follow it, so the message is of the last that had begun.
PlainCall* PlainReading::of_invite(const Overheard& message) {
  const bool we_called = message.sip.is_request() == message.sent_by_us;
  PlainCall* found = nullptr;
  for (PlainCall& call : calls_) {
    if (call.we_called != we_called || !call.has_ids_of(message.sip)) continue;
    if (found == nullptr || call.began <= message.at) found = &call;
  }
  return found;
}

// RFC 3261 12: Call-ID and both tags name a dialog. One that ended is passed over for one that did
// not, and an earlier one for a later: the same ids may be used again.
PlainCall* PlainReading::of_dialog(const Overheard& message, std::string& callee_tag,
                                   Talker& requester) {
  const sip::Message& sip = message.sip;
  const std::string from = tag_of(sip.from);
  const std::string to = tag_of(sip.to);
  const bool we_requested = sip.is_request() == message.sent_by_us;
  PlainCall* found = nullptr;
  for (PlainCall& call : calls_) {
    if (call.call_id != sip.call_id || call.end != Outcome::End::none) continue;
    for (const Talker talker : {Talker::calling, Talker::called}) {
      const bool by_caller = talker == Talker::calling;
      const std::string& of_callee = by_caller ? to : from;
      // Call records tell of no 1xx, so the dialog they end may not have been heard of.
      const bool is_known = call.answered ? of_callee == call.callee_tag
                            : message.by == Overheard::By::stop
                                ? !call.hung_up_early.contains(of_callee)
                                : call.dialogs.contains(of_callee);
      if (!is_known || (by_caller ? from : to) != call.caller_tag) continue;
      if ((call.we_called == by_caller) != we_requested) continue;
      callee_tag = of_callee;
      requester = talker;
      found = &call;
    }
  }
  return found;
}

const PlainCall* PlainReading::find(bool we_called, const std::string& call_id, std::uint32_t cseq,
                                    const std::string& branch, Instant began) const {
  const PlainCall* found = nullptr;
  const auto distance = [&](const PlainCall& call) {
    return call.began < began ? began - call.began : call.began - began;
  };
  for (const PlainCall& call : calls_) {
    const bool is_one = call.we_called == we_called && call.call_id == call_id &&
                        call.cseq == cseq && call.branch == branch;
    if (is_one && (found == nullptr || distance(call) < distance(*found))) found = &call;
  }
  return found;
}

// RFC 3261 8.1.1.7 forbids to use a branch again, and it happens: an INVITE with the ids of a call
// that is over is another one's. Call records tell of each INVITE once.
void PlainReading::invite(const Overheard& message) {
  const PlainCall* const same = of_invite(message);
  const bool may_be_repeated =
      same != nullptr && same->end == Outcome::End::none && message.by == Overheard::By::connection;
  if (may_be_repeated && message.at - same->began <= repeats_for) return;
  PlainCall call;
  call.we_called = message.sent_by_us;
  call.call_id = message.sip.call_id;
  call.caller_tag = tag_of(message.sip.from);
  call.cseq = message.sip.cseq;
  call.branch = message.sip.branch;
  call.began = message.at;
  call.invite = message.sip;
  calls_.push_back(std::move(call));
}

void PlainCall::finish(Outcome::End how, int with_status) {
  end = how;
  if (with_status != 0) status = with_status;
}

// RFC 3261 13.2.2. The answers of a fork are those of a negotiation of its own, begun by the
// INVITE.
void PlainReading::answer_to_invite(PlainCall& call, const Overheard& message) {
  const sip::Message& sip = message.sip;
  if (sip.status <= 100 || call.answered) return;
  if (call.end != Outcome::End::none) {  // hung up before: its INVITE is refused all the same
    if (call.status == 0 && sip.status >= 300) call.status = sip.status;
    return;
  }
  if (sip.status >= 300) {
    const bool terminated = sip.status == 487;
    return call.finish(terminated ? Outcome::End::cancelled : Outcome::End::refused, sip.status);
  }
  const std::string tag = tag_of(sip.to);
  // It had been sent when the BYE came. A 2xx makes a dialog anew all the same (13.2.2.4).
  if (sip.status < 200 && call.hung_up_early.contains(tag)) return;
  const auto [dialog, is_new] = call.dialogs.try_emplace(tag);
  if (is_new) dialog->second.request(Talker::calling, call.invite);
  if (sip.status >= 200) {
    call.answered = true;
    call.callee_tag = tag;
    call.status = sip.status;
  }
  dialog->second.response(Talker::calling, sip);
}

void PlainReading::in_dialog(PlainCall& call, const std::string& callee_tag, Talker requester,
                             const Overheard& message) {
  Conversed& dialog = call.dialogs[callee_tag];
  if (!message.sip.is_request()) return dialog.response(requester, message.sip);
  if (message.sip.method != "BYE") return dialog.request(requester, message.sip);
  // RFC 3261 15: the caller may send one before the answer, and it ends this early dialog only,
  // while others go on. Where our side is called there are none: it answers with one tag (8.2.6.2).
  const bool may_be_early = call.we_called && requester == Talker::calling;
  if (!call.answered && may_be_early && call.dialogs.size() > 1) {
    call.dialogs.erase(callee_tag);
    call.hung_up_early.insert(callee_tag);
    return;
  }
  call.finish(message.sent_by_us ? Outcome::End::hung_up_by_us : Outcome::End::hung_up_by_far_end,
              0);
}

// A message that crosses a program's connection is told by the call records too, once.
bool PlainReading::was_told_otherwise(const Overheard& message) {
  const sip::Message& sip = message.sip;
  const bool tells_of_end = message.by == Overheard::By::stop && sip.method == "INVITE" &&
                            sip.is_request();  // the message itself was another
  if (tells_of_end) return false;
  const bool by_connection = message.by == Overheard::By::connection;
  const auto same = std::ranges::find_if(lately_, [&](const Overheard& one) {
    const Microseconds apart = one.at < message.at ? message.at - one.at : one.at - message.at;
    return (one.by == Overheard::By::connection) != by_connection && apart <= told_twice_within &&
           one.sent_by_us == message.sent_by_us && one.sip.start_line == sip.start_line &&
           one.sip.call_id == sip.call_id && one.sip.cseq == sip.cseq &&
           one.sip.branch == sip.branch && tag_of(one.sip.from) == tag_of(sip.from) &&
           tag_of(one.sip.to) == tag_of(sip.to);
  });
  if (same != lately_.end()) {
    lately_.erase(same);
    return true;
  }
  lately_.push_back(message);
  if (lately_.size() > 100) lately_.pop_front();
  return false;
}

void PlainReading::hear(const Overheard& message) {
  if (was_told_otherwise(message)) return;
  const sip::Message& sip = message.sip;
  const bool is_request = sip.is_request();
  const bool outside = is_request && !sip.to.tag;
  if (sip.method == "INVITE" && outside && message.by != Overheard::By::stop) {
    return invite(message);
  }
  PlainCall* const call = of_invite(message);
  const bool goes_on = call != nullptr && call->end == Outcome::End::none;
  if (sip.method == "INVITE" && !is_request) {
    if (call != nullptr) return answer_to_invite(*call, message);
    if (message.by == Overheard::By::start && sip.status / 100 == 2) {
      // Of a call that began before anybody listened.
      PlainCall& begun = calls_.emplace_back();
      begun.we_called = !message.sent_by_us;
      begun.call_id = sip.call_id;
      begun.caller_tag = tag_of(sip.from);
      begun.cseq = sip.cseq;
      begun.branch = sip.branch;
      begun.began = message.at;
      return answer_to_invite(begun, message);
    }
  }
  if (is_request && goes_on && !call->answered) {
    // RFC 3261 9.2: who is sent a CANCEL answers 487. Who sends one waits for the final answer.
    const bool told_over = sip.method == "INVITE" && message.by == Overheard::By::stop;
    if (told_over || (sip.method == "CANCEL" && !message.sent_by_us)) {
      return call->finish(Outcome::End::cancelled, 487);
    }
    // RFC 3261 17.1.1.3: an ACK in the INVITE's own transaction is for a refusal.
    if (sip.method == "ACK" && !message.sent_by_us) {
      return call->finish(Outcome::End::refused, 0);
    }
  }
  std::string callee_tag;
  Talker requester = Talker::calling;
  if (PlainCall* talking = of_dialog(message, callee_tag, requester)) {
    in_dialog(*talking, callee_tag, requester, message);
  }
}

}  // namespace drachtio::test
