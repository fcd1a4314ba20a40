// Requests that come: to handlers and signals, and the answers that are expected where nobody
// listens.
#include "agent/core.hpp"
#include "agent/draw.hpp"
#include "call/description.hpp"
#include "call/open_offer.hpp"
#include "call/unasked.hpp"
#include "dialog/rules.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace drachtio::agent {

namespace {

void print_thrown(const std::string& method, const char* what) {
  std::fprintf(stderr, "drachtio-dialog: the handler of %s threw: %s\n", method.c_str(), what);
}

bool offers(const SipMessage& message) {
  return message.method == "INVITE" || (message.method == "UPDATE" && !message.body.empty());
}

// These requests in a call have a signal of their own. Offers have one, too: on_modify.
struct SignalOfRequest {
  std::string_view method;
  SipDialog::RequestSignal CellSignals::*signal;
};
constexpr std::array<SignalOfRequest, 6> signals_of_requests{{{"UPDATE", &CellSignals::on_update},
                                                              {"INFO", &CellSignals::on_info},
                                                              {"MESSAGE", &CellSignals::on_message},
                                                              {"NOTIFY", &CellSignals::on_notify},
                                                              {"OPTIONS", &CellSignals::on_options},
                                                              {"REFER", &CellSignals::on_refer}}};

Content sdp_content(std::string body, const std::optional<std::string>& type) {
  Content content;
  content.body = std::move(body);
  content.headers.add("Content-Type", type.value_or("application/sdp"));
  return content;
}

Content default_answer(const DialogState& dialog, const SipMessage& request) {
  if (!dialog.local.sdp) return {};
  return sdp_content(call::default_answer(dialog, request), dialog.local.content_type);
}

}  // namespace

void Core::read_request(const record::Frame& frame, SipMessage message,
                        const record::Walked& walked) {
  const std::int64_t dialog = walked.heard.dialog;
  const wire::Transport& transport = frame.envelope().transport;
  const std::string transaction_id{transport.transaction_id};
  // Nothing that could be answered.
  if (message.method.empty() || !message.headers.has("CSeq")) return;
  if (message.method == "CANCEL") return cancelled(transaction_id, message);
  if (message.method == "ACK") return acknowledged(dialogs_.find(dialog), message.cseq());
  Link* link = links_.of_connection(frame.connection);
  if (link == nullptr) return;  // an outbound connection that is gone, and the request with it

  const auto incoming = std::make_shared<Incoming>();
  incoming->core = weak_from_this();
  incoming->link = link->id;
  incoming->connection = frame.connection;
  incoming->transaction_id = transaction_id;
  incoming->message = std::move(message);
  incoming->source = {frame.server, std::string{transport.protocol}, std::string{transport.address},
                      std::string{transport.port}};
  incoming->cell = dialog == 0 ? nullptr : dialogs_.find(dialog);
  if (link->outbound) {
    std::erase_if(link->asked, [](const auto& one) { return one.expired(); });
    link->asked.push_back(incoming);
  }

  const std::string& method = incoming->message.method;
  if (method == "INVITE") {
    std::weak_ptr<Incoming>& open = incoming_[transaction_id];
    const bool initial = incoming->message.to().tag.empty() && incoming->cell;
    const bool has_begun = initial && incoming->cell->invitation.transaction_id == transaction_id;
    if (open.lock() || has_begun) return;  // again
    open = incoming;
  }
  if (const auto refusal = refusal_of(*incoming, walked)) {
    return answer(incoming, *refusal, {}, {}, {});
  }
  if (method == "INVITE" && incoming->message.to().tag.empty()) {
    begin_call(incoming);
    if (incoming->answered) return;
  }
  if (incoming->cell && !incoming->message.to().tag.empty()) return in_dialog(incoming);
  const auto handler = handlers.find(method);
  if (handler == handlers.end()) return answer(incoming, 404, {}, {}, {});
  handle(handler->second, incoming);
}

// The INVITE that its dialog stands on from now on; perhaps a retry, whose first INVITE has been
// refused: nothing of that is to come any more.
void Core::begin_call(const std::shared_ptr<Incoming>& invite) {
  const std::shared_ptr<Cell>& cell = invite->cell;
  const Link* link = links_.find(invite->link);
  if (link != nullptr && link->connection == invite->connection) {
    cell->can_receive = true;
    cell->resumed = false;
  }
  const std::string former = std::exchange(cell->invitation.transaction_id, invite->transaction_id);
  watch_for_forgotten(*cell);
  no_prack(cell, Errc::cancelled, "the caller has tried again");
  if (const auto held = std::exchange(cell->invitation.after_prack, {})) held(Prack::unwanted);
  const auto open = incoming_.find(former);
  const auto superseded = open == incoming_.end() ? nullptr : open->second.lock();
  if (superseded && !superseded->answered) cancelled(former, {});
  settled(cell);  // who waited for that may end the call now
}

