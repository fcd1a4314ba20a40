// This file gives a handler words in place of a message.
#pragma once

#include <drachtio/sip_message.hpp>

#include <string>
#include <utility>

namespace drachtio::agent {

inline SipMessage with_reason(std::string why) {
  SipMessage message;
  message.reason = std::move(why);
  return message;
}

}  // namespace drachtio::agent
