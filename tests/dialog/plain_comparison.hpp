// What a dialog's state says, in the words of the plain reading: to compare the two.
#pragma once

#include "dialog/dialog.hpp"
#include "dialog/observation.hpp"
#include "dialog/plain_reading.hpp"

#include <sstream>
#include <string>

namespace drachtio::test {

// The message that the road to events has seen, without what it thinks of it.
inline Overheard overheard(const dialog::Observation& seen) {
  Overheard message;
  switch (seen.channel) {
    case dialog::Channel::sip: message.by = Overheard::By::connection; break;
    case dialog::Channel::attempt: message.by = Overheard::By::attempt; break;
    case dialog::Channel::start: message.by = Overheard::By::start; break;
    case dialog::Channel::stop: message.by = Overheard::By::stop; break;
  }
  message.sent_by_us = seen.direction == Direction::out;
  message.at = seen.occurred_at;
  message.sip = seen.message;
  message.sip.body = {};  // it would outlive the bytes
  return message;
}

// Why the server hung up in our name is beyond the messages; that a call was handed on, or not
// heard of any more, is no end that a message tells.
inline Outcome::End end_of(const dialog::Dialog& leg) {
  switch (leg.state == State::terminated ? leg.cause.value_or(Cause::lost) : Cause::lost) {
    case Cause::far_end_release: return Outcome::End::hung_up_by_far_end;
    case Cause::near_end_release:
    case Cause::ack_timeout:
    case Cause::session_expired:
    case Cause::server_release: return Outcome::End::hung_up_by_us;
    case Cause::rejected:
    case Cause::challenged: return Outcome::End::refused;
    case Cause::cancelled: return Outcome::End::cancelled;
    case Cause::proxied:
    case Cause::lost: break;
  }
  return Outcome::End::none;
}

inline Outcome outcome_of(const dialog::Dialog& leg) {
  Outcome outcome{leg.times.connect_time.has_value(), end_of(leg), leg.status.value_or(0),
                  Outcome::Held::no};
  if (leg.hold() == Hold::local) outcome.held = Outcome::Held::by_us;
  if (leg.hold() == Hold::remote) outcome.held = Outcome::Held::by_far_end;
  if (leg.hold() == Hold::both) outcome.held = Outcome::Held::by_both;
  return outcome;
}

inline const PlainCall* plain_call(const PlainReading& plain, const dialog::Dialog& leg) {
  return plain.find(leg.role == Role::uac, leg.call_id, leg.invite.cseq, leg.invite.branch,
                    leg.invite.at);
}

// Returns in what the two readings of a call differ; nothing where they say the same, or the plain
// one cannot tell who holds it.
inline std::string difference(const PlainReading& plain, const dialog::Dialog& leg) {
  const PlainCall* const call = plain_call(plain, leg);
  if (call == nullptr) return "the plain reading knows no such call";
  const Outcome by_events = outcome_of(leg);
  const Outcome by_rfcs = call->outcome();
  Outcome clear = by_rfcs;
  if (clear.held == Outcome::Held::not_clear) clear.held = by_events.held;
  if (by_events == clear) return {};
  std::ostringstream text;
  text << "by the events: " << by_events << "; by the RFCs: " << by_rfcs;
  return text.str();
}

}  // namespace drachtio::test
