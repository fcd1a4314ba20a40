// A SIP message as a program sees it, a plain value: a request that came, an answer to one of ours.
#pragma once

#include <drachtio/export.hpp>
#include <drachtio/headers.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace drachtio {

// One name-addr or addr-spec (RFC 3261 section 20.10).
struct SipAddress {
  std::string display;
  std::string uri;  // "sip:bob@example.com;transport=tcp", without angle brackets
  std::string user;
  std::string host;
  std::optional<std::uint16_t> port;
  std::string tag;
  std::string parameters;  // of the header, as written, without the first semicolon: "tag=1;q=0.5"
  bool operator==(const SipAddress&) const = default;

  // Return a parameter of the header, without quotes, or of the URI (RFC 3261 19.1.1), without
  // escapes. Names go in any case. A parameter without a value is empty; nothing where there is
  // none.
  [[nodiscard]] DRACHTIO_EXPORT std::optional<std::string> parameter(std::string_view name) const;
  [[nodiscard]] DRACHTIO_EXPORT std::optional<std::string> uri_parameter(
      std::string_view name) const;
};

// The first address in a header's value; every member is empty where there is none.
DRACHTIO_EXPORT SipAddress parse_address(std::string_view value);

// A plain value. Bytes that are not UTF-8 are kept as they came.
struct SipMessage {
  std::string method;  // of a request; of a response, that of its CSeq
  std::string uri;     // of a request
  int status = 0;      // 0 for a request, else 100 to 699
  std::string reason;  // the phrase after the status
  Headers headers;
  std::string body;

  bool operator==(const SipMessage&) const = default;
  [[nodiscard]] bool is_request() const { return status == 0; }
  [[nodiscard]] SipAddress from() const { return parse_address(headers["From"]); }
  [[nodiscard]] SipAddress to() const { return parse_address(headers["To"]); }
  [[nodiscard]] SipAddress contact() const { return parse_address(headers["Contact"]); }
  [[nodiscard]] std::string_view call_id() const { return headers["Call-ID"]; }
  // 0 where there is none.
  [[nodiscard]] DRACHTIO_EXPORT std::uint32_t cseq() const;
};

// Takes a message apart. What is malformed is passed over, never refused: a start line that is none
// leaves method and status empty. The body is as long as Content-Length says, or what there is.
DRACHTIO_EXPORT SipMessage parse_sip_message(std::string_view bytes);

}  // namespace drachtio
