// A request that came as the tests of its machine drive it: an input is a call here, and comes back
// as the actions in words. It stands for the shell and, by what became of an answer, for the
// server. It is a value, as the machine is.
#pragma once

#include "call/server_request.hpp"

#include <drachtio/error.hpp>

#include <string>

namespace drachtio::test {

using call::ServerRequest;

// Returns e.g. "180", "200 for 2", "183 with PRACK 1 for 2", "tell 2 cancelled", "settled", each
// action in its turn. A number behind "for" is the handler's.
std::string words(const ServerRequest::Actions& actions);

class Answering {
 public:
  using Actions = ServerRequest::Actions;
  using Sent = ServerRequest::Sent;

  // A request that makes no call.
  Answering();
  // An INVITE that makes a call.
  static Answering call();
  // ... which has rung reliably; its PRACK is told to handler 1.
  static Answering rung_reliably();
  // ... whose final answer, of handler 1, was lost with its link, and waits for another one.
  static Answering lost_answer(int status);

  Actions on(const ServerRequest::Input& input) { return machine_.on(input); }

  Actions answer(int status, call::HandlerId handler = 0) {
    return on(ServerRequest::Give{request_, {.status = status}, handler});
  }
  Actions answer_reliably(int status, call::HandlerId handler, bool can_receive = true) {
    return on(ServerRequest::GiveReliably{request_, {.status = status}, can_receive, handler});
  }
  Actions hand_on(call::HandlerId handler, bool is_heard = true) {
    return on(ServerRequest::HandOn{.frame = {}, .handler = handler, .is_heard = is_heard});
  }
  // The program ends the call by this answer.
  Actions end(int status, call::HandlerId handler) {
    return on(ServerRequest::Give{request_, {.status = status}, handler, true});
  }
  Actions told() { return on(ServerRequest::Told{}); }

  // The server has sent the answer; a reliable one with this RSeq, if it is not 0.
  Actions sent(const Sent& sent, int rseq = 0) { return shows(sent, sent.status, rseq); }
  // The server says that it has sent an answer of this status.
  Actions shows(const Sent& sent, int status, int rseq = 0);
  // The server has this against the answer.
  Actions refused(const Sent& sent, wire::Refusal refusal) {
    return on(ServerRequest::Answered{sent, {Errc::refused_by_server, {}}, refusal, true});
  }
  Actions lost(const Sent& sent) {
    return on(ServerRequest::Answered{sent, {Errc::no_link, {}}, wire::Refusal::none, true});
  }
  Actions never_left(const Sent& sent, Errc error = Errc::no_link) {
    return on(ServerRequest::Answered{sent, {error, {}}, wire::Refusal::none, false});
  }
  Actions handed_on(call::HandlerId handler, Errc error = {}, bool is_heard = true) {
    return on(ServerRequest::HandedOn{{error_of(error), {}}, true, is_heard, handler});
  }

  // A PRACK with this RSeq in its RAck, if it is not 0, and with this SDP. `late_offer`: the call's
  // first offer is ours.
  Actions prack(int rseq = 0, const std::string& sdp = {}, bool late_offer = false);
  Actions prack_timeout(call::PrackId prack) { return on(ServerRequest::PrackTimeout{prack}); }
  Actions unheard() { return on(ServerRequest::Unheard{}); }
  Actions cancel() { return on(ServerRequest::Cancel{{}}); }
  Actions hang_up() { return on(ServerRequest::HungUp{request_, {}}); }
  Actions superseded() { return on(ServerRequest::Superseded{}); }
  Actions closed(bool lost = false) { return on(ServerRequest::Closed{lost}); }
  Actions resumed() { return on(ServerRequest::Resumed{}); }
  Actions link_up() { return on(ServerRequest::LinkUp{}); }

  [[nodiscard]] const ServerRequest& machine() const { return machine_; }
  bool operator==(const Answering&) const = default;

 private:
  static boost::system::error_code error_of(Errc error) {
    return error == Errc{} ? boost::system::error_code{} : make_error_code(error);
  }

  ServerRequest machine_{"t1"};
  SipMessage request_;
};

}  // namespace drachtio::test
