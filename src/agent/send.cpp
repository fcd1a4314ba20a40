// Frames on their way out, and requests in a dialog with what comes of them.
#include "agent/core.hpp"
#include "dialog/rules.hpp"
#include "net/message_id.hpp"
#include "sip/compose.hpp"

#include <stdexcept>

namespace drachtio::agent {

void Core::send(std::uint64_t link, wire::ClientFrame frame, ReplyHandler handler) {
  outbox_.put([this, link, frame = std::move(frame), handler = std::move(handler)]() mutable {
    send_now(link, frame, std::move(handler));
  });
}

void Core::send_now(std::uint64_t link_id, const wire::ClientFrame& frame, ReplyHandler handler) {
  Link* link = links_.find(link_id);
  const net::Client::Sent sent = link == nullptr || !link->client
                                     ? net::Client::Sent{{}, "there is no link to the server"}
                                     : link->client->send(frame.text);
  if (!sent.id.empty()) {
    // By its first line the log knows which reply tells that a call has been handed on.
    if (frame.kind == wire::Envelope::Kind::proxy) {
      std::string payload = sent.id + '|';
      payload += frame.first_line();
      writer_->frame({link->server, link->connection, wire::Sender::client, std::move(payload),
                      drachtio::now()});
    }
    return requests_.await_reply(sent.id, link->connection, std::move(handler));
  }
  Reply reply;
  reply.error = link != nullptr && link->up ? Errc::too_long : Errc::no_link;
  reply.message = with_reason(sent.why);
  if (handler) post([handler = std::move(handler), reply] { handler(reply); });
}

void Core::ask_far_end(const std::shared_ptr<Cell>& cell, const std::string& method,
                       const Content& content, const ResponseHandler& handler) {
  std::string name;
  try {
    name = sip::method_name(method);
  } catch (const std::invalid_argument& error) {
    return tell(handler, Errc::malformed, error.what());
  }
  const bool offers = name == "INVITE" || (name == "UPDATE" && !content.body.empty());
  if (!offers) {
    return request(cell, name, content,
                   [this, cell, name, handler](error_code error, const SipMessage& answer) {
                     if (handler) handler(error, answer);
                     hang_up_if_gone(cell, name, answer);
                   });
  }
  call::Offers::Wanted offer{.method = name, .headers = content.headers, .sdp = content.body};
  offer.any_answer = true;
  offer.handler = waiting_.add(handler);
  on(cell, call::Offers::Make{std::move(offer)});
}

void Core::request(const std::shared_ptr<Cell>& cell, const std::string& method,
                   const Content& content, ResponseHandler handler,
                   call::Authorizations authorizations) {
  const auto state = cell->snapshot();
  // A BYE ends the dialog when it is sent; challenged, it must be sent again all the same.
  const bool again =
      method == "BYE" && (!authorizations.empty() || cell->termination.is_bye_challenged());
  if (state->state == State::terminated && !again) {
    return tell(handler, Errc::dialog_over, "the dialog has ended");
  }
  Link* link = links_.of(*cell);
  if (link == nullptr) return tell(handler, Errc::no_link, "there is no link to " + state->server);
  wire::ClientFrame frame;
  try {
    Headers headers = content.headers;
    authorizations.add_to(headers);
    frame = wire::request_in_dialog(
        state->dialog_id, sip::compose(method + " sip:placeholder SIP/2.0", headers, content.body));
  } catch (const std::invalid_argument& error) {
    return tell(handler, Errc::malformed, error.what());
  }
  send(link->id, std::move(frame),
       [this, cell, method, content, authorizations = std::move(authorizations),
        handler = std::move(handler)](const Reply& reply) {
         const bool is_ack = method == "ACK";
         if (method == "BYE") {
           on(cell, call::Termination::ByeSent{reply.error != Errc::no_link});
         }
         if (reply.error == Errc::unknown_dialog) on(cell, call::Recovery::Unknown{});
         if (reply.error == Errc::no_link && reply.left && method == "INVITE") {
           on(cell, call::UnheardAnswer::Lost{});
         }
         if (reply.error || is_ack) {
           if (handler) handler(reply.error, reply.message);
           return;
         }
         await_answer(cell, method, content, handler, authorizations, reply);
       });
}

void Core::await_answer(const std::shared_ptr<Cell>& cell, const std::string& method,
                        const Content& content, const ResponseHandler& handler,
                        const call::Authorizations& authorizations, const Reply& sent) {
  Requests::Transaction transaction;
  transaction.connection = sent.connection;
  transaction.on_response = [this, cell, method, content, authorizations, handler,
                             uri = sent.message.uri](const SipMessage& response) {
    if (response.status < 200) return;
    call::Authorizations next = authorizations;
    if (cell->auth &&
        next.answer(response, {*cell->auth, method, uri, cell->facts.nonces, net::message_id})) {
      return request(cell, method, content, handler, std::move(next));
    }
    if (method == "BYE") on(cell, call::Termination::ByeAnswered{response.status});
    if (handler) handler({}, response);
  };
  transaction.on_failure = [this, cell, method, handler, cseq = sent.message.cseq()](
                               error_code error, const std::string& why) {
    const bool is_unheard = method == "INVITE" && error == Errc::no_link;
    if (is_unheard) on(cell, call::UnheardAnswer::Lost{cseq});
    if (handler) handler(error, with_reason(why));
  };
  requests_.begin(sent.transaction_id, std::move(transaction));
  if (method != "INVITE") return;
  cell->reinvite = sent.transaction_id;
  if (SipDialog{cell}.state() == State::terminated) fail_offer(*cell);
}

// Once the dialog has ended, the server passes no answer to our re-INVITE on.
void Core::fail_offer(Cell& cell) {
  requests_.fail(std::exchange(cell.reinvite, {}), Errc::dialog_over, "the dialog has ended");
}

void Core::send_cancel(std::uint64_t link, const std::string& transaction_id,
                       const Headers& headers, ReplyHandler handler) {
  try {
    const std::string cancel = sip::compose("CANCEL sip:placeholder SIP/2.0", headers, {});
    send(link, wire::cancel(transaction_id, cancel), std::move(handler));
  } catch (const std::invalid_argument& error) {
    Reply reply;
    reply.error = Errc::malformed;
    reply.message = with_reason(error.what());
    post([handler = std::move(handler), reply] { handler(reply); });
  }
}

void Core::acknowledge(const std::shared_ptr<Cell>& cell, const std::string& sdp) {
  request(cell, "ACK", Content{{}, sdp}, {});
}

// The server numbers an ACK as the last request in the dialog, which may have been another; the
// number that it is told it takes.
void Core::acknowledge_reinvite(const std::shared_ptr<Cell>& cell, std::uint32_t cseq,
                                ResponseHandler handler) {
  Headers headers;
  if (cseq != 0) headers.add("CSeq", std::to_string(cseq) + " ACK");
  request(cell, "ACK", {.headers = headers}, std::move(handler));
}

}  // namespace drachtio::agent
