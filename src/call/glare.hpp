// This file says how long a side waits before it offers again, when offers have crossed (RFC 3261
// 14). It is pure: the caller draws the number.
#pragma once

#include <drachtio/dialog_state.hpp>
#include <drachtio/sip_message.hpp>

#include <chrono>
#include <optional>

namespace drachtio::call {

// A Pause is a time to be drawn at random, in steps of `step`, both ends included.
struct Pause {
  std::chrono::milliseconds least;
  std::chrono::milliseconds most;
  std::chrono::milliseconds step;
  bool operator==(const Pause&) const = default;
};

// Returns when an offer of ours may be made again: after a 491 (RFC 3261 14.1: 2.1 to 4 s for
// whoever made the Call-ID, 0 to 2 s for the other, in units of 10 ms), or after a 500 that says
// when, as whoever has an offer of its own under way answers (14.2, RFC 3311 5.2). Returns nothing
// for any other answer, and where it asks for more than 32 s: that is not only an offer under way.
std::optional<Pause> pause_after(const SipMessage& refusal, Role role);

// Returns what we ask of the far end whose offer comes while an earlier one is not answered: 0 to
// 10 s (RFC 3261 14.2, RFC 3311 5.2).
Pause retry_after();

}  // namespace drachtio::call
