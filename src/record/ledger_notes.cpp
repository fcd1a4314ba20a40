// A ledger's notes beside the messages of legs: links, gaps, messages that cannot be read or
// placed, signs of life, and legs of which nothing is heard any more.
#include "record/ledger.hpp"

#include <algorithm>

namespace drachtio::record {

void Ledger::note_alive(Instant now) {
  constexpr std::chrono::minutes silence{1};
  if (!kept_ || now - to_instant(staging_.head().recorded_at) < silence) return;
  Event event;
  event.type = EventType::alive;
  event.occurred_at = now;
  note({0, std::move(event)});
}

void Ledger::given_up(const std::string& server, std::int64_t frames, Instant since) {
  append_all({orphans_.given_up(server, frames, since, clock_())});
}

std::int64_t Ledger::unreadable(const Conversation& conversation, const Sighting& sighting) {
  Event event;
  event.type = EventType::unreadable;
  event.occurred_at = sighting.occurred_at;
  event.direction = sighting.direction;
  event.server = conversation.server();
  event.detail = sighting.unreadable->why;
  Tip* tip = sighting.unreadable->dialog_id.empty()
                 ? nullptr
                 : tips().find_sole(conversation.server(), sighting.unreadable->dialog_id);
  append(tip, event, &sighting);
  return tip == nullptr ? 0 : tip->state.number;
}

bool Ledger::note(Note note) {
  Tip* tip = note.dialog == 0 ? nullptr : tips().find(note.dialog);
  if (note.dialog != 0 && tip == nullptr) return false;
  append(tip, note.event, nullptr);
  return true;
}

void Ledger::note_killed() {
  if (!kept_) return;
  const Instant last = to_instant(kept_->store.log().head().recorded_at);
  for (std::string& server : kept_->recall.servers_left_up()) {
    Event event;
    event.type = EventType::link_down;
    event.occurred_at = last;
    event.server = std::move(server);
    event.detail = "the recorder was killed, or its machine went down";
    note({0, std::move(event)});
  }
}

void Ledger::expire(Instant now, const Patience& patience) {
  append_all(orphans_.due(now));
  end_handed_on({}, now);
  const auto is_up = [this](std::uint64_t connection) {
    return conversations_.contains(connection);
  };
  for (Note& lost : overdue(tips(), now, patience, blindness_, is_up)) note(std::move(lost));
}

// Ends the legs whose BYE was another leg's.
void Ledger::end_handed_on(Instant server_time, Instant now) {
  while (auto end = handed_on_legs_.next_due(tips(), server_time, now)) note(std::move(*end));
}

// An INVITE of a call that was handed on, later than its BYE: it has begun anew.
void Ledger::end_handed_on_before(const dialog::Observation& seen) {
  const std::vector<Tip*> legs = legs_.of_call(seen);
  if (std::ranges::none_of(legs, [](const Tip* leg) { return leg->state.answered_by_proxy; })) {
    return;
  }
  while (auto end = handed_on_legs_.next_of(tips(), legs, seen.occurred_at)) note(std::move(*end));
}

}  // namespace drachtio::record
