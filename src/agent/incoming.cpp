// Requests that come: to handlers, and the answers that are expected where there is none.
#include "agent/core.hpp"
#include "agent/draw.hpp"
#include "call/description.hpp"
#include "call/ending.hpp"
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

// These requests in a call have a handler of the dialog's. Offers have one, too: on_modify.
struct SlotOfRequest {
  std::string_view method;
  RequestSlot CellSignals::*slot;
};
constexpr std::array<SlotOfRequest, 6> slots_of_requests{{{"UPDATE", &CellSignals::on_update},
                                                          {"INFO", &CellSignals::on_info},
                                                          {"MESSAGE", &CellSignals::on_message},
                                                          {"NOTIFY", &CellSignals::on_notify},
                                                          {"OPTIONS", &CellSignals::on_options},
                                                          {"REFER", &CellSignals::on_refer}}};

call::Answer default_answer(const dialog::Dialog& dialog, const SipMessage& request) {
  if (!dialog.local.sdp) return {200};
  call::Answer answer{200};
  answer.headers.add("Content-Type", dialog.local.content_type.value_or("application/sdp"));
  answer.body = call::default_answer(dialog, request);
  return answer;
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

  const auto incoming = std::make_shared<Incoming>(transaction_id);
  incoming->core = weak_from_this();
  incoming->link = link->id;
  incoming->connection = frame.connection;
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
  if (const auto refusal = refusal_of(*incoming, walked)) return answer(incoming, {*refusal});
  if (method == "INVITE" && incoming->message.to().tag.empty()) {
    begin_call(incoming);
    if (incoming->machine.is_answered()) return;
  }
  if (incoming->cell && !incoming->message.to().tag.empty()) return in_dialog(incoming);
  const auto handler = handlers.find(method);
  if (handler != handlers.end()) return handle(handler->second, incoming);
  if (any_handler) return handle(any_handler, incoming);
  answer(incoming, {404});
}

// The INVITE that its dialog stands on from now on; perhaps a retry, whose first INVITE has been
// refused: nothing of that is to come any more.
void Core::begin_call(const std::shared_ptr<Incoming>& invite) {
  const std::shared_ptr<Cell>& cell = invite->cell;
  const Link* link = links_.find(invite->link);
  cell->invitation.transaction_id = invite->machine.transaction_id();
  const auto former = std::exchange(cell->invitation.open, invite);
  on(cell, call::CallerCheck::Begun{});
  on(cell, call::Recovery::Begun{link != nullptr && link->connection == invite->connection});
  on(invite, call::ServerRequest::BeginCall{});
  if (former) on(former, call::ServerRequest::Superseded{});
}

// Returns the status by which the request is refused; nothing where a handler is to be asked.
std::optional<int> Core::refusal_of(const Incoming& incoming, const record::Walked& walked) const {
  const std::string& method = incoming.message.method;
  const bool in_a_dialog = !incoming.message.to().tag.empty();
  bool another_branch = walked.heard.another_branch;
  if (method == "INVITE" && !in_a_dialog && incoming.cell) {
    const auto state = incoming.cell->snapshot();
    const std::string& first = state->invite.transaction_id;
    another_branch =
        another_branch || (!first.empty() && first != incoming.machine.transaction_id());
  }
  return call::refusal_unasked(
      {.method = method,
       .in_a_dialog = in_a_dialog,
       .has_dialog = incoming.cell != nullptr,
       .has_handler = handlers.contains(method),
       .another_branch = another_branch,
       .accepts_calls = !(log_failed_ && options_.refuse_when_log_failed)});
}

void Core::handle(const RequestHandler& handler, const std::shared_ptr<Incoming>& incoming) {
  Request request{incoming};
  Response response{std::make_shared<AnswerDuty>(incoming)};
  try {
    return handler(request, response);
  } catch (const std::exception& error) {
    print_thrown(incoming->message.method, error.what());
  } catch (...) {
    print_thrown(incoming->message.method, "something that is no std::exception");
  }
  if (!incoming->machine.is_answered()) answer(incoming, {500});
}

// Another thread may look at `answered` while the agent's thread changes it: each writes its own
// flag before it reads the other's, so at least one of them sees both.
AnswerDuty::~AnswerDuty() {
  incoming->dropped = true;
  if (incoming->answered) return;
  if (const auto owner = incoming->core.lock()) {
    owner->post([owner = owner.get(), incoming = incoming] { owner->refuse_dropped(incoming); });
  }
}

void Core::refuse_dropped(const std::shared_ptr<Incoming>& incoming) {
  if (stopped_ || !incoming->dropped || !incoming->machine.is_open()) return;
  if (incoming->cell && SipDialog{incoming->cell}.state() == State::terminated) return;
  const Link* link = links_.find(links_.for_answer_to(*incoming));
  if (link == nullptr || !link->up) return;  // when it is up: refuse_dropped(link)
  incoming->dropped = false;                 // once: the server may refuse this answer, too
  warn("the Response to " + incoming->message.method + ' ' +
       std::string{incoming->message.call_id()} + " was dropped unanswered: 500 is answered");
  answer(incoming, {500});
}

void Core::refuse_dropped(const Link& link) {
  std::vector<std::shared_ptr<Incoming>> dropped;
  for (const auto& [transaction, weak] : incoming_) {
    const auto incoming = weak.lock();
    const bool is_its = incoming && incoming->source.server == link.server;
    if (is_its && incoming->dropped) dropped.push_back(incoming);
  }
  for (const auto& incoming : dropped) refuse_dropped(incoming);
}

void Core::cancelled(const std::string& transaction_id, const SipMessage& cancel) {
  const auto found = incoming_.find(transaction_id);
  if (found == incoming_.end()) return;
  if (const auto incoming = found->second.lock()) {
    on(incoming, call::ServerRequest::Cancel{cancel});
  } else {
    incoming_.erase(found);
  }
}

