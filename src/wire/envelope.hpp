// The first line of a drachtio payload, taken apart, and the SIP message after it.
//
// What a server may say is parsed in full; of what a client says, only the verb and what `proxy`
// and `authenticate` carry: everything else comes back from the server.
#pragma once

#include "wire/refusal.hpp"

#include <drachtio/instant.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace drachtio::wire {

// Who sent a frame on the admin connection.
enum class Sender : std::uint8_t { client, server };

// Where the server had a SIP message from, or whom it sent one for.
enum class Source : std::uint8_t { network, application };

// Transport facts of a SIP message: `<source>|<bytes>|<proto>|<addr>|<port>|<time>|...`.
struct Transport {
  Source source = Source::network;
  std::string_view protocol;  // "udp", "tcp", "tls", "ws", "wss"; may be empty
  std::string_view address;
  std::string_view port;
  std::optional<Microseconds> time_of_day;  // UTC, since midnight; no date is sent
  std::string_view transaction_id;          // "unsolicited" for the server's own requests
  std::string_view dialog_id;               // empty where there is none (yet)
  std::string_view received_on_address;     // initial requests only
  std::string_view received_on_port;
};

struct Envelope {
  enum class Kind : std::uint8_t {
    // from the server
    sip,          // a request or response, from the network or `unsolicited`
    reply,        // to a client frame
    cdr_attempt,  // call records
    cdr_start,
    cdr_stop,
    // from the client
    authenticate,
    proxy,
    other,  // route, remove_route, ping, sip
  };
  enum class Outcome : std::uint8_t { none, ok, nok, no };

  Kind kind = Kind::other;
  std::string_view id;

  // reply
  std::string_view in_reply_to;
  Outcome outcome = Outcome::none;
  Refusal refusal = Refusal::none;
  std::string_view reply_text;  // what follows the outcome, tokens and all
  bool proxy_progress = false;  // a reply to `proxy` with fullResponse: "...|continue"

  // sip, cdr_*, and replies that show a message as sent
  Transport transport;
  std::string_view message;  // the SIP text; empty where there is none

  // cdr_start: "uac", "uas", "proxy-uac", "proxy-uas"; cdr_stop: "normal-release", ...
  std::string_view call_record_token;

  // client frames: transactionId of a `proxy`
  std::string_view proxied_transaction_id;
};

// All views point into `payload`. Throws ProtocolError for an unknown verb, a first line that ends
// too early, or a malformed token; offsets count from the start of `payload`.
Envelope parse_envelope(Sender sender, std::string_view payload);

}  // namespace drachtio::wire