// Returns the status by which the request is refused; nothing where a handler is to be asked.
std::optional<int> Core::refusal_of(const Incoming& incoming, const record::Walked& walked) const {
  const std::string& method = incoming.message.method;
  const bool in_a_dialog = !incoming.message.to().tag.empty();
  bool another_branch = walked.heard.another_branch;
  if (method == "INVITE" && !in_a_dialog && incoming.cell) {
    const auto state = SipDialog{incoming.cell}.snapshot();
    const std::string& first = state->invite.transaction_id;
    another_branch = another_branch || (!first.empty() && first != incoming.transaction_id);
  }
  return call::refusal_unasked(
      {.method = method,
       .in_a_dialog = in_a_dialog,
       .has_dialog = incoming.cell != nullptr,
       .has_handler = handlers.contains(method),
       .another_branch = another_branch,
       .accepts_calls = !(log_failed_ && options_.refuse_when_log_failed)});
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
  offer_over(incoming);
  incoming->on_cancel(cancel);
  incoming->on_cancel.disconnect_all_slots();
}

// Slots answer; where there is none, the request gets what it gets unasked.
void Core::ask(SipDialog::RequestSignal CellSignals::*signal,
               const std::shared_ptr<Incoming>& incoming) {
  CellSignals* own = incoming->cell->signals_if_any();
  if (own == nullptr || (own->*signal).empty()) {
    return answer(incoming, call::answer_unasked(incoming->message.method), {}, {}, {});
  }
  handle([&](Request& request, Response& response) { (own->*signal)(request, response); },
         incoming);
}

// The INVITE of a call in that is not answered. Where it came before a restart, or its handles are
// gone, enough of it to be answered.
std::shared_ptr<Incoming> Core::open_invite(const std::shared_ptr<Cell>& cell) {
  const auto state = SipDialog{cell}.snapshot();
  const auto found = incoming_.find(state->invite.transaction_id);
  if (auto incoming = found == incoming_.end() ? nullptr : found->second.lock()) return incoming;
  const Link* link = links_.of(*cell);
  auto gone = std::make_shared<Incoming>();
  gone->core = weak_from_this();
  gone->link = link == nullptr ? 0 : link->id;
  gone->transaction_id = state->invite.transaction_id;
  gone->source.server = state->server;
  gone->message.method = "INVITE";
  gone->message.headers = {{"CSeq", std::to_string(state->invite.cseq) + " INVITE"}};
  gone->cell = cell;
  return gone;
}

// A BYE; it ends a call that is not answered, too, whose INVITE is then answered 487 (RFC 3261
// 15.1.2).
void Core::hung_up(const std::shared_ptr<Incoming>& bye) {
  bye->cell->ending.bye_challenged = false;
  answer(bye, 200, {}, {}, {});
  if (const auto offer = bye->cell->offers.theirs.lock()) answer(offer, 487, {}, {}, {});
  const auto state = SipDialog{bye->cell}.snapshot();
  const bool is_final =
      dialog::is_answered(*state) || state->status || bye->cell->invitation.answering;
  if (is_final || state->role == Role::uac) return;
  const auto invite = open_invite(bye->cell);
  answer(invite, 487, {}, {}, {});
  invite->cancelled = true;
  invite->on_cancel(bye->message);
  invite->on_cancel.disconnect_all_slots();
}

void Core::in_dialog(const std::shared_ptr<Incoming>& incoming) {
  const std::string& method = incoming->message.method;
  Cell& cell = *incoming->cell;
  const Link* link = links_.find(incoming->link);
  if (link != nullptr && link->connection == incoming->connection) cell.can_receive = true;
  if (method == "BYE") return hung_up(incoming);
  if (dialog::is_over(*SipDialog{incoming->cell}.snapshot())) {
    return answer(incoming, 481, {}, {}, {});
  }
  if (method == "PRACK") return pracked(incoming);
  if (offers(incoming->message)) return reinvite(incoming);
  const auto* own = std::ranges::find(signals_of_requests, method, &SignalOfRequest::method);
  if (own != signals_of_requests.end()) return ask(own->signal, incoming);
  if (const auto handler = handlers.find(method); handler != handlers.end()) {
    return handle(handler->second, incoming);
  }
  answer(incoming, call::answer_unasked(method), {}, {}, {});
}

