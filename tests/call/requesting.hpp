// A request of ours out of dialog as the tests of its machine drive it: an input is a call here,
// and comes back as the actions in words. It stands for the shell and, by the message that it says
// was sent, for the server. It is a value, as the machine is.
#pragma once

#include "call/client_request.hpp"

#include <drachtio/error.hpp>

#include <map>
#include <string>
#include <vector>

namespace drachtio::test {

using call::ClientRequest;

inline const char* const offer_in_answer = "v=0\r\no=b 1 1 IN IP4 10.0.0.2\r\n";

// Returns e.g. "INVITE", "PRACK 1", "tell 2 cancelled", "outcome rejected 486", each action in its
// turn.
std::string words(const ClientRequest::Actions& actions);

class Requesting {
 public:
  explicit Requesting(ClientRequest::Options options) : machine_(std::move(options)) {}

  ClientRequest::Actions on(const ClientRequest::Input& input) {
    return machine_.on(input, facts_);
  }

  ClientRequest::Actions place() { return on(ClientRequest::Place{}); }
  // The server has sent the attempt under way, numbered as the attempts before it and this.
  ClientRequest::Actions sent();
  ClientRequest::Actions failed(Errc error);
  // `tag` is that of the fork that answers.
  ClientRequest::Actions answered(int status, const Headers& headers = {},
                                  const std::string& body = {}, const std::string& tag = "b");
  // A provisional answer that demands a PRACK (RFC 3262 3).
  ClientRequest::Actions answered_reliably(int status, int rseq, const std::string& body = {},
                                           const std::string& tag = "b") {
    return answered(status, {{"Require", "100rel"}, {"RSeq", std::to_string(rseq)}}, body, tag);
  }
  ClientRequest::Actions challenged(const std::string& nonce = "n");
  ClientRequest::Actions redirected() { return answered(302, {{"Contact", "<sip:c@10.0.0.3>"}}); }
  ClientRequest::Actions turn() { return on(ClientRequest::Turn{}); }
  ClientRequest::Actions cancel(call::HandlerId handler, const Headers& headers = {}) {
    return on(ClientRequest::Cancel{headers, handler});
  }
  ClientRequest::Actions cancel_sent(boost::system::error_code error = {}) {
    return on(ClientRequest::CancelSent{{error, {}}});
  }
  // `tag` is that of the fork whose 2xx has come, if any has.
  ClientRequest::Actions acknowledge(call::HandlerId handler, const std::string& sdp = "v=0\r\n",
                                     const std::string& tag = "b", bool has_2xx = true) {
    return on(ClientRequest::Acknowledge{sdp, tag, has_2xx, handler});
  }
  // The call was ended, as call::Ending::ack_and_bye says.
  void acknowledged_to_end(const std::string& tag) { facts_.late_offer.acknowledge(tag); }
  ClientRequest::Actions prack(call::HandlerId handler) {
    return on(ClientRequest::Prack{"v=0\r\n", handler});
  }
  ClientRequest::Actions offer_answered(const ClientRequest::AnswerOffer& answer,
                                        boost::system::error_code error = {}) {
    return on(ClientRequest::OfferAnswered{answer, {error, {}}});
  }

  // Returns the CSeq of the INVITE that is out.
  [[nodiscard]] std::string cseq() const { return std::to_string(attempts_) + " INVITE"; }
  [[nodiscard]] const ClientRequest& machine() const { return machine_; }
  [[nodiscard]] const call::CallFacts& facts() const { return facts_; }
  bool operator==(const Requesting&) const = default;

 private:
  ClientRequest machine_;
  call::CallFacts facts_;
  int attempts_ = 0;
};

inline ClientRequest::Options invite_of_ours() {
  return {.asked = {.method = "INVITE",
                    .uri = "sip:b@10.0.0.2",
                    .headers = {},
                    .credentials = {.username = "ann", .password = "secret"},
                    .follow_redirects = true}};
}

inline ClientRequest::Options invite_without_offer() {
  ClientRequest::Options options = invite_of_ours();
  options.late_offer = true;
  return options;
}

inline ClientRequest::Options message_of_ours() {
  ClientRequest::Options options = invite_of_ours();
  options.asked.method = "MESSAGE";
  return options;
}

}  // namespace drachtio::test
