#include "agent/answer_frame.hpp"

#include "sip/compose.hpp"

#include <stdexcept>

namespace drachtio::agent {

namespace {

// The server needs the CSeq to know which transaction is answered.
Headers repeated(const SipMessage& request, const Headers& more) {
  Headers headers;
  for (const char* name : {"Call-ID", "CSeq", "From", "To"}) {
    if (request.headers.has(name) && !more.has(name)) {
      headers.add(name, std::string{request.headers[name]});
    }
  }
  for (const auto& [name, value] : more) headers.add(name, value);
  return headers;
}

}  // namespace

wire::ClientFrame answer_frame(const Incoming& incoming, int status, const std::string& reason,
                               const Content& content) {
  if (status < 101 || status > 699) {
    throw std::invalid_argument{std::to_string(status) + " is no status of an answer: 101 to 699"};
  }
  const std::string phrase = reason.empty() ? std::string{sip::phrase_of(status)} : reason;
  return wire::answer(incoming.transaction_id,
                      sip::compose("SIP/2.0 " + std::to_string(status) + ' ' + phrase,
                                   repeated(incoming.message, content.headers), content.body));
}

}  // namespace drachtio::agent
