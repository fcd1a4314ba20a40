// This file gives a handler words in place of a message, and tells which header values ask for
// reliable answers.
#pragma once

#include <drachtio/sip_message.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace drachtio::agent {

inline SipMessage with_reason(std::string why) {
  SipMessage message;
  message.reason = std::move(why);
  return message;
}

// A value of Require or Supported (RFC 3262).
inline bool requires_100rel(std::string_view value) {
  return value.find("100rel") != std::string_view::npos;
}

}  // namespace drachtio::agent
