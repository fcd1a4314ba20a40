// Answers to requests, and what becomes of them: sent, refused by the server, lost with a link.
#include "agent/answer_frame.hpp"
#include "agent/core.hpp"
#include "dialog/rules.hpp"

#include <stdexcept>

namespace drachtio::agent {

void Core::answer(const std::shared_ptr<Incoming>& incoming, int status, const std::string& reason,
                  const Content& content, ResponseHandler handler) {
  if (incoming->cancelled) return tell(handler, Errc::cancelled, "the caller has given up");
  if (incoming->answered) {
    return tell(handler, Errc::answered_already, "a final answer has been sent");
  }
  wire::ClientFrame frame;
  try {
    frame = answer_frame(*incoming, status, reason, content);
  } catch (const std::invalid_argument& error) {
    return tell(handler, Errc::malformed, error.what());
  }
  if (status >= 200) take(incoming);
  const bool ends_the_invite = status >= 200 && makes_the_call(*incoming);
  if (!ends_the_invite || incoming->cell->invitation.awaits_prack.empty()) {
    return send_answer(incoming, status, frame, told_of_reply(std::move(handler)));
  }
  // RFC 3262 section 3: no 2xx before the PRACK, which may have to answer an offer first. A refusal
  // may go, but a drachtio-server 0.9.10 dies of it.
  incoming->cell->invitation.after_prack = [this, incoming, status, frame = std::move(frame),
                                            handler = std::move(handler)](Prack prack) {
    const bool goes = prack == Prack::came || (prack == Prack::missed && status >= 300);
    if (goes) return send_answer(incoming, status, frame, told_of_reply(handler));
    give_back(incoming);
    tell(handler, Errc::cancelled, "it waited for a PRACK that did not come");
  };
}

void Core::send_answer(const std::shared_ptr<Incoming>& incoming, int status,
                       const wire::ClientFrame& frame, ReplyHandler handler) {
  send(links_.for_answer_to(*incoming), frame,
       [this, handler = std::move(handler), incoming, status, frame](Reply reply) {
         // Having refused a final answer, drachtio-server 0.9.10 sends none any more: it says OK,
         // and shows what it had sent before.
         if (!reply.error && reply.message.status != status) {
           reply.error = Errc::refused_by_server;
           reply.message = with_reason("the server sent nothing, and shows its " +
                                       std::to_string(reply.message.status) + " of before");
         }
         if (status >= 200) settle(incoming, status, frame, reply);
         if (handler) handler(reply);
       });
}

// It is the INVITE that its dialog stands on.
bool Core::makes_the_call(const Incoming& incoming) {
  return incoming.cell && incoming.message.method == "INVITE" &&
         incoming.transaction_id == incoming.cell->invitation.transaction_id;
}

// Its final answer is on its way: nothing else can answer it. A CANCEL may cross it.
void Core::take(const std::shared_ptr<Incoming>& incoming) {
  incoming->answered = true;
  if (makes_the_call(*incoming)) incoming->cell->invitation.answering = true;
}

// It has not been answered: the program may do so otherwise, or later.
void Core::give_back(const std::shared_ptr<Incoming>& incoming) {
  incoming->answered = false;
  if (makes_the_call(*incoming)) settled(incoming->cell);
}

// It is over: no CANCEL concerns it any more.
void Core::forget(const std::shared_ptr<Incoming>& incoming) {
  const auto open = incoming_.find(incoming->transaction_id);
  // An UPDATE before the answer has its INVITE's transactionId.
  if (open == incoming_.end() || open->second.lock() != incoming) return;
  incoming_.erase(open);
  incoming->on_cancel.disconnect_all_slots();
}

// What became of a final answer.
void Core::settle(const std::shared_ptr<Incoming>& incoming, int status,
                  const wire::ClientFrame& frame, const Reply& reply) {
  if (!reply.left) return give_back(incoming);  // too long, or no link
  if (!reply.error) {
    forget(incoming);
    if (status < 300) answered_elsewhere(incoming);
    if (makes_the_call(*incoming)) settled(incoming->cell);
    const Link* link = links_.find(incoming->link);
    // The ACK comes to the connection that brought the re-INVITE, or not at all.
    const bool awaits_ack = status < 300 && incoming->message.method == "INVITE" &&
                            incoming->cell && incoming->cell->offers.theirs.lock() == incoming &&
                            link != nullptr && link->connection == incoming->connection;
    if (awaits_ack) await_ack(incoming->cell, incoming->message.cseq());
    offer_over(incoming);
    return has_served(incoming->link);
  }
  const bool is_gone = reply.refusal == wire::Refusal::unknown_transaction;
  if (incoming->cancelled || !makes_the_call(*incoming)) {
    const bool still_asked =
        reply.error == Errc::refused_by_server && !is_gone && !incoming->cancelled;
    if (still_asked) return give_back(incoming);
    forget(incoming);
    return offer_over(incoming);
  }
  const std::shared_ptr<Cell>& cell = incoming->cell;
  if (reply.error == Errc::refused_by_server) {
    // The caller has given up, or an answer of ours had gone out before; anything else that the
    // server has against an answer leaves the request to be answered.
    if (!is_gone) return give_back(incoming);
    forget(incoming);
    return ask_in_doubt(cell);
  }
  if (SipDialog{cell}.state() == State::terminated) return forget(incoming);
  if (incoming->resumed) return watch_for_forgotten(*cell);  // lost twice: ask, in time
  unechoed_.push_back({incoming, status, frame});
  const Link* link = links_.to(incoming->source.server);
  if (link != nullptr) answer_again(*link);
}

// What became of the final answer to its INVITE is known, as far as it ever will be.
void Core::settled(const std::shared_ptr<Cell>& cell) {
  if (!cell || !std::exchange(cell->invitation.answering, false)) return;
  for (const auto& action : std::exchange(cell->invitation.when_answered, {})) guard(action);
}

// The INVITE came on a connection that is no more: its ACK, and all that the far end sends in the
// call, goes there and is lost. So the server is asked whether the call stands.
void Core::answered_elsewhere(const std::shared_ptr<Incoming>& incoming) {
  const Link* link = links_.find(incoming->link);
  if (incoming->message.method != "INVITE" || !incoming->cell || link == nullptr ||
      link->connection == incoming->connection ||
      SipDialog{incoming->cell}.state() == State::stable) {
    return;
  }
  incoming->cell->can_receive = false;
  incoming->cell->resumed = false;
  probe(incoming->cell, {});
}

void Core::answer_reliably(const std::shared_ptr<Incoming>& incoming, int status, Content content,
                           ResponseHandler on_prack) {
  if (status >= 200 || !makes_the_call(*incoming)) {
    return tell(on_prack, Errc::malformed,
                "only a provisional answer to an INVITE can be reliable");
  }
  const auto required = content.headers.all("Require");
  if (std::ranges::none_of(required, requires_100rel)) content.headers.add("Require", "100rel");
  const std::shared_ptr<Cell> cell = incoming->cell;
  const auto waiting = std::make_shared<ResponseHandler>(std::move(on_prack));
  // The PRACK comes to the connection that brought the INVITE, or not at all.
  const bool waits = !incoming->answered && !incoming->cancelled && cell->can_receive;
  if (waits) {
    cell->invitation.awaits_prack.push_back(waiting);
    after(options_.t1x64, [this, weak_cell = std::weak_ptr{cell}, weak = std::weak_ptr{waiting}] {
      const auto one = weak.lock();
      const auto called = weak_cell.lock();
      if (!one || !called) return;
      const auto& missing = called->invitation.awaits_prack;
      if (std::ranges::find(missing, one) != missing.end()) prack_missed(called);
    });
  }
  answer(incoming, status, {}, content,
         [cell, waiting, waits](error_code error, const SipMessage& message) {
           if (!error && waits) return;
           const bool told = waits && std::erase(cell->invitation.awaits_prack, waiting) == 0;
           if (told) return;  // that no PRACK will come
           const SipMessage lost = with_reason("its PRACK goes to a connection that is no more");
           const error_code why = error ? error : error_code{Errc::no_link};
           if (*waiting) guard([&] { (*waiting)(why, error ? message : lost); });
           let_answer_go(cell);
         });
}

}  // namespace drachtio::agent
