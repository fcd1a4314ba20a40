// This file composes what a client says to a drachtio-server: each function makes a frame, all but
// its id, which the connection gives it (WIRE.md, client to server). parse_envelope() reads what is
// composed here.
#pragma once

#include "wire/envelope.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace drachtio::wire {

// The server reads into a ring of so many bytes: a longer payload hangs the link for good.
inline constexpr std::size_t largest_payload = 12'228;

// A ClientFrame has no id yet.
struct ClientFrame {
  Envelope::Kind kind = Envelope::Kind::other;
  std::string text;  // all that follows `<id>|`

  bool operator==(const ClientFrame&) const = default;

  [[nodiscard]] std::string_view first_line() const;
};

// All but the first three throw std::invalid_argument where a token holds a bar or a line break:
// the server would take the frame for another one. `sip` is a skeleton of a message, see
// sip::compose().

// Logs in; the tags are separated by commas, and may be empty.
ClientFrame login(std::string_view secret, std::string_view tags);
// Asks for requests of one method ("invite"), or for call records of one kind ("cdr:start").
ClientFrame route(std::string_view verb);
// Asks for a sign of life.
ClientFrame ping();

// Sends a request out of dialog, by way of the URI `route` where that is not empty.
ClientFrame request(std::string_view sip, std::string_view route);
// Sends a request in a dialog.
ClientFrame request_in_dialog(std::string_view dialog_id, std::string_view sip);
// Answers a request.
ClientFrame answer(std::string_view transaction_id, std::string_view sip);
// Gives up the INVITE of ours that has this transactionId.
ClientFrame cancel(std::string_view transaction_id, std::string_view sip);

// This describes a request that others are to answer (RFC 3261 16).
struct Proxied {
  std::string_view transaction_id;
  const std::vector<std::string>& destinations;  // URIs
  bool remain_in_dialog = false;
  bool full_response = false;  // the server tells each destination's final answer
  bool follow_redirects = false;
  bool simultaneous = false;
  std::chrono::milliseconds provisional_timeout{0};  // 0: none
  std::chrono::milliseconds final_timeout{0};        // 0: the server's own
};
// Hands a request on to its destinations.
ClientFrame proxy(const Proxied& request, std::string_view sip);

}  // namespace drachtio::wire
