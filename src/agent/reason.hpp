// Words in place of a message: ours to a handler, and the server's to us.
#pragma once

#include <drachtio/error.hpp>
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

// The server's words on an answer to a request that it does not have, or no longer.
inline bool is_unknown_transaction(const boost::system::error_code& error,
                                   const SipMessage& reply) {
  return error == Errc::refused_by_server &&
         reply.reason.find("unknown transaction") != std::string::npos;
}

}  // namespace drachtio::agent
