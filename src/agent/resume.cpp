// Takes up the calls of before a restart or a lost link: which they are, and what the log has of
// them. call::Recovery decides what becomes of each.
#include "agent/core.hpp"
#include "dialog/event_json.hpp"
#include "dialog/rules.hpp"
#include "log/reader.hpp"

namespace drachtio::agent {

using call::Recovery;
using call::UnheardAnswer;

namespace {

// The latest event of the dialog, where that may have no ACK.
Event latest_of(const dialog::Dialog& state, log::Reader& reader) {
  Event event;
  const auto latest = reader.at(state.last_position);
  if (latest && latest->type == to_string(EventType::modified)) {
    event.type = EventType::modified;
    dialog::from_json(latest->data, event);
  }
  return event;
}

}  // namespace

void Core::adopt() {
  std::optional<log::Reader> reader;
  if (!dialogs_.all().empty()) reader.emplace(database_);
  for (const auto& [number, cell] : dialogs_.all()) {
    cell->core = weak_from_this();
    if (!dialog::is_answered(*cell->state)) continue;
    const auto cseq = call::unacknowledged(*cell->state, latest_of(*cell->state, *reader));
    if (cseq) on(cell, UnheardAnswer::Lost{*cseq});
  }
  writer_->start();
}

// A link is up: its server is asked about the dialogs whose far ends it no longer lets us hear.
void Core::resume(const Link& link) {
  std::vector<std::shared_ptr<Cell>> cells;
  for (const auto& [number, cell] : dialogs_.all()) {
    if (cell->state->server == link.server) cells.push_back(cell);
  }
  std::ranges::sort(cells, {}, &Cell::number);  // the oldest call first
  for (const auto& cell : cells) on(cell, Recovery::LinkUp{});
  if (!options_.probe || !options_.probe_every) return;
  after(std::chrono::duration_cast<std::chrono::milliseconds>(*options_.probe_every),
        [this, id = link.id, connection = link.connection] {
          const Link* again = links_.find(id);
          if (again != nullptr && again->up && again->connection == connection) resume(*again);
        });
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
    const auto state = cell->snapshot();
    const bool is_reachable = !dialog::is_own(*state) || links_.may_lead_to(*cell);
    if (cell->recovery.is_of_former_program() && !is_reachable) on(cell, Recovery::CutOff{});
  }
}

// A call in: handed to the program as it came, or refused; unless the program has ended it before.
void Core::hand_over(const std::shared_ptr<Cell>& cell) {
  if (cell->invitation.open && cell->invitation.open->machine.is_answered()) return;
  const auto state = cell->snapshot();
  const auto invite = bare_invite(cell);
  if (const auto evidence = invite_of(*state)) {
    invite->message = parse_sip_message(*evidence);
  } else {
    invite->message.headers.add("Call-ID", state->call_id);
  }
  incoming_.insert_or_assign(state->invite.transaction_id, invite);
  begin_call(invite);
  cell->link = invite->link;
  if (on_resumed_invite.empty()) return answer(invite, {503});
  handle([this](Request& request, Response& response) { on_resumed_invite(request, response); },
         invite);
}

// The INVITE a dialog stands on, as it came: the evidence of its latest `invited`.
std::optional<std::string> Core::invite_of(const dialog::Dialog& state) {
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

void Core::note(const std::shared_ptr<Cell>& cell, Event event) {
  const std::uint64_t ticket = outbox_.noted({cell});
  if (!writer_->append({{cell->number, std::move(event)}}, ticket)) outbox_.settled(ticket);
}

}  // namespace drachtio::agent
