// The answer to a digest challenge, as a header to send (RFC 3261 22).
#pragma once

#include <drachtio/agent.hpp>

#include <optional>
#include <string>
#include <utility>

namespace drachtio::agent {

// Authorization for a 401, Proxy-Authorization for a 407; nothing for another status, or a
// challenge that cannot be answered. `stale`, if given, is told whether only the nonce was too old.
std::optional<std::pair<std::string, std::string>> credentials_for(const SipMessage& challenge,
                                                                   const Credentials& credentials,
                                                                   const std::string& method,
                                                                   const std::string& uri,
                                                                   bool* stale = nullptr);

}  // namespace drachtio::agent
