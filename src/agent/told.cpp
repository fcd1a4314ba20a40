// What comes back from the writer: first the events, for whoever subscribes; then the frame that
// made them, for whoever must answer it.
#include "agent/core.hpp"
#include "dialog/rules.hpp"
#include "wire/protocol_error.hpp"
#include "wire/server_clock.hpp"

namespace drachtio::agent {

namespace {

error_code error_of(wire::Refusal refusal) {
  switch (refusal) {
    case wire::Refusal::none: return {};
    case wire::Refusal::unknown_dialog: return Errc::unknown_dialog;
    case wire::Refusal::unknown_transaction:
    case wire::Refusal::other: break;
  }
  return Errc::refused_by_server;
}

bool is_readable(const record::Frame& frame) {
  try {
    static_cast<void>(frame.envelope());
    return true;
  } catch (const wire::ProtocolError&) {
    return false;
  }
}

// Returns the message that has ended a call by this event; an empty one where none has.
SipMessage end_of_call(const Event& event, const std::optional<record::Frame>& frame) {
  if (!frame || event.method.empty() || !is_readable(*frame)) return {};
  SipMessage message = sip::value_of(frame->message());
  const bool ends = message.status >= 200 || message.method == "BYE" || message.method == "CANCEL";
  // A frame may end other calls, too, whose end is no message.
  const bool is_its = message.method == event.method && message.status == event.status;
  return ends && is_its ? message : SipMessage{};
}

}  // namespace

void Core::told(std::vector<record::Walked> walked) {
  for (record::Walked& one : walked) guard([&] { told_one(one); });
}

void Core::told_one(record::Walked& walked) {
  for (const record::Told& event : walked.events) publish(event, walked.frame);
  if (walked.ticket) {
    outbox_.settled(*walked.ticket);
    outbox_.flush();
  }
  if (walked.closed) connection_closed(*walked.closed);
  if (walked.heard.learnt) {
    if (const auto cell = dialogs_.find(walked.heard.dialog)) {
      take_over(cell, walked.heard.learnt);
    }
  }
  if (!walked.frame || walked.frame->from == wire::Sender::client) return;
  const record::Frame& frame = *walked.frame;
  if (!is_readable(frame)) return;  // the log has it, as `unreadable`
  const wire::Envelope& envelope = frame.envelope();
  using Kind = wire::Envelope::Kind;
  // A call record comes to whom it comes, and tells nothing of where the call is controlled.
  const bool of_the_call = envelope.kind == Kind::sip || envelope.kind == Kind::reply;
  Link* link = links_.of_connection(frame.connection);
  if (link != nullptr && walked.heard.dialog && of_the_call) {
    if (const auto cell = dialogs_.find(walked.heard.dialog)) {
      if (link->outbound && cell->connection != frame.connection) link->cells.push_back(cell);
      cell->link = link->id;
      cell->connection = frame.connection;
    }
  }
  switch (envelope.kind) {
    case Kind::reply: return read_reply(frame, walked.heard.dialog);
    case Kind::sip: {
      SipMessage message = sip::value_of(frame.message());
      if (!message.is_request()) {
        return requests_.answered(std::string{envelope.transport.transaction_id}, message);
      }
      if (envelope.transport.source == wire::Source::network) {
        read_request(frame, std::move(message), walked);
      }
      return;  // unsolicited: the server has sent it, and sees to the answer
    }
    default: return read_call_record(frame, walked.heard.dialog);
  }
}

// A call record has told of the INVITE first, so that its own sighting is no event. It makes the
// call this program's: a patch of nothing tells the log, before any frame goes out.
void Core::take_over(const std::shared_ptr<Cell>& cell,
                     std::shared_ptr<const dialog::Dialog> state) {
  {
    const std::lock_guard lock{cell->mutex};
    cell->state = std::move(state);
  }
  Event event;
  event.type = EventType::session_set;
  event.occurred_at = drachtio::now();
  event.patch = "{}";
  note(cell, std::move(event));
}

void Core::publish(const record::Told& told, const std::optional<record::Frame>& frame) {
  const Event& event = told.event;
  if (!told.dialog) return signals.emit(event, SipDialog{});
  auto cell = dialogs_.find(told.dialog->number);
  if (!cell) {
    cell = std::make_shared<Cell>(told.dialog);
    cell->core = weak_from_this();
    dialogs_.add(cell);
    // An afterthought to a dialog that was forgotten (the answer to its BYE) brings it back, but
    // not to stay.
    const bool late =
        told.dialog->state == State::terminated && told.dialog->closed_at != event.position;
    if (late) dialogs_.ended(cell->number);
  }
  const bool was_held = cell->state->held_remotely;
  {
    const std::lock_guard lock{cell->mutex};
    cell->state = told.dialog;
    if (cell->uncommitted == 0) cell->session = told.dialog->session;
  }
  const SipDialog dialog{cell};
  const bool has_ended = told.dialog->closed_at == event.position;
  const bool is_told = has_ended && (!signals.empty() || cell->signals_if_any() != nullptr);
  const SipMessage end = is_told ? end_of_call(event, frame) : SipMessage{};
  const SipMessage* ended_by = end.method.empty() ? nullptr : &end;
  dialog::is_own(*told.dialog) ? signals.emit(event, dialog, ended_by)
                               : signals.emit_event(event, dialog, ended_by);
  if (CellSignals* own = cell->signals_if_any()) {
    if (event.modification == Modification::refresh) own->on_refresh(dialog);
    // By its offer, or by its answer to ours.
    const bool is_held = told.dialog->held_remotely;
    if (event.modification && is_held && !was_held) own->on_hold(dialog);
    if (event.modification && !is_held && was_held) own->on_unhold(dialog);
  }
  if (event.type == EventType::resumed) {
    on_resumed(dialog);
    if (cell->invitation.open) on(cell->invitation.open, call::ServerRequest::Resumed{});
  }
  on(cell, call::Recovery::Told{event.type, event.from_call_record});
  end_if_waiting(cell);
  next_offer(cell);
  if (!has_ended) return;
  closed(cell, event);
  has_served(cell->link);
  if (CellSignals* own = cell->signals_if_any()) {
    own->on_terminate(dialog, end);
    // One that was never answered may come back: an INVITE is tried again after a challenge.
    if (dialog::is_answered(*told.dialog)) own->disconnect_all();
  }
  dialogs_.ended(cell->number);
}

// Nobody waits any more for what will not come.
void Core::closed(const std::shared_ptr<Cell>& cell, const Event& event) {
  fail_offer(*cell);
  const std::shared_ptr<Incoming>& invite = cell->invitation.open;
  if (invite) on(invite, call::ServerRequest::Closed{event.type == EventType::lost});
}

// Tells what waits for more from this connection that nothing comes: all that came has been told.
void Core::connection_closed(std::uint64_t connection) {
  requests_.closed(connection);
  Link* link = links_.of_connection(connection);
  links_.forget_connection(connection);
  if (link == nullptr) return;
  // What was told of these after the link went down: another connection does not hear their far
  // ends either. And an ACK or PRACK that was to come came there, if at all.
  std::vector<std::shared_ptr<Cell>> cut_off;
  const auto take_in = [&](const std::shared_ptr<Cell>& cell) {
    if (cell && cell->connection == connection) cut_off.push_back(cell);
  };
  if (link->outbound) {
    for (const auto& weak : link->cells) take_in(weak.lock());
  } else {
    for (const auto& [number, cell] : dialogs_.all()) take_in(cell);
  }
  for (const auto& cell : cut_off) {
    on(cell, call::Recovery::Unheard{});
    if (cell->invitation.open) on(cell->invitation.open, call::ServerRequest::Unheard{});
    end_if_waiting(cell);
    on(cell, call::Offers::Unheard{});
  }
  if (!link->outbound) return take_up(*link);
  if (link->connection == connection) return;
  const std::string server = link->server;
  links_.forget_connection(link->connection);
  links_.remove(link->id);
  if (!links_.is_dialled(server)) {
    for (const auto& cell : cut_off) on(cell, call::Recovery::CutOff{});
  } else if (const Link* dialled = links_.to(server)) {  // else when that is up
    for (const auto& cell : cut_off) on(cell, call::Recovery::LinkUp{});
    answer_again(*dialled);
  }
}

void Core::read_reply(const record::Frame& frame, std::int64_t dialog) {
  const wire::Envelope& envelope = frame.envelope();
  const std::string id{envelope.in_reply_to};
  if (!requests_.awaits_reply(id)) return;
  Reply reply;
  reply.more = envelope.proxy_progress;
  reply.refusal = envelope.refusal;
  reply.error = error_of(reply.refusal);
  reply.dialog = dialog;
  reply.connection = frame.connection;
  reply.left = true;
  if (reply.error) {
    reply.message.reason = envelope.reply_text;
  } else {
    reply.message = sip::value_of(frame.message());
    reply.transaction_id = envelope.transport.transaction_id;
  }
  requests_.replied(id, reply);
}

void Core::read_call_record(const record::Frame& frame, std::int64_t dialog) {
  const wire::Envelope& envelope = frame.envelope();
  using Kind = wire::Envelope::Kind;
  // Its CANCEL comes to a link that is no more.
  if (const auto cell = dialogs_.find(dialog); cell && !cell->recovery.is_heard()) {
    const auto state = cell->snapshot();
    if (state->cause == Cause::cancelled) cancelled(state->invite.transaction_id, {});
  }
  if (!call_records) return;
  CallRecord told;
  switch (envelope.kind) {
    case Kind::cdr_attempt: told.kind = CallRecord::Kind::attempt; break;
    case Kind::cdr_start: told.kind = CallRecord::Kind::start; break;
    case Kind::cdr_stop: told.kind = CallRecord::Kind::stop; break;
    default: return;
  }
  const wire::Transport& transport = envelope.transport;
  told.server = frame.server;
  told.direction = transport.source == wire::Source::network ? Direction::in : Direction::out;
  told.time = transport.time_of_day ? wire::resolve_time(*transport.time_of_day, frame.read_at)
                                    : frame.read_at;
  if (told.kind == CallRecord::Kind::start) told.role = envelope.call_record_token;
  if (told.kind == CallRecord::Kind::stop) told.reason = envelope.call_record_token;
  told.message = sip::value_of(frame.message());
  if (const auto cell = dialogs_.find(dialog)) told.dialog = SipDialog{cell};
  call_records(told);
}

}  // namespace drachtio::agent
