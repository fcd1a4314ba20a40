#include "call/answer.hpp"

#include "sip/compose.hpp"

#include <drachtio/error.hpp>

#include <stdexcept>

namespace drachtio::call {

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

wire::ClientFrame answer_frame(std::string_view transaction_id, const SipMessage& request,
                               const Answer& answer) {
  const std::string status = std::to_string(answer.status);
  if (answer.status < 101 || answer.status > 699) {
    throw std::invalid_argument{status + " is no status of an answer: 101 to 699"};
  }
  const std::string phrase =
      answer.reason.empty() ? std::string{sip::phrase_of(answer.status)} : answer.reason;
  return wire::answer(transaction_id, sip::compose("SIP/2.0 " + status + ' ' + phrase,
                                                   repeated(request, answer.headers), answer.body));
}

bool requires_100rel(std::string_view value) {
  return value.find("100rel") != std::string_view::npos;
}

Outcome outcome_of_answer(int status, Outcome reply) {
  if (reply.error || reply.message.status == status) return reply;
  return outcome_of(Errc::refused_by_server, "the server sent nothing, and shows its " +
                                                 std::to_string(reply.message.status) +
                                                 " of before");
}

}  // namespace drachtio::call
