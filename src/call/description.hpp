// The descriptions that a program gives by default: its answer to an offer that nobody else
// answers, and the offers that hold a call and resume it (RFC 3264 6, 8). Pure.
#pragma once

#include <drachtio/dialog_state.hpp>
#include <drachtio/sip_message.hpp>

#include <string>

namespace drachtio::call {

// Accepts what the program has: its present description, with the streams that it had before, made
// to fit the offer in the request; where there is none, offered itself (RFC 3264 6 and 8.2, RFC
// 3261 14.2). Empty where the program has none.
std::string default_answer(const DialogState& dialog, const SipMessage& request);

// RFC 3264 8.4, RFC 6337 5.3: an offer says what the program wants of each stream, whatever the far
// end holds.
std::string offer_of_hold(const DialogState& dialog, bool held);

}  // namespace drachtio::call
