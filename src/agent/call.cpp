// Calls out, and other requests out of dialog: RFC 3261 13.2 and 8.1, as far as the server leaves
// it to us: ACK, PRACK, CANCEL, the retry with credentials, redirections.
#include "agent/core.hpp"
#include "agent/credentials.hpp"
#include "sip/compose.hpp"

#include <stdexcept>

namespace drachtio::agent {

namespace {

constexpr int most_challenges = 3;  // one, one for a stale nonce, one of a second proxy
constexpr int most_redirections = 5;

bool is_invite(const Call& call) { return call.options.method == "INVITE"; }

}  // namespace

void Core::place(const std::shared_ptr<Call>& call) {
  const Link* link = link_to(call->options.server);
  if (link == nullptr) {
    SipMessage why;
    why.reason = call->options.server.empty() ? "there is no link to any server"
                                              : "there is no link to " + call->options.server;
    return finish(call, Errc::no_link, why);
  }
  if (log_failed_ && options_.refuse_when_log_failed && is_invite(*call)) {
    SipMessage why;
    why.reason = "the log cannot be written";
    return finish(call, Errc::log_failed, why);
  }
  call->link = link->id;
  attempt(call, {});
}

void Core::attempt(const std::shared_ptr<Call>& call, const Headers& more) {
  call->transaction_id.clear();
  call->cancel_sent = false;
  Headers headers = call->options.headers;
  for (const auto& [name, value] : more) headers.set(name, value);
  std::string text;
  try {
    text = sip::compose(call->options.method + ' ' + call->uri + " SIP/2.0", headers,
                        call->options.body);
  } catch (const std::invalid_argument& error) {
    SipMessage why;
    why.reason = error.what();
    return finish(call, Errc::malformed, why);
  }
  std::string first_line = "sip||";
  if (!call->options.route.empty()) first_line += '|' + call->options.route;
  send(call->link, first_line + "\r\n" + text,
       [this, call](const Reply& reply) { sent(call, reply); });
}

// The server has sent the request, or says why not.
void Core::sent(const std::shared_ptr<Call>& call, const Reply& reply) {
  if (reply.error) return finish(call, reply.error, reply.message);
  call->sent = reply.message;
  call->transaction_id = reply.transaction_id;
  if (const auto cell = cell_of(reply.dialog)) {
    cell->auth = call->options.auth;
    {
      const std::lock_guard lock{call->mutex};
      call->cell = cell;
    }
    const auto tell = call->options.on_dialog;
    if (tell) tell(SipDialog{cell});
  }
  const Link* link = find_link(call->link);
  Transaction transaction;
  transaction.connection = link == nullptr ? 0 : link->connection;
  transaction.on_response = [this, call](const SipMessage& response) { answered(call, response); };
  transaction.on_failure = [this, call](error_code error) {
    SipMessage why;
    why.reason = "the link to the server went down";
    finish(call, error, why);
  };
  transactions_.insert_or_assign(reply.transaction_id, std::move(transaction));
  if (call->cancel_asked) cancel(call);
}

void Core::answered(const std::shared_ptr<Call>& call, const SipMessage& response) {
  if (response.status < 200) {
    const auto rseq = response.headers["RSeq"];
    // Sent again until its PRACK has come: one is enough (RFC 3262 section 4).
    const bool news = call->pracked.insert(response.to().tag + ' ' + std::string{rseq}).second;
    if (!rseq.empty() && news && call->cell) {
      Content prack;
      prack.headers.add("RAck", std::string{rseq} + ' ' + std::string{call->sent.headers["CSeq"]});
      request(call->cell, "PRACK", prack, {});
    }
    const auto tell = call->options.on_provisional;  // it may end the call, and so itself
    if (tell) tell(response);
    return;
  }
  if (response.status < 300) {
    if (is_invite(*call) && call->cell) {
      // Also where our CANCEL has crossed it: the server then hangs up by itself.
      if (!call->options.late_offer || call->cancel_asked) acknowledge(call->cell, {});
    }
    return finish(call, call->cancel_asked ? error_code{Errc::cancelled} : error_code{}, response);
  }
  if (!call->cancel_asked && (retry(call, response) || redirect(call, response))) return;
  finish(call, call->cancel_asked ? Errc::cancelled : Errc::rejected, response);
}

// The same call with credentials (RFC 3261 22.2): the first attempt's Call-ID and From with its
// tag, and the next CSeq.
bool Core::retry(const std::shared_ptr<Call>& call, const SipMessage& response) {
  if (!call->options.auth || call->challenges++ == most_challenges) return false;
  bool stale = false;
  const auto header =
      credentials_for(response, *call->options.auth, call->options.method, call->uri, &stale);
  if (!header) return false;
  const bool refused = call->sent.headers.has(header->first);
  if (refused && !stale) return false;  // the credentials are wrong
  Headers more;
  for (const char* name : {"Authorization", "Proxy-Authorization"}) {
    if (call->sent.headers.has(name)) more.add(name, std::string{call->sent.headers[name]});
  }
  more.set(header->first, header->second);
  more.set("Call-ID", std::string{call->sent.call_id()});
  more.set("From", std::string{call->sent.headers["From"]});
  more.set("CSeq", std::to_string(call->sent.cseq() + 1) + ' ' + call->options.method);
  attempt(call, more);
  return true;
}

bool Core::redirect(const std::shared_ptr<Call>& call, const SipMessage& response) {
  if (response.status >= 400 || !call->options.follow_redirects) return false;
  const std::string target = response.contact().uri;
  if (target.empty() || call->redirections++ == most_redirections) return false;
  call->uri = target;
  Headers more;
  more.set("Call-ID", std::string{call->sent.call_id()});
  more.set("From", std::string{call->sent.headers["From"]});
  more.set("CSeq", std::to_string(call->sent.cseq() + 1) + ' ' + call->options.method);
  attempt(call, more);
  return true;
}

void Core::finish(const std::shared_ptr<Call>& call, error_code error, const SipMessage& message) {
  if (call->over) return;
  call->over = true;
  call->options.on_provisional = {};  // what they hold may hold this call
  call->options.on_dialog = {};
  if (!call->handler) return;
  const auto handler = std::move(call->handler);
  const SipDialog dialog = call->cell ? SipDialog{call->cell} : SipDialog{};
  // In a turn of its own: whoever placed the call has its handle by then.
  post([handler, error, dialog, message] { handler(error, dialog, message); });
}

// RFC 3261 9.1: not before a provisional answer; the server sees to that.
void Core::cancel(const std::shared_ptr<Call>& call) {
  call->cancel_asked = true;
  if (call->over || call->cancel_sent || call->transaction_id.empty()) return;
  call->cancel_sent = true;
  send(call->link,
       "sip|" + call->transaction_id + "|\r\nCANCEL " + call->uri +
           " SIP/2.0\r\nContent-Length: 0\r\n\r\n",
       {});
}

void Core::acknowledge_late(const std::shared_ptr<Call>& call, const std::string& sdp) {
  if (call->cell) acknowledge(call->cell, sdp);
}

}  // namespace drachtio::agent
