// This file makes the descriptions that a program gives by default: its answer to an offer that
// nobody else answers, and the offers that hold a call and resume it (RFC 3264 6, 8). It is pure.
#pragma once

#include "dialog/dialog.hpp"

#include <drachtio/sip_message.hpp>

#include <string>

namespace drachtio::call {

// Returns what the program has: its present description, with the streams that it had before, made
// to fit the offer in the request. Where the request has no offer, it is the offer (RFC 3264 6
// and 8.2, RFC 3261 14.2). Returns nothing where the program has no description.
std::string default_answer(const dialog::Dialog& dialog, const SipMessage& request);

// Returns the offer that holds the call, or resumes it. It says what the program wants of each
// stream, whatever the far end holds (RFC 3264 8.4, RFC 6337 5.3).
std::string offer_of_hold(const dialog::Dialog& dialog, bool held);

}  // namespace drachtio::call
