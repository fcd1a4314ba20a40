// This file composes our answers to requests (RFC 3261 8.2.6), and reads what the server says to
// them. It is pure.
#pragma once

#include "call/outcome.hpp"
#include "wire/compose.hpp"

#include <drachtio/headers.hpp>
#include <drachtio/sip_message.hpp>

#include <string>
#include <string_view>

namespace drachtio::call {

// An Answer is what the program says to a request. An empty reason stands for the status' own.
struct Answer {
  int status = 0;
  std::string reason = {};
  Headers headers = {};
  std::string body = {};
  bool operator==(const Answer&) const = default;
};

// Composes the answer to the request that has this transactionId of drachtio's. The headers that
// tell which request is answered are repeated, where the answer has none of its own. Throws
// std::invalid_argument for a status that is not 101 to 699, and for what would be no SIP message.
wire::ClientFrame answer_frame(std::string_view transaction_id, const SipMessage& request,
                               const Answer& answer);

// Returns whether the value of a Require or Supported asks for reliable answers (RFC 3262).
bool requires_100rel(std::string_view value);

// Returns what the server's reply says of an answer of this status. Having refused a final answer,
// drachtio-server 0.9.10 sends none any more: it says OK, and shows what it had sent before.
Outcome outcome_of_answer(int status, Outcome reply);

}  // namespace drachtio::call
