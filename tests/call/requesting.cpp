#include "call/requesting.hpp"

#include "call/words.hpp"

namespace drachtio::test {

namespace {

struct Word {
  std::string operator()(const ClientRequest::Send& send) const {
    const std::string sip = send.frame.text.substr(send.frame.text.find("\r\n") + 2);
    return sip.substr(0, sip.find(' '));
  }
  std::string operator()(const ClientRequest::SendCancel& /*action*/) const { return "CANCEL"; }
  std::string operator()(const ClientRequest::SendInDialog& request) const {
    std::string word = request.method;
    if (const auto rack = request.headers["RAck"]; !rack.empty()) {
      word += ' ' + std::string{rack.substr(0, rack.find(' '))};
    }
    for (const call::HandlerId handler : request.handlers)
      word += " for " + std::to_string(handler);
    return word;
  }
  std::string operator()(const ClientRequest::AnswerOffer& answer) const {
    const std::string method = answer.reliable ? "PRACK " + answer.reliable->rack.substr(
                                                                0, answer.reliable->rack.find(' '))
                                               : "ACK";
    return method + " with SDP for " + std::to_string(answer.handler);
  }
  std::string operator()(const ClientRequest::End& end) const {
    return "end for " + std::to_string(end.handler);
  }
  std::string operator()(const call::Tell& tell) const {
    return "tell " + std::to_string(tell.handler) + ' ' + word(tell.outcome.error);
  }
  std::string operator()(const ClientRequest::TellProvisional& tell) const {
    return "provisional " + std::to_string(tell.message.status);
  }
  std::string operator()(const ClientRequest::AwaitTurn& /*action*/) const { return "turn"; }
  std::string operator()(const ClientRequest::TellOutcome& tell) const {
    std::string text = "outcome " + word(tell.outcome.error);
    if (tell.outcome.message.status != 0) {
      text += ' ' + std::to_string(tell.outcome.message.status);
    }
    return text;
  }
};

}  // namespace

std::string words(const ClientRequest::Actions& actions) {
  std::string text;
  for (const ClientRequest::Action& action : actions) {
    if (!text.empty()) text += ", ";
    text += std::visit(Word{}, action);
  }
  return text;
}

ClientRequest::Actions Requesting::sent() {
  ++attempts_;
  const bool makes_a_dialog = machine_.is_invite();
  const std::string method = makes_a_dialog ? "INVITE" : "MESSAGE";
  SipMessage message;
  message.method = method;
  message.headers = {{"Call-ID", "1@a"},
                     {"From", "<sip:ann@a>;tag=a"},
                     {"CSeq", std::to_string(attempts_) + ' ' + method}};
  return on(ClientRequest::Sent{message, "t" + std::to_string(attempts_), makes_a_dialog});
}

ClientRequest::Actions Requesting::failed(Errc error) {
  return on(ClientRequest::Failed{{error, {}}});
}

ClientRequest::Actions Requesting::answered(int status, const Headers& headers,
                                            const std::string& body, const std::string& tag) {
  SipMessage message;
  message.status = status;
  message.headers = headers;
  message.headers.add("To", "<sip:b@10.0.0.2>;tag=" + tag);
  message.body = body;
  return on(ClientRequest::Answered{message, [] { return std::string{"c"}; }});
}

ClientRequest::Actions Requesting::challenged(const std::string& nonce) {
  return answered(401,
                  {{"WWW-Authenticate", R"(Digest realm="r", qop="auth", nonce=")" + nonce + '"'}});
}

}  // namespace drachtio::test
