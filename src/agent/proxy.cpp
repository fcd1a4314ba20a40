// A request that is handed on: the server is its proxy (RFC 3261 16), the program only says where
// to.
#include "agent/core.hpp"
#include "sip/compose.hpp"

#include <stdexcept>

namespace drachtio::agent {

namespace {

constexpr std::size_t id_size = 37;  // of a frame, with its bar

wire::ClientFrame proxy_frame(const Incoming& incoming,
                              const std::vector<std::string>& destinations,
                              const ProxyOptions& options, bool full_response) {
  if (destinations.empty()) throw std::invalid_argument{"there is no destination"};
  for (const std::string& destination : destinations) sip::require_uri(destination);
  return wire::proxy({.transaction_id = incoming.machine.transaction_id(),
                      .destinations = destinations,
                      .remain_in_dialog = options.remain_in_dialog,
                      .full_response = full_response,
                      .follow_redirects = options.follow_redirects,
                      .simultaneous = options.simultaneous,
                      .provisional_timeout = options.provisional_timeout,
                      .final_timeout = options.final_timeout},
                     sip::compose(incoming.message.method + ' ' + destinations.front() + " SIP/2.0",
                                  options.headers, {}));
}

}  // namespace

void Core::proxy(const std::shared_ptr<Incoming>& incoming,
                 const std::vector<std::string>& destinations, const ProxyOptions& options,
                 ProxyHandler handler) {
  call::ServerRequest::HandOn input;
  input.is_heard = static_cast<bool>(handler);
  try {
    input.frame = proxy_frame(*incoming, destinations, options, input.is_heard);
    // A long frame goes alone, and this one's reply may come when others have rung for a minute.
    const std::size_t size = input.frame.text.size();
    if (input.is_heard && size > net::paced_payload - id_size) {
      input.composed =
          call::outcome_of(Errc::too_long, "a proxy frame of " + std::to_string(size) +
                                               " bytes: with a handler it takes no more than " +
                                               std::to_string(net::paced_payload - id_size));
    }
  } catch (const std::invalid_argument& error) {
    input.composed = call::outcome_of(Errc::malformed, error.what());
  }
  if (handler) {
    input.handler = waiting_.add(
        [incoming, handler = std::move(handler)](error_code error, const SipMessage& message) {
          const auto answers = std::exchange(incoming->answers_of_others, {});
          handler(error, error ? std::vector{message} : answers);
        });
  }
  on(incoming, input);
}

}  // namespace drachtio::agent
