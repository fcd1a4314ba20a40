// Requests that come: to handlers and signals, and the answers that are expected where nobody
// listens.
#include "agent/core.hpp"

#include <cstdio>

namespace drachtio::agent {

namespace {

void print_thrown(const std::string& method, const char* what) {
  std::fprintf(stderr, "drachtio-dialog: the handler of %s threw: %s\n", method.c_str(), what);
}

bool offers(const SipMessage& message) {
  return message.method == "INVITE" || (message.method == "UPDATE" && !message.body.empty());
}

}  // namespace

void Core::read_request(const wire::Envelope& envelope, const record::Frame& frame,
                        SipMessage message, std::int64_t dialog) {
  const wire::Transport& transport = envelope.transport;
  const std::string transaction_id{transport.transaction_id};
  if (message.method == "CANCEL") return cancelled(transaction_id, message);
  if (message.method == "ACK") return;  // its event was all
  const Link* link = link_of_connection(frame.connection);
  if (link == nullptr) return;  // the connection is gone, and the request with it

  const auto incoming = std::make_shared<Incoming>();
  incoming->core = weak_from_this();
  incoming->link = link->id;
  incoming->connection = frame.connection;
  incoming->transaction_id = transaction_id;
  incoming->message = std::move(message);
  incoming->source = {frame.server, std::string{transport.protocol}, std::string{transport.address},
                      std::string{transport.port}};
  incoming->cell = dialog == 0 ? nullptr : cell_of(dialog);

  const std::string& method = incoming->message.method;
  const bool in_a_dialog = !incoming->message.to().tag.empty();
  if (incoming->cell && in_a_dialog) return in_dialog(incoming);
  if (method == "BYE") return answer(incoming, 481, {}, {}, {});
  if (method == "INVITE") {
    incoming_.insert_or_assign(transaction_id, incoming);
    if (log_failed_ && options_.refuse_when_log_failed) return answer(incoming, 503, {}, {}, {});
  }
  const auto handler = handlers.find(method);
  if (handler == handlers.end()) return answer(incoming, 404, {}, {}, {});
  handle(handler->second, incoming);
}

void Core::handle(const Agent::Handler& handler, const std::shared_ptr<Incoming>& incoming) {
  Request request{incoming};
  Response response{incoming};
  try {
    return handler(request, response);
  } catch (const std::exception& error) {
    print_thrown(incoming->message.method, error.what());
  } catch (...) {
    print_thrown(incoming->message.method, "something that is no std::exception");
  }
  if (!incoming->answered) answer(incoming, 500, {}, {}, {});
}

void Core::cancelled(const std::string& transaction_id, const SipMessage& cancel) {
  const auto found = incoming_.find(transaction_id);
  if (found == incoming_.end()) return;
  const auto incoming = found->second.lock();
  incoming_.erase(found);
  if (!incoming) return;
  incoming->cancelled = true;
  incoming->on_cancel(cancel);
  incoming->on_cancel.disconnect_all_slots();
}

// Slots answer; where there is none, `status` is answered.
void Core::ask(SipDialog::RequestSignal CellSignals::*signal,
               const std::shared_ptr<Incoming>& incoming, int status) {
  CellSignals* own = incoming->cell->signals_if_any();
  if (own == nullptr || (own->*signal).empty()) return answer(incoming, status, {}, {}, {});
  handle([&](Request& request, Response& response) { (own->*signal)(request, response); },
         incoming);
}

void Core::in_dialog(const std::shared_ptr<Incoming>& incoming) {
  const std::string& method = incoming->message.method;
  Cell& cell = *incoming->cell;
  cell.can_receive = true;
  if (method == "BYE") return answer(incoming, 200, {}, {}, {});
  if (method == "PRACK") return pracked(incoming);
  if (offers(incoming->message)) return reinvite(incoming);
  if (method == "UPDATE") return ask(&CellSignals::on_update, incoming, 200);
  if (method == "INFO") return ask(&CellSignals::on_info, incoming, 200);
  if (method == "MESSAGE") return ask(&CellSignals::on_message, incoming, 200);
  if (method == "NOTIFY") return ask(&CellSignals::on_notify, incoming, 200);
  if (method == "OPTIONS") return ask(&CellSignals::on_options, incoming, 200);
  if (method == "REFER") return ask(&CellSignals::on_refer, incoming, 200);
  if (const auto handler = handlers.find(method); handler != handlers.end()) {
    return handle(handler->second, incoming);
  }
  answer(incoming, 501, {}, {}, {});
}

// RFC 3261 14.2: one offer at a time; and what we accept is what we have.
void Core::reinvite(const std::shared_ptr<Incoming>& incoming) {
  Cell& cell = *incoming->cell;
  if (cell.offering) return answer(incoming, 491, {}, {}, {});
  const CellSignals* own = cell.signals_if_any();
  if (own != nullptr && !own->on_modify.empty()) return ask(&CellSignals::on_modify, incoming, 200);
  const auto state = SipDialog{incoming->cell}.snapshot();
  Content content;
  if (state->local.sdp) {
    content.body = *state->local.sdp;
    content.headers.add("Content-Type", state->local.content_type.value_or("application/sdp"));
  }
  answer(incoming, 200, {}, content, {});
}

// RFC 3262: the PRACK belongs to the reliable answer sent first.
void Core::pracked(const std::shared_ptr<Incoming>& prack) {
  answer(prack, 200, {}, {}, {});
  const auto found = incoming_.find(SipDialog{prack->cell}.snapshot()->invite.transaction_id);
  const auto invite = found == incoming_.end() ? nullptr : found->second.lock();
  if (!invite || invite->awaits_prack.empty()) return;
  const ResponseHandler handler = std::move(invite->awaits_prack.front());
  invite->awaits_prack.pop_front();
  if (handler) handler({}, prack->message);
}

}  // namespace drachtio::agent
