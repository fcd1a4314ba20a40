// A SIP message as a value: what the dialog rules ask of one, and nothing of libosip2.
//
// libosip2 parses the headers; the body is what the scan has, by Content-Length, because
// libosip2 drops one without a Content-Type and splits multipart ones. Every text here is valid
// UTF-8: bytes that are not become U+FFFD (the evidence keeps them as they came).
#pragma once

#include "sip/reason.hpp"
#include "sip/scan.hpp"

#include <drachtio/dialog_state.hpp>
#include <drachtio/event.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drachtio::sip {

// From, To, Contact, P-Asserted-Identity, Remote-Party-ID (RFC 3261 20.10, 20.20, 20.39).
struct Address {
  std::optional<std::string> display;
  std::optional<std::string> user;
  std::optional<std::string> host;
  std::optional<std::uint16_t> port;
  bool telephone = false;  // tel:
  std::optional<std::string> tag;
};

// RFC 3325 and draft-ietf-sip-privacy: who somebody is asserted to be.
struct Identity {
  Address address;
  std::optional<std::string> party;    // Remote-Party-ID only
  std::optional<std::string> privacy;  // Remote-Party-ID only
};

struct Message {
  std::string start_line;
  std::string method;  // of the request, or of the response's CSeq
  int status = 0;      // 0 for a request
  std::string phrase;
  std::string call_id;
  std::uint32_t cseq = 0;
  std::string branch;  // of the top Via
  Address from;
  Address to;
  // The first; where it names no port, that of its transport (RFC 3261 19.1.2, RFC 7118 5.2).
  std::optional<HostPort> contact;
  std::optional<std::uint32_t> rseq;
  std::optional<Identity> asserted_identity;  // of several, what they say together
  std::vector<Identity> remote_parties;
  std::optional<std::string> privacy;
  Reason reason;
  std::optional<Sdp> sdp;  // the body, or its first application/sdp part
  std::string_view body;   // into the bytes parsed

  [[nodiscard]] bool is_request() const { return status == 0; }
  // A request's Request-URI: what its start line has between the method and the version.
  [[nodiscard]] std::string_view request_uri() const;
  // 0 for requests, else 1 to 6.
  [[nodiscard]] int status_class() const { return status / 100; }
};

// Returns what libosip2 makes of a message; nothing where it refuses it, or where what every SIP
// message must have (Call-ID, CSeq, From, To) is missing. `why` then says which. Thread-safe.
std::optional<Message> parse_message(const Scan& scanned, std::string& why);
std::optional<Message> parse_message(std::string_view bytes, std::string& why);

}  // namespace drachtio::sip
