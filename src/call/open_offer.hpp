// This file decides whose offer is open in a call, and what that allows: there is one offer at a
// time, whichever way it goes (RFC 3264 4, RFC 3261 14, RFC 3311 5). It is pure.
#pragma once

#include "dialog/dialog.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace drachtio::call {

// These facts are not in the dialog's state: they are not on the wire yet, or never will be.
struct OfferFacts {
  bool ours = false;    // an offer of ours has been sent, and is not answered
  bool theirs = false;  // an offer of theirs has come, and is not answered
  // The CSeq of a re-INVITE of theirs that we have answered 2xx, and whose ACK has not come.
  std::optional<std::uint32_t> theirs_awaits_ack = {};
  bool first_answered =
      false;                // what the call's 2xx offers: a PRACK or an ACK of ours has answered
  bool can_receive = true;  // what the far end sends reaches this program
};

enum class OpenOffer : std::uint8_t { none, ours, theirs };

// Returns whose offer has been made, and waits for its answer.
OpenOffer open_offer(const dialog::Dialog& dialog, const OfferFacts& facts);

// Returns whether an offer of ours may be made now, by a request of this method.
bool may_offer(std::string_view method, const dialog::Dialog& dialog, const OfferFacts& facts);

// Returns the status by which an offer of theirs is refused; nothing where it is to be answered.
// After a 500 they may try again (RFC 3261 14.2 demands a Retry-After).
std::optional<int> refusal_of_offer(std::string_view method, const dialog::Dialog& dialog,
                                    const OfferFacts& facts);

}  // namespace drachtio::call
