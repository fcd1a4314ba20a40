#include "record/ledger.hpp"

#include "dialog/apply.hpp"
#include "dialog/observe.hpp"
#include "dialog/rules.hpp"
#include "projection/fold.hpp"

#include <algorithm>

namespace drachtio::record {

namespace {

constexpr std::size_t most_warnings = 100;  // kept until they are taken

constexpr auto key_order = [](const MessageKey& a, const MessageKey& b) {
  return a.high != b.high ? a.high < b.high : a.low < b.low;
};

void remember(Tip& tip, const MessageKey& key) {
  const auto place = std::ranges::lower_bound(tip.keys, key, key_order);
  if (place == tip.keys.end() || !(*place == key)) tip.keys.insert(place, key);
}

// Could the message be of a dialog at all? Out-of-dialog requests are many (OPTIONS pings,
// REGISTER) and need no look-up.
bool may_belong(const dialog::Observation& seen) {
  const sip::Message& message = seen.message;
  return message.to.tag || !seen.dialog_id.empty() || message.method == "INVITE" ||
         message.method == "CANCEL";
}

// Memory a staged row takes, roughly.
std::size_t size_of(const log::Entry& entry) {
  return entry.row.data.size() + (entry.evidence ? entry.evidence->bytes.size() : 0) + 256;
}

}  // namespace

Ledger::Ledger(log::EventLog log, Clock clock)
    : kept_(std::make_unique<Kept>(std::move(log))),
      clock_(std::move(clock)),
      next_(kept_->store.log().head()) {
  kept_->recall.each_open([&](DialogState&& state) { insert_stored(std::move(state)); });
}

Tip& Ledger::insert_stored(DialogState&& state) {
  Tip& tip = tips_.insert(std::move(state));
  tip.keys_loaded = false;
  tip.heard_at = tip.state.last_heard;
  return tip;
}

std::int64_t Ledger::frame(const Frame& frame) {
  learnt_.reset();
  Conversation& conversation = conversations_[frame.connection];
  const Sighting sighting = conversation.read(frame);
  if (sighting.unreadable) return unreadable(conversation, sighting);
  if (sighting.proxy) {
    Tip* handed = tips_.find_pending(conversation.server(), sighting.proxy->transaction_id);
    if (handed != nullptr) handed->handing_on = sighting.proxy->under_way;
    return 0;
  }
  if (!sighting.observation) return 0;

  const dialog::Observation& seen = *sighting.observation;
  Tip* tip = find(seen);
  const bool is_message = seen.channel != dialog::Channel::proxy;
  if (tip != nullptr && is_message && seen_before(*tip, seen.key)) {
    if (dialog::tells_transaction(tip->state, seen)) learn(*tip, seen);
    return tip->state.number;
  }
  // Ids may be used again once a call has ended: the message may be of the call before.
  for (Tip* earlier = tip; earlier != nullptr && is_message;) {
    earlier = tips_.find_before(*earlier);
    if (earlier != nullptr && seen_before(*earlier, seen.key)) return earlier->state.number;
  }
  if (tip != nullptr && dialog::begins_anew(tip->state, seen)) tip = nullptr;
  append_all(
      orphans_.seen(frame.connection, tip == nullptr ? nullptr : &tip->state, seen, frame.read_at));
  auto event = dialog::observe(tip == nullptr ? nullptr : &tip->state, seen);
  if (event) tip = append(tip, *event, is_message ? &sighting : nullptr);
  return tip == nullptr ? 0 : tip->state.number;
}

void Ledger::learn(Tip& tip, const dialog::Observation& seen) {
  tip.transaction_id = seen.transaction_id;
  tip.received_on = seen.received_on;
  tips_.changed(tip);
  DialogState state = tip.state;
  state.invite.transaction_id = seen.transaction_id;
  learnt_ = std::make_shared<const DialogState>(std::move(state));
}

void Ledger::catch_up(const Frame& frame) { conversations_[frame.connection].read(frame); }

void Ledger::closed(std::uint64_t connection) {
  conversations_.erase(connection);
  append_all(orphans_.closed(connection));
}

void Ledger::all_closed() {
  conversations_.clear();
  append_all(orphans_.closed());
}

void Ledger::given_up(const std::string& server, std::int64_t frames, Instant since) {
  append_all({orphans_.given_up(server, frames, since, clock_())});
}

std::string Ledger::server_of(std::uint64_t connection) const {
  const auto found = conversations_.find(connection);
  return found == conversations_.end() ? std::string{} : found->second.server();
}

Tip* Ledger::find(const dialog::Observation& seen) {
  if (seen.channel == dialog::Channel::proxy) {
    return tips_.find_pending(seen.server, seen.transaction_id);
  }
  if (!may_belong(seen)) return nullptr;
  for (const dialog::Identity& identity : dialog::candidates(seen)) {
    if (Tip* tip = tips_.find(seen.server, identity)) return tip;
  }
  return load(seen);
}

// A dialog that ended too long ago to be in memory.
Tip* Ledger::load(const dialog::Observation& seen) {
  if (!kept_ || !readable_) return nullptr;
  auto state = kept_->recall.find(seen);
  return state ? &insert_stored(std::move(*state)) : nullptr;
}

bool Ledger::seen_before(Tip& tip, const MessageKey& key) {
  if (!tip.keys_loaded && readable_) {
    for (const MessageKey& stored : kept_->recall.keys_of(tip.state.number)) remember(tip, stored);
    tip.keys_loaded = true;
  }
  return std::ranges::binary_search(tip.keys, key, key_order);
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
                 : tips_.find_sole(conversation.server(), sighting.unreadable->dialog_id);
  append(tip, event, &sighting);
  return tip == nullptr ? 0 : tip->state.number;
}

bool Ledger::note(Note note) {
  Tip* tip = note.dialog == 0 ? nullptr : tips_.find(note.dialog);
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
  for (Note& lost : overdue(tips_, now, patience)) note(std::move(lost));
}

void Ledger::stage(const Event& event, const Sighting* evidence) {
  log::Entry entry;
  entry.row = projection::to_row(event);
  entry.row.previous_hash = next_.hash;
  if (evidence != nullptr) {
    entry.evidence = log::Evidence{std::string{to_string(event.direction)}, evidence->peer,
                                   std::string{evidence->bytes}};
    entry.row.evidence_hash = log::evidence_hash(hasher_, entry.evidence->direction,
                                                 entry.evidence->peer, entry.evidence->bytes);
  }
  entry.row.hash = log::row_hash(hasher_, entry.row);
  next_ = {entry.row.position, entry.row.hash, entry.row.recorded_at};
  staged_bytes_ += size_of(entry);
  staged_.push_back(std::move(entry));
}

// Returns the dialog's tip: `tip`, or the one the event opens.
Tip* Ledger::append(Tip* tip, Event& event, const Sighting* evidence) {
  event.position = next_.position + 1;
  event.recorded_at = std::max(clock_(), to_instant(next_.recorded_at));
  const bool opens = tip == nullptr && event.opening.has_value();
  if (opens) {
    event.dialog = event.position;
    event.version = 1;
  } else if (tip != nullptr) {
    event.dialog = tip->state.number;
    event.version = tip->state.version + 1;
    if (!tip->transaction_id.empty() && !event.opening) {
      event.transaction_id = std::exchange(tip->transaction_id, {});
      event.received_on = std::exchange(tip->received_on, {});
    }
  }

  if (kept_) {
    stage(event, evidence);
  } else {
    next_ = {event.position, {}, to_integer(event.recorded_at)};
  }

  if (opens) {
    DialogState state;
    dialog::apply(state, event);
    tip = &tips_.insert(std::move(state));
  } else if (tip != nullptr) {
    dialog::apply(tip->state, event);
    tips_.changed(*tip);
  }
  if (event.type == EventType::gap || event.type == EventType::unreadable) warn_of(event);
  if (told_ != nullptr) {
    told_->push_back(
        {event, tip == nullptr ? nullptr : std::make_shared<const DialogState>(tip->state)});
  }
  if (tip == nullptr) return nullptr;
  if (event.key) remember(*tip, *event.key);
  tip->heard_at = event.recorded_at;
  if (!tip->dirty) {
    tip->dirty = true;
    dirty_.push_back(tip->state.number);
  }
  return tip;
}

void Ledger::append_all(std::vector<Event> events) {
  for (Event& event : events) append(nullptr, event, nullptr);
}

void Ledger::warn_of(const Event& event) {
  if (warnings_.size() == most_warnings) return;
  warnings_.push_back((event.server.empty() ? "unknown" : event.server) +
                      (event.type == EventType::gap ? ": " : ": a message cannot be read: ") +
                      event.detail + " (event " + std::to_string(event.position) + ")");
}

Batch Ledger::hand_over() {
  Batch batch;
  batch.entries = std::move(staged_);
  batch.dialogs.reserve(dirty_.size());
  for (const std::int64_t number : dirty_) {
    Tip& tip = *tips_.find(number);
    batch.dialogs.push_back(tip.state);
    tip.dirty = false;
  }
  staged_.clear();
  dirty_.clear();
  staged_bytes_ = 0;
  tips_.forget_ended(kept_ ? kept_->store.committed() : next_.position);
  return batch;
}

void Ledger::commit(const log::EventLog::Alongside& alongside) {
  if (staged_.empty() && !alongside) return;
  Batch batch = hand_over();
  try {
    kept_->store.commit(batch, alongside);
  } catch (const log::Error&) {
    take_back(std::move(batch));
    throw;
  }
}

void Ledger::take_back(Batch batch) {
  staged_ = std::move(batch.entries);
  for (const log::Entry& entry : staged_) staged_bytes_ += size_of(entry);
  for (const DialogState& state : batch.dialogs) {
    tips_.find(state.number)->dirty = true;
    dirty_.push_back(state.number);
  }
}

void Ledger::drop_evidence(std::int64_t through, const std::string& why) {
  Event event;
  event.type = EventType::evidence_dropped;
  event.occurred_at = clock_();
  event.detail = why;
  event.count = through;
  commit();
  append(nullptr, event, nullptr);
  Batch batch = hand_over();
  try {
    kept_->store.drop_evidence(batch, through);
  } catch (const log::Error&) {
    // The event must not stay: it would be committed later, without the deletion.
    next_ = kept_->store.log().head();
    throw;
  }
}

}  // namespace drachtio::record
