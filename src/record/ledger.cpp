#include "record/ledger.hpp"

#include "dialog/apply.hpp"
#include "dialog/describe.hpp"
#include "dialog/identity.hpp"
#include "dialog/observe.hpp"
#include "dialog/rules.hpp"
#include "dialog/setup.hpp"
#include "projection/fold.hpp"

#include <algorithm>
#include <tuple>

namespace drachtio::record {

namespace {

constexpr std::size_t most_warnings = 100;  // kept until they are taken

constexpr auto seen_order = [](const SeenMessage& a, const SeenMessage& b) {
  return std::tie(a.key.high, a.key.low, a.direction) <
         std::tie(b.key.high, b.key.low, b.direction);
};

void remember(Tip& tip, const SeenMessage& message) {
  const auto place = std::ranges::lower_bound(tip.seen, message, seen_order);
  if (place == tip.seen.end() || !(*place == message)) tip.seen.insert(place, message);
}

bool is_final_answer(const sip::Message& message) {
  return message.method == "INVITE" && message.status >= 200;
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
  std::vector<std::int64_t> handed_on;
  kept_->recall.each_open([&](DialogState&& state) {
    if (state.answered_by_proxy) handed_on.push_back(state.number);
    insert_stored(std::move(state));
  });
  // Their BYE may have been another leg's, just before the recorder ended.
  for (const std::int64_t number : handed_on) {
    const DialogState leg = tips_.find(number)->state;
    load(leg.server, leg.call_id, dialog::creating_tag(leg));
    handed_on_legs_.opened(tips_, *tips_.find(number), clock_());
  }
}

void Ledger::note_alive(Instant now) {
  constexpr std::chrono::minutes silence{1};
  if (!kept_ || now - to_instant(next_.recorded_at) < silence) return;
  Event event;
  event.type = EventType::alive;
  event.occurred_at = now;
  note({0, std::move(event)});
}

Tip& Ledger::insert_stored(DialogState&& state) {
  Tip& tip = tips_.insert(std::move(state));
  tip.seen_loaded = false;
  tip.heard_at = tip.state.last_heard;
  tip.gone_at = tip.state.last_heard;
  return tip;
}

std::int64_t Ledger::frame(const Frame& frame) {
  learnt_.reset();
  another_branch_ = false;
  Conversation& conversation = conversations_[frame.connection];
  Sighting sighting = conversation.read(frame);
  if (sighting.unreadable) return unreadable(conversation, sighting);
  if (sighting.proxy) {
    Tip* handed = tips_.find_pending(conversation.server(), sighting.proxy->transaction_id);
    if (handed != nullptr) handed->handing_on = sighting.proxy->under_way;
    return 0;
  }
  const std::int64_t handed =
      sighting.handed_on
          ? handed_on(conversation.server(), *sighting.handed_on, sighting.acknowledged_at)
          : 0;
  if (!sighting.observation) return handed;
  dialog::Observation& seen = *sighting.observation;
  const dialog::Placement placed = place(seen);
  Tip* tip = placed.leg == nullptr ? nullptr : tips_.find(placed.leg->number);
  if (placed.kind == dialog::Placement::Kind::stray) stray(seen);
  if (tip != nullptr) {
    const bool by_connection = seen.channel == dialog::Channel::sip && !seen.of_proxied;
    if (by_connection) tip->connection = frame.connection;
    seen.connection_gone = !tip->connection || !conversations_.contains(*tip->connection);
    if (Tip* known = seen_by(*tip, seen)) {
      seen_again(*known, sighting);
      return known->state.number;
    }
  }
  append_all(
      orphans_.seen(frame.connection, tip == nullptr ? nullptr : &tip->state, seen, frame.read_at));
  another_branch_ = placed.kind == dialog::Placement::Kind::begins &&
                    dialog::is_initial_invite(seen) && is_another_branch(seen);
  auto event = dialog::observe(placed, seen);
  if (event) tip = append(tip, *event, &sighting);
  if (tip == nullptr) return handed;
  if (seen.channel == dialog::Channel::sip && !seen.of_proxied) tip->connection = frame.connection;
  complete_by_other_way(*tip, seen);
  return tip->state.number;
}

// What one way has told that the other may still complete.
void Ledger::complete_by_other_way(const Tip& tip, const dialog::Observation& seen) {
  if (seen.channel == dialog::Channel::start) await_ack(tip);
  if (seen.message.method == "BYE" && tip.state.state == State::terminated) {
    handed_on_legs_.ended(tips_, tip, clock_());
  }
  for (Note& end : handed_on_legs_.due(tips_, seen.occurred_at, {})) note(std::move(end));
}

void Ledger::await_ack(const Tip& tip) {
  if (tip.connection && dialog::is_up_without_ack(tip.state)) {
    unacknowledged_[*tip.connection].push_back(tip.state.number);
  }
}

// No ACK comes any more over a connection that is gone.
void Ledger::settle_unacknowledged(std::uint64_t connection) {
  const auto waiting = unacknowledged_.extract(connection);
  if (!waiting) return;
  for (const std::int64_t number : waiting.mapped()) {
    const Tip* tip = tips_.find(number);
    if (tip == nullptr || !dialog::is_up_without_ack(tip->state)) continue;
    note({number, dialog::settled_without_ack(tip->state)});
  }
}

// The server has acknowledged a `proxy`.
std::int64_t Ledger::handed_on(const std::string& server, const std::string& transaction_id,
                               Instant at) {
  Tip* tip = tips_.find_pending(server, transaction_id);
  if (tip == nullptr) return 0;
  auto event = dialog::observe_proxied(tip->state, at);
  if (event) append(tip, *event, nullptr);
  return tip->state.number;
}

dialog::Placement Ledger::place(const dialog::Observation& seen) {
  if (!dialog::may_belong(seen)) return {};
  const sip::Message& message = seen.message;
  const std::string_view from = message.from.tag ? *message.from.tag : std::string_view{};
  const std::string_view to = message.to.tag ? *message.to.tag : std::string_view{};
  const auto among_known = [&] {
    std::vector<Tip*> tips;
    tips_.find_legs(seen.server, message.call_id, from, tips);
    if (message.to.tag && !dialog::same_tag(from, to)) {
      tips_.find_legs(seen.server, message.call_id, to, tips);
    }
    std::vector<dialog::Leg> legs;
    legs.reserve(tips.size());
    for (const Tip* tip : tips) {
      legs.push_back({&tip->state, tip->invite_told_both_ways, tip->final_told_both_ways});
    }
    return dialog::place(legs, seen);
  };
  dialog::Placement placed = among_known();
  if (placed.certain) return placed;
  if (load(seen.server, message.call_id, from)) placed = among_known();
  const bool by_creator =
      placed.kind != dialog::Placement::Kind::none && placed.kind != dialog::Placement::Kind::stray;
  if (by_creator || !message.to.tag) return placed;
  return load(seen.server, message.call_id, to) ? among_known() : placed;
}

// Brings the stored legs of a call that were created with `tag` into memory; false: there are none
// that were not there.
bool Ledger::load(std::string_view server, std::string_view call_id, std::string_view tag) {
  if (!kept_ || !readable_ || tips_.has_all(server, call_id, tag)) return false;
  bool any = false;
  for (DialogState& leg : kept_->recall.legs(server, call_id, tag)) {
    if (tips_.find(leg.number) != nullptr) continue;
    insert_stored(std::move(leg));
    any = true;
  }
  tips_.all_are_here(server, call_id, tag);
  return any;
}

// A second sighting of a message makes no event, but may tell what the first did not.
void Ledger::seen_again(Tip& tip, const Sighting& sighting) {
  const dialog::Observation& seen = *sighting.observation;
  const bool by_call_record = seen.channel != dialog::Channel::sip;
  if (dialog::is_initial_invite(seen) && dialog::acts_on_invite(tip.state, seen) &&
      by_call_record != tip.state.invite.from_call_record) {
    tip.invite_told_both_ways = true;
  }
  if (is_final_answer(seen.message) && by_call_record != tip.state.final_from_call_record) {
    tip.final_told_both_ways = true;
  }
  if (dialog::tells_transaction(tip.state, seen)) learn(tip, seen);
  auto event = dialog::observe_again(tip.state, seen);
  if (event) append(&tip, *event, &sighting);
  if (seen.channel == dialog::Channel::start) await_ack(tip);
}

// RFC 3261 8.2.2.2: the INVITE has come by another way, and is not over.
bool Ledger::is_another_branch(const dialog::Observation& seen) {
  const sip::Message& message = seen.message;
  std::vector<Tip*> legs;
  tips_.find_legs(seen.server, message.call_id, message.from.tag.value_or(""), legs);
  return std::ranges::any_of(legs, [&](const Tip* tip) {
    const DialogState& leg = tip->state;
    return leg.role == dialog::role_of(seen, true) && leg.invite.cseq == message.cseq &&
           leg.state != State::terminated && dialog::is_own(leg) && !tip->handing_on;
  });
}

// Said once for each call, not for each message: a peer must not fill the log.
void Ledger::stray(const dialog::Observation& seen) {
  std::vector<Tip*> legs;
  const sip::Message& message = seen.message;
  for (const auto& tag : {message.from.tag, message.to.tag}) {
    if (tag) tips_.find_legs(seen.server, message.call_id, *tag, legs);
  }
  if (legs.empty() || std::exchange(legs.back()->stray_told, true)) return;
  Event gap;
  gap.type = EventType::gap;
  gap.occurred_at = seen.occurred_at;
  gap.server = seen.server;
  gap.detail = "a message of call " + message.call_id +
               " has tags that none of its legs knows: " + message.start_line;
  append(nullptr, gap, nullptr);
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
  settle_unacknowledged(connection);
  append_all(orphans_.closed(connection));
}

void Ledger::all_closed() {
  conversations_.clear();
  while (!unacknowledged_.empty()) settle_unacknowledged(unacknowledged_.begin()->first);
  for (Note& end : handed_on_legs_.all(tips_)) note(std::move(end));
  append_all(orphans_.closed());
}

void Ledger::given_up(const std::string& server, std::int64_t frames, Instant since) {
  append_all({orphans_.given_up(server, frames, since, clock_())});
}

std::string Ledger::server_of(std::uint64_t connection) const {
  const auto found = conversations_.find(connection);
  return found == conversations_.end() ? std::string{} : found->second.server();
}

// The leg that has had this message: `tip`, or another with the same tags, whose ids were used
// again since. Null where it is a new one.
Tip* Ledger::seen_by(Tip& tip, const dialog::Observation& seen) {
  constexpr std::chrono::seconds ways_apart{5};
  const SeenMessage message{seen.key, seen.direction};
  if (seen_before(tip, message)) return &tip;
  if (dialog::is_initial_invite(seen)) return nullptr;
  std::vector<Tip*> legs;
  const DialogState& leg = tip.state;
  tips_.find_legs(leg.server, leg.call_id, dialog::creating_tag(leg), legs);
  for (Tip* other : legs) {
    const auto end = other->state.times.end_time;
    const bool may_be_its = !end || seen.occurred_at <= *end + ways_apart;
    if (other != &tip && may_be_its && seen_before(*other, message)) return other;
  }
  return nullptr;
}

bool Ledger::seen_before(Tip& tip, const SeenMessage& message) {
  if (!tip.seen_loaded && readable_) {
    for (const SeenMessage& stored : kept_->recall.messages_of(tip.state.number)) {
      remember(tip, stored);
    }
    tip.seen_loaded = true;
  }
  return std::ranges::binary_search(tip.seen, message, seen_order);
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
  for (Note& end : handed_on_legs_.due(tips_, {}, now)) note(std::move(end));
  for (Note& lost : overdue(tips_, now, patience, blindness_)) note(std::move(lost));
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
    // Those that are stored were loaded before this one could begin.
    const DialogState& leg = tip->state;
    tips_.all_are_here(leg.server, leg.call_id, dialog::creating_tag(leg));
  } else if (tip != nullptr) {
    const bool was_gone = tip->state.gone_status.has_value();
    dialog::apply(tip->state, event);
    if (!was_gone && tip->state.gone_status) tip->gone_at = event.recorded_at;
    tips_.changed(*tip);
  }
  if (tip != nullptr && event.type == EventType::invited) {
    tip->invite_told_both_ways = false;
    tip->final_told_both_ways = false;
  }
  blindness_.hear(event);
  if (event.type == EventType::gap || event.type == EventType::unreadable) warn_of(event);
  if (told_ != nullptr) {
    told_->push_back(
        {event, tip == nullptr ? nullptr : std::make_shared<const DialogState>(tip->state)});
  }
  if (tip == nullptr) return nullptr;
  if (event.key) remember(*tip, {*event.key, event.direction});
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
