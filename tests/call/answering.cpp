#include "call/answering.hpp"

#include "call/words.hpp"

namespace drachtio::test {

namespace {

std::string for_whom(call::HandlerId handler) {
  return handler == 0 ? "" : " for " + std::to_string(handler);
}

struct WordOfAnswer {
  std::string operator()(const ServerRequest::Send& send) const {
    std::string word = std::to_string(send.sent.status);
    if (send.sent.prack != 0) {
      word += send.sent.awaits_prack ? " with PRACK " : " without PRACK ";
      word += std::to_string(send.sent.prack);
    }
    return word + for_whom(send.sent.handler);
  }
  std::string operator()(const ServerRequest::SendOn& send) const {
    return "hand on" + for_whom(send.handler);
  }
  std::string operator()(const ServerRequest::Refuse& refuse) const {
    return "refuse " + std::to_string(refuse.status);
  }
  std::string operator()(const ServerRequest::Proceed& /*action*/) const { return "proceed"; }
  std::string operator()(const ServerRequest::AwaitPrack& await) const {
    return "await PRACK " + std::to_string(await.prack);
  }
  std::string operator()(const call::Tell& tell) const {
    return "tell " + std::to_string(tell.handler) + ' ' + word(tell.outcome.error);
  }
  std::string operator()(const ServerRequest::TellCancelled& /*action*/) const {
    return "cancelled";
  }
  std::string operator()(const ServerRequest::Settled& /*action*/) const { return "settled"; }
  std::string operator()(const ServerRequest::Final& final) const {
    return "final " + std::to_string(final.status);
  }
  std::string operator()(const ServerRequest::GivenAway& /*action*/) const { return "given away"; }
  std::string operator()(const ServerRequest::Forget& /*action*/) const { return "forget"; }
  std::string operator()(const ServerRequest::AwaitLink& /*action*/) const { return "await link"; }
  std::string operator()(const ServerRequest::AskInDoubt& /*action*/) const { return "ask"; }
  std::string operator()(const ServerRequest::AskInTime& /*action*/) const { return "ask in time"; }
};

}  // namespace

std::string words(const ServerRequest::Actions& actions) {
  std::string text;
  for (const ServerRequest::Action& action : actions) {
    if (!text.empty()) text += ", ";
    text += std::visit(WordOfAnswer{}, action);
  }
  return text;
}

Answering::Answering() {
  request_.method = "INVITE";
  request_.headers = {{"Call-ID", "1@b"},
                      {"CSeq", "1 INVITE"},
                      {"From", "<sip:b@10.0.0.2>;tag=b"},
                      {"To", "<sip:ann@10.0.0.1>"}};
}

Answering Answering::call() {
  Answering answering;
  static_cast<void>(answering.on(ServerRequest::BeginCall{}));
  return answering;
}

Answering Answering::rung_reliably() {
  Answering answering = call();
  static_cast<void>(answering.answer_reliably(183, 1));
  static_cast<void>(answering.sent({183, 1, 1, true}));
  return answering;
}

Answering Answering::lost_answer(int status) {
  Answering answering = call();
  static_cast<void>(answering.answer(status, 1));
  static_cast<void>(answering.lost({status, 1}));
  return answering;
}

Answering::Actions Answering::shows(const Sent& sent, int status, int rseq) {
  SipMessage message;
  message.status = status;
  if (rseq != 0) message.headers.add("RSeq", std::to_string(rseq));
  return on(ServerRequest::Answered{sent, {{}, message}, wire::Refusal::none, true});
}

Answering::Actions Answering::prack(int rseq, const std::string& sdp, bool late_offer) {
  SipMessage message;
  message.method = "PRACK";
  if (rseq != 0) message.headers.add("RAck", std::to_string(rseq) + " 1 INVITE");
  message.body = sdp;
  return on(ServerRequest::Prack{message, late_offer});
}

}  // namespace drachtio::test
