// Digest authentication (RFC 7616, RFC 8760): the answer to a challenge.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace drachtio::sip {

// What one WWW-Authenticate or Proxy-Authenticate header asks.
struct Challenge {
  std::string realm;
  std::string nonce;
  std::optional<std::string> opaque;
  std::string algorithm = "MD5";  // MD5, SHA-256 or SHA-512-256, with or without "-sess"
  bool qop_auth = false;          // qop holds "auth"
  bool stale = false;
  bool operator==(const Challenge&) const = default;
};

// Nothing for another scheme than Digest, an algorithm not known here, or a qop without "auth".
std::optional<Challenge> parse_challenge(std::string_view value);

struct DigestRequest {
  std::string_view method;
  std::string_view uri;
  std::string_view username;
  std::string_view password;
  std::string_view cnonce;  // fresh for each answer
  std::uint32_t count = 1;  // how often this nonce has been used
};

// The value of the Authorization or Proxy-Authorization header. Throws std::runtime_error where
// OpenSSL lacks the algorithm.
std::string authorization(const Challenge& challenge, const DigestRequest& request);

}  // namespace drachtio::sip