// RFC 3261 14.2, RFC 3311 5.2: one offer at a time.
void Core::reinvite(const std::shared_ptr<Incoming>& incoming) {
  Offers& offers = incoming->cell->offers;
  const auto state = SipDialog{incoming->cell}.snapshot();
  if (incoming->message.method == "INVITE") {
    offers.theirs_awaits_ack.reset();  // it has been sent, and was lost
  }
  const auto refusal = call::refusal_of_offer(incoming->message.method, *state,
                                              offer_facts(*incoming->cell, *state));
  if (refusal) {
    Content content;
    if (*refusal == 500) {
      const auto pause =
          std::chrono::duration_cast<std::chrono::seconds>(draw(call::retry_after()));
      content.headers.add("Retry-After", std::to_string(pause.count()));
    }
    return answer(incoming, *refusal, {}, content, {});
  }
  offers.theirs = incoming;
  reoffered(incoming);
}

// A 2xx to a re-INVITE of theirs has its ACK; any other answer's the server keeps to itself.
void Core::acknowledged(const std::shared_ptr<Cell>& cell, std::uint32_t cseq) {
  if (!cell || cell->offers.theirs_awaits_ack != cseq) return;
  cell->offers.theirs_awaits_ack.reset();
  next_offer(cell);
}

// The server sends a 2xx to a re-INVITE once, whether its ACK comes or not: so it is not waited for
// longer than it could (RFC 3261 14.2, 13.3.1.4).
void Core::await_ack(const std::shared_ptr<Cell>& cell, std::uint32_t cseq) {
  cell->offers.theirs_awaits_ack = cseq;
  after(options_.t1x64,
        [this, weak = std::weak_ptr{cell}, cseq] { acknowledged(weak.lock(), cseq); });
}

// Nothing of theirs waits for an answer any more.
void Core::offer_over(const std::shared_ptr<Incoming>& incoming) {
  const std::shared_ptr<Cell>& cell = incoming->cell;
  if (!cell || cell->offers.theirs.lock() != incoming) return;
  cell->offers.theirs.reset();
  next_offer(cell);
}

// Dropped without an answer, it stands in nobody's way.
Incoming::~Incoming() {
  if (answered || !cell || message.to().tag.empty()) return;
  if (const auto owner = core.lock()) {
    owner->post([owner = owner.get(), dialog = cell] { owner->next_offer(dialog); });
  }
}

void Core::reoffered(const std::shared_ptr<Incoming>& incoming) {
  const CellSignals* own = incoming->cell->signals_if_any();
  if (own != nullptr && !own->on_modify.empty()) return ask(&CellSignals::on_modify, incoming);
  answer(incoming, 200, {},
         default_answer(*SipDialog{incoming->cell}.snapshot(), incoming->message), {});
}

// RFC 3262: the PRACK belongs to the reliable answer sent first. What it carries is the answer to
// our offer in that, or an offer (section 5).
void Core::pracked(const std::shared_ptr<Incoming>& prack) {
  const auto state = SipDialog{prack->cell}.snapshot();
  const auto found = incoming_.find(state->invite.transaction_id);
  const auto invite = found == incoming_.end() ? nullptr : found->second.lock();
  const bool answers = state->late_offer && !(invite && invite->offer_answered);
  if (prack->message.body.empty() || answers) {
    if (invite && !prack->message.body.empty()) invite->offer_answered = true;
    answer(prack, 200, {}, {}, {});
  } else {
    prack->cell->offers.theirs = prack;
    reoffered(prack);
  }
  const std::shared_ptr<Cell>& cell = prack->cell;
  if (cell->invitation.awaits_prack.empty()) return;
  const std::shared_ptr<ResponseHandler> handler = std::move(cell->invitation.awaits_prack.front());
  cell->invitation.awaits_prack.pop_front();
  if (*handler) guard([&] { (*handler)({}, prack->message); });
  let_answer_go(cell);
}

void Core::no_prack(const std::shared_ptr<Cell>& cell, error_code error, const char* why) {
  for (const auto& waiting : std::exchange(cell->invitation.awaits_prack, {})) {
    if (*waiting) guard([&] { (*waiting)(error, with_reason(why)); });
  }
}

// RFC 3262 section 3: then the INVITE is refused.
void Core::prack_missed(const std::shared_ptr<Cell>& cell) {
  const auto held = std::exchange(cell->invitation.after_prack, {});
  no_prack(cell, Errc::cancelled, "no PRACK came");
  if (held) held(Prack::missed);
  // Who is told of either may end the call: then that is its answer.
  if (!cell->invitation.answering) answer(open_invite(cell), 504, {}, {}, {});
}

void Core::let_answer_go(const std::shared_ptr<Cell>& cell) {
  if (!cell->invitation.awaits_prack.empty()) return;
  if (const auto held = std::exchange(cell->invitation.after_prack, {})) held(Prack::came);
}

}  // namespace drachtio::agent
