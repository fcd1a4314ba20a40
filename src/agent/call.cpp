// Calls out, and other requests out of dialog: RFC 3261 13.2 and 8.1, as far as the server leaves
// it to us: ACK, PRACK, CANCEL, the retry with credentials, redirections.
#include "agent/core.hpp"
#include "dialog/rules.hpp"
#include "net/message_id.hpp"
#include "sip/compose.hpp"
#include "sip/header_value.hpp"

#include <stdexcept>

namespace drachtio::agent {

namespace {

constexpr const char* call_had_ended = "the call had ended";

bool is_invite(const Call& call) { return sip::same_ignoring_case(call.options.method, "INVITE"); }

bool has_credentials(const Call& call) { return !call.options.auth.username.empty(); }

// Of what a CANCEL is to carry, or the BYE in its place: there is no sending it otherwise.
std::optional<std::pair<error_code, std::string>> why_unfit(const Headers& headers) {
  constexpr std::size_t room = net::largest_payload - 2048;  // beside the first line, its ids
  try {
    const std::size_t size = sip::compose("CANCEL sip:placeholder SIP/2.0", headers, {}).size();
    if (size <= room) return std::nullopt;
    return {{Errc::too_long, "a CANCEL of " + std::to_string(size) + " bytes"}};
  } catch (const std::invalid_argument& error) {
    return {{Errc::malformed, error.what()}};
  }
}

}  // namespace

void Core::place(const std::shared_ptr<Call>& call) {
  RequestOptions& options = call->options;
  try {
    options.method = sip::method_name(options.method);
  } catch (const std::invalid_argument& error) {
    return finish(call, Errc::malformed, with_reason(error.what()));
  }
  const std::shared_ptr<Cell> beside = Cell::of(std::exchange(options.beside, {}));
  if (beside && beside->core.lock().get() != this) {
    return finish(call, Errc::no_dialog, with_reason("the dialog beside it is of no call of ours"));
  }
  const Link* link = beside ? link_of(*beside) : link_to(options.server);
  if (link == nullptr) {
    const std::string server = beside ? SipDialog{beside}.server() : options.server;
    return finish(call, Errc::no_link,
                  with_reason("there is no link to " + (server.empty() ? "any server" : server)));
  }
  if (log_failed_ && options_.refuse_when_log_failed && is_invite(*call)) {
    return finish(call, Errc::log_failed, with_reason("the log cannot be written"));
  }
  call->link = link->id;
  call->attempts = call::Attempts{{.method = options.method,
                                   .uri = std::move(call->uri),
                                   .headers = std::move(options.headers),
                                   .credentials = options.auth,
                                   .follow_redirects = options.follow_redirects}};
  attempt(call);
}

void Core::attempt(const std::shared_ptr<Call>& call) {
  call->transaction_id.clear();
  call->cancel_sent = false;
  call->cancel_outcome.reset();
  call->awaits_prack.clear();
  if (call->cell) {
    call->cell->offers_pracked.clear();
    call->cell->offer_acknowledged.reset();
  }
  const std::string& uri = call->attempts.uri();
  wire::ClientFrame frame;
  try {
    sip::require_uri(uri);
    if (!call->options.route.empty()) sip::require_uri(call->options.route);
    frame = wire::request(sip::compose(call->options.method + ' ' + uri + " SIP/2.0",
                                       call->attempts.headers(), call->options.body),
                          call->options.route);
  } catch (const std::invalid_argument& error) {
    return finish(call, Errc::malformed, with_reason(error.what()));
  }
  send(call->link, std::move(frame), [this, call](const Reply& reply) { sent(call, reply); });
}

// The server has sent the request, or says why not.
void Core::sent(const std::shared_ptr<Call>& call, const Reply& reply) {
  if (reply.error) return finish(call, reply.error, reply.message);
  call->attempts.sent(reply.message);
  call->transaction_id = reply.transaction_id;
  if (const auto cell = cell_of(reply.dialog); cell && cell != call->cell) {
    if (has_credentials(*call)) cell->auth = call->options.auth;
    cell->call = call;
    {
      const std::lock_guard lock{call->mutex};
      call->cell = cell;
    }
    const auto on_dialog = call->options.on_dialog;
    if (on_dialog) guard([&] { on_dialog(SipDialog{cell}); });
  }
  Transaction transaction;
  transaction.connection = reply.connection;
  transaction.on_response = [this, call](const SipMessage& response) { answered(call, response); };
  transaction.on_failure = [this, call](error_code error, const std::string& why) {
    finish(call, error, with_reason(why));
  };
  transactions_.insert_or_assign(reply.transaction_id, std::move(transaction));
  if (call->cancel_asked) cancel(call, call->cancel_headers, {});
}

void Core::answered(const std::shared_ptr<Call>& call, const SipMessage& response) {
  if (response.status < 200) return rang(call, response);
  if (response.status < 300) {
    if (is_invite(*call) && call->cell) {
      call->cell->given_up = call->cancel_asked;
      const bool answered = call->cell->offers_pracked.contains(response.to().tag);
      if (!call->options.late_offer || answered || call->cancel_asked) {
        acknowledge(call->cell, {});
      }
      // Where our CANCEL was on its way when the 2xx came, the server hangs up by itself.
      if (call->cancel_refused) {
        request(call->cell, "BYE", {.headers = call->cancel_headers}, {});
      }
    }
    return finish(call, call->cancel_asked ? error_code{Errc::cancelled} : error_code{}, response);
  }
  call::NonceCounts& counts = call->cell ? call->cell->nonces : call->nonces;
  const bool goes_on =
      !call->cancel_asked && call->attempts.asks_for_another(response, counts, net::message_id);
  if (goes_on) return attempt(call);
  finish(call, call->cancel_asked ? Errc::cancelled : Errc::rejected, response);
}

void Core::rang(const std::shared_ptr<Call>& call, const SipMessage& response) {
  const auto rseq = response.headers["RSeq"];
  // Sent again until its PRACK has come: one is enough (RFC 3262 section 4).
  const bool news = call->pracked.insert(response.to().tag + ' ' + std::string{rseq}).second;
  if (!rseq.empty() && news && call->cell) {
    const std::string rack =
        std::string{rseq} + ' ' + std::string{call->attempts.sent().headers["CSeq"]};
    const std::string tag = response.to().tag;
    const bool offers = call->options.late_offer && !call->cell->offers_pracked.contains(tag) &&
                        !response.body.empty();
    if (offers) {
      call->awaits_prack = rack;  // the PRACK answers: that is the program's
      call->awaits_prack_of = tag;
    } else {
      request(call->cell, "PRACK", {.headers = {{"RAck", rack}}}, {});
    }
  }
  const auto on_provisional = call->options.on_provisional;  // may end the call, and so itself
  if (on_provisional) on_provisional(response);
}

void Core::finish(const std::shared_ptr<Call>& call, error_code error, const SipMessage& message) {
  if (call->over) return;
  call->over = true;
  call->options.on_provisional = {};  // what they hold may hold this call
  call->options.on_dialog = {};
  if (!call->cancel_sent) {
    for (const ResponseHandler& canceller : std::exchange(call->cancellers, {})) {
      tell(canceller, {}, call_had_ended);
    }
  }
  // In a turn of its own: whoever placed the call has its handle by then.
  post([call, error, message] {
    call->told = true;
    const auto handler = std::exchange(call->handler, {});
    const SipDialog dialog = call->cell ? SipDialog{call->cell} : SipDialog{};
    const bool given_up = !error && call->cancel_asked && is_invite(*call);
    if (handler) handler(given_up ? error_code{Errc::cancelled} : error, dialog, message);
  });
}

// RFC 3261 9.1: not before a provisional answer; the server sees to that.
void Core::cancel(const std::shared_ptr<Call>& call, const Headers& headers,
                  ResponseHandler handler) {
  if (!is_invite(*call)) {  // it is over within 32 s by itself
    return tell(handler, Errc::malformed, "only an INVITE can be cancelled");
  }
  if (const auto unfit = why_unfit(headers)) return tell(handler, unfit->first, unfit->second);
  const bool asked_before = std::exchange(call->cancel_asked, true);
  if (call->over) {
    if (call->told || asked_before || !call->cell) return tell(handler, {}, call_had_ended);
    // The 2xx has been read, and whoever gives up has not heard of it.
    call->cell->given_up = true;
    return terminate(call->cell, {.headers = headers}, 480, std::move(handler));
  }
  if (handler && call->cancel_outcome) {
    return post(
        [handler, outcome = *call->cancel_outcome] { handler(outcome.first, outcome.second); });
  }
  if (!asked_before) call->cancel_headers = headers;
  if (handler) call->cancellers.push_back(std::move(handler));
  if (call->cancel_sent || call->transaction_id.empty()) return;  // see sent()
  call->cancel_sent = true;
  send_cancel(call->link, call->transaction_id, call->cancel_headers,
              [this, call](const Reply& reply) { cancel_sent(call, reply); });
}

// A server that had the 2xx already refuses the CANCEL, and leaves the call to us.
void Core::cancel_sent(const std::shared_ptr<Call>& call, const Reply& reply) {
  const auto cancellers = std::exchange(call->cancellers, {});
  const auto tell_all = [cancellers](error_code error, const SipMessage& message) {
    for (const ResponseHandler& canceller : cancellers) {
      guard([&] { canceller(error, message); });
    }
  };
  call->cancel_refused = reply.error == Errc::refused_by_server;
  call->cancel_outcome.emplace(reply.error, reply.message);
  const bool up =
      call->over && call->cell && dialog::is_answered(*SipDialog{call->cell}.snapshot());
  if (call->cancel_refused && up) {
    return request(call->cell, "BYE", {.headers = call->cancel_headers}, tell_all);
  }
  tell_all(reply.error, reply.message);
}

void Core::acknowledge_late(const std::shared_ptr<Call>& call, const std::string& sdp,
                            const ResponseHandler& handler) {
  if (!call->cell || sdp.empty()) {
    const error_code error = call->cell ? Errc::malformed : Errc::no_dialog;
    return tell(handler, error,
                call->cell ? "an answer has an SDP" : "the INVITE has not been sent");
  }
  const std::string tag = SipDialog{call->cell}.remote().tag.value_or("");
  call->cell->offer_acknowledged = tag;
  request(call->cell, "ACK", {.body = sdp},
          [call, handler](error_code error, const SipMessage& ack) {
            if (error) call->cell->offer_acknowledged.reset();  // the offer still waits
            if (handler) handler(error, ack);
          });
}

void Core::prack_late(const std::shared_ptr<Call>& call, const std::string& sdp,
                      const ResponseHandler& handler) {
  if (!call->cell || call->awaits_prack.empty() || sdp.empty()) {
    return tell(handler, Errc::malformed,
                sdp.empty() ? "an answer has an SDP" : "no offer waits for an answer");
  }
  const std::string rack = std::exchange(call->awaits_prack, {});
  const std::string tag = call->awaits_prack_of;
  call->cell->offers_pracked.insert(tag);
  const auto sent = [call, rack, tag, handler](error_code error, const SipMessage& answer) {
    const bool left = !error || error == Errc::no_link || error == Errc::dialog_over;
    if (!left) {  // the offer still waits
      call->cell->offers_pracked.erase(tag);
      call->awaits_prack = rack;
      call->awaits_prack_of = tag;
    }
    if (handler) handler(error, answer);
  };
  request(call->cell, "PRACK", {.headers = {{"RAck", rack}}, .body = sdp}, sent);
}

}  // namespace drachtio::agent
