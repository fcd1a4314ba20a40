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
  return wire::proxy({.transaction_id = incoming.transaction_id,
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
  const bool is_heard = static_cast<bool>(handler);
  if (!is_heard) {
    // Nobody will see to it, then.
    handler = [this, incoming](error_code error, const std::vector<SipMessage>&) {
      if (error && !incoming->answered && !incoming->cancelled) answer(incoming, 500, {}, {}, {});
    };
  }
  const auto fail = [&](error_code error, const std::string& why) {
    post([handler, error, why] { handler(error, {with_reason(why)}); });
  };
  if (incoming->cancelled) return fail(Errc::cancelled, "the caller has given up");
  if (incoming->answered) return fail(Errc::answered_already, "a final answer has been sent");
  wire::ClientFrame frame;
  try {
    frame = proxy_frame(*incoming, destinations, options, is_heard);
    // A long frame goes alone, and this one's reply may come when others have rung for a minute.
    if (is_heard && frame.text.size() > net::paced_payload - id_size) {
      return fail(Errc::too_long, "a proxy frame of " + std::to_string(frame.text.size()) +
                                      " bytes: with a handler it takes no more than " +
                                      std::to_string(net::paced_payload - id_size));
    }
  } catch (const std::invalid_argument& error) {
    return fail(Errc::malformed, error.what());
  }
  take(incoming);
  if (incoming->cell) incoming->cell->invitation.handing_on = true;
  send(links_.for_answer_to(*incoming), std::move(frame),
       [this, incoming, handler,
        answers = std::make_shared<std::vector<SipMessage>>()](const Reply& reply) {
         if (!reply.error && reply.more) return answers->push_back(reply.message);
         handed_on(incoming, reply);
         handler(reply.error, reply.error ? std::vector{reply.message} : *answers);
       });
}

// What became of it: others have answered, or will.
void Core::handed_on(const std::shared_ptr<Incoming>& incoming, const Reply& reply) {
  if (incoming->cell) incoming->cell->invitation.handing_on = false;
  const bool in_doubt = reply.error == Errc::no_link && reply.left;
  if (reply.error && !in_doubt) return give_back(incoming);
  forget(incoming);
  // The server goes on with it, and tells nobody; or it never got it.
  if (in_doubt && incoming->cell) return watch_for_forgotten(*incoming->cell);
  if (makes_the_call(*incoming)) settled(incoming->cell);
  has_served(incoming->link);
}

}  // namespace drachtio::agent
