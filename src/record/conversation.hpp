// What one admin connection has said so far, as far as later frames need it: the server's name,
// and which replies answer a `proxy`. Turns frames into observations.
#pragma once

#include "dialog/observation.hpp"
#include "record/frame.hpp"

#include <optional>
#include <string>
#include <unordered_map>

namespace drachtio::record {

// A message that cannot be placed: why, and to which dialog its envelope says it belongs.
struct Unreadable {
  std::string why;
  std::string dialog_id;
};

// The program has asked for a request to be handed on, or the server has refused that.
struct ProxyAsked {
  std::string transaction_id;
  bool under_way = false;
};

// A frame brings an observation, an unreadable message, a `proxy`, or nothing. The reply to
// a `proxy` may both acknowledge that and tell a destination's answer.
struct Sighting {
  std::optional<dialog::Observation> observation;
  std::optional<Unreadable> unreadable;
  std::optional<ProxyAsked> proxy;
  std::optional<std::string> handed_on;  // transactionId of a `proxy` that is acknowledged
  Instant acknowledged_at;
  Instant occurred_at;
  Direction direction = Direction::none;
  std::string peer;        // "udp/127.0.0.1:5070"
  std::string_view bytes;  // of the SIP message, into the frame's payload
};

class Conversation {
 public:
  // Reads a frame. Never throws for what is in it: what is malformed becomes `unreadable`.
  Sighting read(const Frame& frame);

  // The configured name, else the first contact of the login reply, else "unknown".
  [[nodiscard]] const std::string& server() const { return server_; }

 private:
  Sighting read_server(const Frame& frame, const wire::Envelope& envelope);
  Sighting read_reply(const Frame& frame, const wire::Envelope& envelope);
  [[nodiscard]] Sighting final_answer_of_proxied(const Frame& frame,
                                                 const wire::Envelope& envelope) const;

  static constexpr const char* unknown = "unknown";
  std::string server_ = unknown;
  // proxy frames not yet acknowledged: their id to the transactionId proxied
  std::unordered_map<std::string, std::string> proxies_;
};

}  // namespace drachtio::record
