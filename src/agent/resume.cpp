// After a restart: what has become of the calls that were up, or being set up, when the program
// died. The server has them; it is asked about each.
#include "agent/core.hpp"
#include "dialog/event_json.hpp"
#include "dialog/rules.hpp"
#include "log/reader.hpp"

namespace drachtio::agent {

namespace {

// Within 64 T1, after which RFC 3261 9.1 takes a cancelled INVITE for over.
constexpr int most_looks = 16;

// The CSeq of a re-INVITE of the program's that died, where its 2xx came to nobody, or was the last
// it heard. An ACK that has been sent before does no harm.
std::optional<std::uint32_t> unacknowledged(const DialogState& state, log::Reader& reader) {
  if (!dialog::is_answered(state)) return std::nullopt;
  const auto ours = std::ranges::find_if(state.offers, [](const WaitingOffer& offer) {
    return offer.by_us && offer.method == "INVITE";
  });
  if (ours != state.offers.end()) return ours->cseq;
  const auto latest = reader.at(state.last_position);
  if (!latest || latest->type != to_string(EventType::modified)) return std::nullopt;
  Event event;
  dialog::from_json(latest->data, event);
  if (event.offered_by_us != true || event.method != "INVITE") return std::nullopt;
  return event.cseq;
}

constexpr const char* given_up = "given up: nobody waited for its answer any more";

}  // namespace

void Core::adopt() {
  std::optional<log::Reader> reader;
  if (!dialogs_.all().empty()) reader.emplace(database_);
  for (const auto& [number, cell] : dialogs_.all()) {
    cell->core = weak_from_this();
    cell->reinvite.answer_lost = unacknowledged(*cell->state, *reader);
  }
  writer_->start();
}

// A link is up: its server is asked about the dialogs whose far ends it no longer lets us hear.
void Core::resume(const Link& link) {
  std::vector<std::shared_ptr<Cell>> cells;
  for (const auto& [number, cell] : dialogs_.all()) cells.push_back(cell);
  std::ranges::sort(cells, {}, &Cell::number);  // the oldest call first
  for (const auto& cell : cells) resume(cell, link);
  probe_next();
  if (!options_.probe || !options_.probe_every) return;
  after(std::chrono::duration_cast<std::chrono::milliseconds>(*options_.probe_every),
        [this, id = link.id, connection = link.connection] {
          const Link* again = links_.find(id);
          if (again != nullptr && again->up && again->connection == connection) resume(*again);
        });
}

void Core::resume(const std::shared_ptr<Cell>& cell, const Link& link) {
  const auto state = SipDialog{cell}.snapshot();
  if (state->state == State::terminated || state->server != link.server) return;
  if (cell->can_receive || !dialog::is_own(*state)) return;
  if (!dialog::is_answered(*state)) return resume_unanswered(cell, link);
  if (cell->facts.given_up) return hang_up_unacknowledged(cell);
  if (dialog::awaits_our_ack(*state)) {
    const bool is_ours = !state->late_offer || cell->has_answered_offer(*state);
    // The offer of its 2xx was the program's to answer, and that program has died.
    if (!is_ours && cell->adopted) return hang_up_unacknowledged(cell);
    if (is_ours) acknowledge(cell, {});
  }
  acknowledge_lost(cell);
  if (options_.probe && !std::exchange(cell->probing, true)) to_probe_.push_back(cell);
}

// Final answers that went out on a link that was lost, and perhaps were lost with it: where the
// server got them, it refuses them now.
void Core::answer_again(const Link& link) {
  std::vector<std::shared_ptr<Incoming>> lost_answers;
  for (const auto& [number, cell] : dialogs_.all()) {
    const std::shared_ptr<Incoming>& invite = cell->invitation.open;
    const bool is_lost = invite && invite->machine.awaits_link();
    if (is_lost && invite->source.server == link.server) lost_answers.push_back(invite);
  }
  for (const auto& invite : lost_answers) answer_again(invite, link);
}

void Core::answer_again(const std::shared_ptr<Incoming>& incoming, const Link& link) {
  incoming->link = link.id;
  on(incoming, call::ServerRequest::LinkUp{});
}

// Calls of before a restart, of servers that are not dialled: the connections that they had dialled
// went with the program, and nothing else leads to them.
void Core::lose_unreachable() {
  for (const auto& [number, cell] : dialogs_.all()) {
    const auto state = SipDialog{cell}.snapshot();
    if (!cell->adopted || !dialog::is_own(*state) || links_.is_dialled(state->server)) continue;
    lost(cell, "the connection it came on is gone");
  }
}

// Its transactionId is all there is: the server forgets it 64 s after the request.
void Core::resume_unanswered(const std::shared_ptr<Cell>& cell, const Link& link) {
  const auto state = SipDialog{cell}.snapshot();
  if (state->role == Role::uac) {
    if (std::exchange(cell->giving_up_over, link.connection) != link.connection) {
      give_up_call(cell, link);
    }
    return;
  }
  if (std::exchange(cell->adopted, false)) {
    resume_invite(cell, link);
  } else if (state->local.tag) {
    const auto invite = open_invite(cell);
    if (!invite->machine.is_answering()) ask_whether_it_waits(invite);  // else in time
  }
}

// A call in: handed to the program as it came, or refused.
void Core::resume_invite(const std::shared_ptr<Cell>& cell, const Link& link) {
  const auto state = SipDialog{cell}.snapshot();
  const auto incoming = std::make_shared<Incoming>(state->invite.transaction_id);
  incoming->core = weak_from_this();
  incoming->link = link.id;
  incoming->source.server = link.server;
  incoming->cell = cell;
  if (const auto evidence = invite_of(*state)) {
    incoming->message = parse_sip_message(*evidence);
  } else {
    incoming->message.method = "INVITE";
    incoming->message.headers = {{"Call-ID", state->call_id},
                                 {"CSeq", std::to_string(state->invite.cseq) + " INVITE"}};
  }
  incoming_.insert_or_assign(state->invite.transaction_id, incoming);
  cell->invitation.transaction_id = state->invite.transaction_id;
  cell->invitation.open = incoming;
  on(incoming, call::ServerRequest::BeginCall{});
  cell->link = link.id;
  watch_for_forgotten(*cell);
  if (on_resumed_invite.empty()) return answer(incoming, {503});
  handle([this](Request& request, Response& response) { on_resumed_invite(request, response); },
         incoming);
  if (state->local.tag && !incoming->machine.is_answered()) ask_whether_it_waits(incoming);
}

// The INVITE a dialog stands on, as it came: the evidence of its latest `invited`.
std::optional<std::string> Core::invite_of(const DialogState& state) {
  try {
    log::Reader reader{database_};
    std::optional<std::string> bytes;
    for (const log::Row& row : reader.of_dialog(state.number)) {
      if (row.type != to_string(EventType::invited)) continue;
      if (const auto evidence = reader.evidence(row.position)) bytes = evidence->bytes;
    }
    return bytes;
  } catch (const log::Error&) {
    return std::nullopt;  // it is answered without, then
  }
}

// A call out that nobody waits for any more. Neither its 487 nor a 2xx that crosses the CANCEL
// comes to this connection: so the server is asked to cancel it until it knows no such INVITE any
// more, or has a dialog to acknowledge and to end.
void Core::give_up_call(const std::shared_ptr<Cell>& cell, const Link& link, int looks) {
  const auto look_again = [this, cell, id = link.id, connection = link.connection, looks] {
    if (looks == most_looks) return lost(cell, given_up);
    after(options_.t1x64 / most_looks, [this, cell, id, connection, looks] {
      const Link* again = links_.find(id);
      const bool goes_on = again != nullptr && again->up && again->connection == connection &&
                           SipDialog{cell}.state() != State::terminated;
      if (goes_on) give_up_call(cell, *again, looks + 1);  // else when the link is back
    });
  };
  const auto state = SipDialog{cell}.snapshot();
  send_cancel(link.id, state->invite.transaction_id, {},
              [this, cell, look_again](const Reply& reply) {
                if (reply.error == Errc::no_link) return;  // when it is back
                if (!reply.error) return look_again();
                if (reply.refusal == wire::Refusal::unknown_transaction) {
                  return hang_up_unacknowledged(cell);
                }
                hang_up_unacknowledged(cell, look_again);  // cancelled before, or answered
              });
}

void Core::hang_up_unacknowledged(const std::shared_ptr<Cell>& cell) {
  hang_up_unacknowledged(cell, [this, cell] { lost(cell, given_up); });
}

void Core::hang_up_unacknowledged(const std::shared_ptr<Cell>& cell,
                                  const std::function<void()>& unanswered) {
  const State state = SipDialog{cell}.state();
  if (state == State::terminated) return;
  const auto bye = [this, cell] {
    // Where its 2xx crossed our CANCEL, the server hangs up by itself at the ACK.
    request(cell, "BYE", {}, [this, cell](error_code error, const SipMessage&) {
      if (error && error != Errc::no_link) lost(cell, given_up);
    });
  };
  if (state == State::stable) return bye();
  request(cell, "ACK", {}, [bye, unanswered](error_code error, const SipMessage&) {
    if (error == Errc::no_link) return;  // when it is back
    error ? unanswered() : bye();
  });
}

void Core::note(const std::shared_ptr<Cell>& cell, Event event) {
  const std::uint64_t ticket = outbox_.noted({cell});
  if (!writer_->append({{cell->number, std::move(event)}}, ticket)) outbox_.settled(ticket);
}

void Core::lost(const std::shared_ptr<Cell>& cell, const std::string& why) {
  if (SipDialog{cell}.state() == State::terminated || cell->lost) return;
  cell->lost = true;
  Event event;
  event.type = EventType::lost;
  event.occurred_at = drachtio::now();
  event.cause = Cause::lost;
  event.reason = why;
  note(cell, std::move(event));
}

}  // namespace drachtio::agent