// The dialog's handler answers; where there is none, the request gets what it gets unasked.
void Core::ask(RequestSlot CellSignals::*slot, const std::shared_ptr<Incoming>& incoming) {
  const CellSignals* own = incoming->cell->signals_if_any();
  const auto handler = own == nullptr ? nullptr : (own->*slot).get();
  if (handler) return handle(*handler, incoming);
  answer(incoming, {call::answer_unasked(incoming->message.method)});
}

// The INVITE of a call in that is not answered.
std::shared_ptr<Incoming> Core::open_invite(const std::shared_ptr<Cell>& cell) {
  const auto state = cell->snapshot();
  const std::shared_ptr<Incoming>& open = cell->invitation.open;
  if (open && open->machine.transaction_id() == state->invite.transaction_id) return open;
  return bare_invite(cell);
}

std::shared_ptr<Incoming> Core::bare_invite(const std::shared_ptr<Cell>& cell) {
  const auto state = cell->snapshot();
  const Link* link = links_.of(*cell);
  auto gone = std::make_shared<Incoming>(state->invite.transaction_id);
  gone->core = weak_from_this();
  gone->link = link == nullptr ? 0 : link->id;
  gone->source.server = state->server;
  gone->message.method = "INVITE";
  gone->message.headers = {{"CSeq", std::to_string(state->invite.cseq) + " INVITE"}};
  gone->cell = cell;
  return gone;
}

// A BYE; it ends a call that is not answered, too.
void Core::hung_up(const std::shared_ptr<Incoming>& bye) {
  on(bye->cell, call::Termination::HungUp{});
  answer(bye, {200});
  if (const auto offer = bye->cell->their_offer.lock()) answer(offer, {487});
  const auto state = bye->cell->snapshot();
  if (!call::is_hung_up_unanswered(*state)) return;
  const auto invite = open_invite(bye->cell);
  on(invite, call::ServerRequest::HungUp{invite->message, bye->message});
}

void Core::in_dialog(const std::shared_ptr<Incoming>& incoming) {
  const std::string& method = incoming->message.method;
  const Link* link = links_.find(incoming->link);
  if (link != nullptr && link->connection == incoming->connection) {
    on(incoming->cell, call::Recovery::Heard{});
  }
  if (method == "BYE") return hung_up(incoming);
  if (dialog::is_over(*incoming->cell->snapshot())) return answer(incoming, {481});
  if (method == "PRACK") return pracked(incoming);
  if (offers(incoming->message)) return reinvite(incoming);
  const auto* own = std::ranges::find(slots_of_requests, method, &SlotOfRequest::method);
  if (own != slots_of_requests.end()) return ask(own->slot, incoming);
  if (const auto handler = handlers.find(method); handler != handlers.end()) {
    return handle(handler->second, incoming);
  }
  answer(incoming, {call::answer_unasked(method)});
}

void Core::reinvite(const std::shared_ptr<Incoming>& incoming) {
  incoming->offer = ++incoming->cell->last_offer;
  on(incoming->cell, call::Offers::Came{incoming->offer, incoming->message.method}, incoming);
}

// A 2xx to a re-INVITE of theirs has its ACK; any other answer's the server keeps to itself.
void Core::acknowledged(const std::shared_ptr<Cell>& cell, std::uint32_t cseq) {
  if (cell) on(cell, call::Offers::Acknowledged{cseq});
}

// Our 2xx to a re-INVITE of theirs is out.
void Core::await_ack(const std::shared_ptr<Incoming>& incoming) {
  const std::shared_ptr<Cell>& cell = incoming->cell;
  if (!cell || incoming->message.method != "INVITE") return;
  const Link* link = links_.find(incoming->link);
  // The ACK comes to the connection that brought the re-INVITE, or not at all.
  const bool can_come = link != nullptr && link->connection == incoming->connection;
  if (can_come) on(cell, call::Offers::Accepted{incoming->offer, incoming->message.cseq()});
}

// Nothing of theirs waits for an answer any more.
void Core::offer_over(const std::shared_ptr<Incoming>& incoming) {
  const std::shared_ptr<Cell>& cell = incoming->cell;
  if (!cell || incoming->offer == 0) return;
  if (cell->their_offer.lock() == incoming) cell->their_offer.reset();
  drop_offer(cell, incoming->offer);
}

void Core::drop_offer(const std::shared_ptr<Cell>& cell, call::OfferId offer) {
  on(cell, call::Offers::TheirsOver{offer});
}

// Dropped without an answer, it stands in nobody's way.
Incoming::~Incoming() {
  if (machine.is_answered() || !cell || message.to().tag.empty()) return;
  if (const auto owner = core.lock()) {
    owner->post(
        [owner = owner.get(), dialog = cell, offer = offer] { owner->drop_offer(dialog, offer); });
  }
}

void Core::reoffered(const std::shared_ptr<Incoming>& incoming) {
  const CellSignals* own = incoming->cell->signals_if_any();
  const auto handler = own == nullptr ? nullptr : own->on_modify.get();
  if (handler) return handle(*handler, incoming);
  answer(incoming, default_answer(*incoming->cell->snapshot(), incoming->message));
}

void Core::pracked(const std::shared_ptr<Incoming>& prack) {
  const auto invite = open_invite(prack->cell);
  const call::ServerRequest::Prack input{prack->message, prack->cell->snapshot()->late_offer};
  if (invite->machine.is_offered_by(input)) {
    prack->offer = ++prack->cell->last_offer;
    on(prack->cell, call::Offers::CameByPrack{prack->offer}, prack);
  } else {
    answer(prack, {200});
  }
  on(invite, input);
}

}  // namespace drachtio::agent
