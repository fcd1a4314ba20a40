#include "record/ledger.hpp"

#include "dialog/apply.hpp"
#include "dialog/describe.hpp"
#include "dialog/identity.hpp"
#include "dialog/observe.hpp"
#include "dialog/rules.hpp"
#include "dialog/setup.hpp"

#include <algorithm>

namespace drachtio::record {

namespace {

bool is_final_answer(const sip::Message& message) {
  return message.method == "INVITE" && message.status >= 200;
}

bool has_events(const Store& store) { return store.log().head().position > 0; }

// Returns whether the leg's row in `dialog` is surely as it was when it was last written.
bool has_same_row(const Tip& tip) {
  return tip.written_row && !tip.row_may_differ && tip.state.state != State::terminated;
}

}  // namespace

Ledger::Ledger(log::EventLog log, Clock clock)
    : kept_(std::make_unique<Kept>(std::move(log))),
      clock_(std::move(clock)),
      legs_(&kept_->recall, has_events(kept_->store) ? std::optional{clock_()} : std::nullopt),
      staging_(kept_->store.log().head()),
      read_at_(clock_()) {
  for (const Event& event : kept_->recall.latest_blindness()) blindness_.hear(event);
  std::vector<std::int64_t> handed_on;
  legs_.tips().each([&](const Tip& tip) {
    const bool is_branch = tip.state.role == Role::uac && !dialog::is_own(tip.state);
    if (tip.state.answered_by_proxy || is_branch) handed_on.push_back(tip.state.number);
  });
  // Their BYE may have been another leg's, just before the recorder ended.
  for (const std::int64_t number : handed_on) {
    const dialog::Dialog leg = tips().find(number)->state;
    legs_.load(leg.server, leg.call_id, dialog::creating_tag(leg));
    handed_on_legs_.opened(tips(), *tips().find(number), read_at_);
  }
}

Heard Ledger::frame(const Frame& frame) {
  heard_ = {};
  heard_.dialog = walk(frame);
  return std::exchange(heard_, {});
}

// Returns the number of the dialog that the frame belongs to, 0 where there is none.
std::int64_t Ledger::walk(const Frame& frame) {
  read_at_ = frame.read_at;
  Conversation& conversation = conversations_[frame.connection];
  Sighting sighting = conversation.read(frame);
  if (sighting.unreadable) return unreadable(conversation, sighting);
  if (sighting.proxy) {
    Tip* handed = tips().find_pending(conversation.server(), sighting.proxy->transaction_id);
    if (handed != nullptr) handed->handing_on = sighting.proxy->under_way;
    return 0;
  }
  const std::int64_t handed =
      sighting.handed_on
          ? handed_on(conversation.server(), *sighting.handed_on, sighting.acknowledged_at)
          : 0;
  if (!sighting.observation) return handed;
  dialog::Observation& seen = *sighting.observation;
  latest_ = std::max(latest_, seen.occurred_at);
  end_handed_on(seen.occurred_at, {});
  if (dialog::is_initial_invite(seen)) end_handed_on_before(seen);
  const dialog::Placement placed = legs_.place(seen, frame.read_at);
  const bool begins = placed.kind == dialog::Placement::Kind::begins;
  Tip* tip = placed.leg == nullptr ? nullptr : tips().find(placed.leg->number);
  if (placed.replaced != nullptr) note(replaced(*placed.replaced, seen.occurred_at));
  if (placed.kind == dialog::Placement::Kind::stray) {
    auto gap = gap_of_stray(legs_.of_call(seen), seen, read_at_);
    if (gap) append(nullptr, *gap, nullptr);
  }
  const bool by_connection = seen.channel == dialog::Channel::sip && !seen.of_proxied;
  if (tip != nullptr) {
    if (by_connection) tip->connection = frame.connection;
    seen.connection_gone = !tip->connection || !conversations_.contains(*tip->connection);
    if (Tip* known = legs_.seen_by(*tip, seen)) {
      seen_again(*known, sighting);
      return known->state.number;
    }
  }
  append_all(
      orphans_.seen(frame.connection, tip == nullptr ? nullptr : &tip->state, seen, frame.read_at));
  heard_.another_branch = begins && dialog::is_initial_invite(seen) && legs_.has_open_branch(seen);
  auto event = dialog::observe(placed, seen);
  if (event) tip = append(tip, *event, &sighting);
  if (tip == nullptr) return handed;
  if (by_connection) tip->connection = frame.connection;
  complete_by_other_way(*tip, seen);
  return tip->state.number;
}

// Its ACK may still come, and the BYE of another leg may have come before.
void Ledger::up_by_call_record(const Tip& tip) {
  unacknowledged_.await(tip);
  if (tip.state.answered_by_proxy) handed_on_legs_.opened(tips(), tip, read_at_);
}

// One way has told something that the other may still complete.
void Ledger::complete_by_other_way(const Tip& tip, const dialog::Observation& seen) {
  if (seen.channel == dialog::Channel::start) up_by_call_record(tip);
  const bool has_branches = tip.state.role == Role::uas && !seen.message.is_request();
  const bool is_settled = tip.state.state == State::terminated || tip.state.answered_by_proxy;
  if ((seen.message.method == "BYE" || has_branches) && is_settled) {
    handed_on_legs_.ended(tips(), tip, read_at_);
  }
}

// The server has acknowledged a `proxy`.
std::int64_t Ledger::handed_on(const std::string& server, const std::string& transaction_id,
                               Instant at) {
  Tip* tip = tips().find_pending(server, transaction_id);
  if (tip == nullptr) return 0;
  auto event = dialog::observe_proxied(tip->state, at);
  if (event) append(tip, *event, nullptr);
  return tip->state.number;
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
  if (seen.channel == dialog::Channel::start) up_by_call_record(tip);
}

void Ledger::learn(Tip& tip, const dialog::Observation& seen) {
  tip.transaction_id = seen.transaction_id;
  tip.received_on = seen.received_on;
  tip.state.invite.transaction_id = seen.transaction_id;
  tips().changed(tip);
  heard_.learnt = std::make_shared<const dialog::Dialog>(tip.state);
}

void Ledger::catch_up(const Frame& frame) { conversations_[frame.connection].read(frame); }

void Ledger::closed(std::uint64_t connection) {
  conversations_.erase(connection);
  for (Note& settled : unacknowledged_.closed(tips(), connection)) note(std::move(settled));
  append_all(orphans_.closed(connection));
}

void Ledger::all_closed() {
  conversations_.clear();
  tips().each([](Tip& tip) { tip.connection.reset(); });
  for (Note& settled : unacknowledged_.closed(tips())) note(std::move(settled));
  while (auto end = handed_on_legs_.next(tips())) note(std::move(*end));
  for (Note& end : gone_without_bye(tips(), latest_)) note(std::move(end));
  append_all(orphans_.closed());
}

std::string Ledger::server_of(std::uint64_t connection) const {
  const auto found = conversations_.find(connection);
  return found == conversations_.end() ? std::string{} : found->second.server();
}

// Returns the dialog's tip: `tip`, or the one the event opens.
Tip* Ledger::append(Tip* tip, Event& event, const Sighting* evidence) {
  event.position = staging_.head().position + 1;
  event.recorded_at = std::max(clock_(), to_instant(staging_.head().recorded_at));
  const bool opens = tip == nullptr && event.opening.has_value();
  if (opens) {
    event.dialog = event.position;
    event.version = 1;
  } else if (tip != nullptr) {
    event.dialog = tip->state.number;
    event.version = tip->state.version + 1;
    if (event.opening) {  // nothing needs to be known of the INVITE before
      tip->state = tip->as_logged();
      tip->transaction_id.clear();
      tip->received_on.reset();
    } else if (!tip->transaction_id.empty()) {
      event.transaction_id = std::exchange(tip->transaction_id, {});
      event.received_on = std::exchange(tip->received_on, {});
    }
  }

  if (kept_) {
    staging_.add(event, evidence);
  } else {
    staging_.count(event);
  }

  if (opens) {
    dialog::Dialog state;
    dialog::apply(state, event);
    tip = &tips().insert(std::move(state));
    // Those that are stored were loaded before this one could begin.
    const dialog::Dialog& leg = tip->state;
    tips().all_are_here(leg.server, leg.call_id, dialog::creating_tag(leg));
  } else if (tip != nullptr) {
    const bool was_gone = tip->state.gone.has_value();
    if (tip->state.state == State::terminated) tip->row_may_differ = true;  // it may reopen
    dialog::apply(tip->state, event);
    if (!was_gone && tip->state.gone) tip->gone_at = read_at_;
    tips().changed(*tip);
    unacknowledged_.changed(*tip);
  }
  if (tip != nullptr && event.type == EventType::invited) {
    tip->invite_told_both_ways = false;
    tip->final_told_both_ways = false;
  }
  blindness_.hear(event);
  warnings_.hear(event);
  if (told_ != nullptr) {
    told_->push_back(
        {event, tip == nullptr ? nullptr : std::make_shared<const dialog::Dialog>(tip->state)});
  }
  if (tip == nullptr) return nullptr;
  tip->row_may_differ = tip->row_may_differ || projection::may_change_row(event);
  if (event.key) KnownLegs::remember(*tip, {*event.key, event.direction});
  tip->heard_at = evidence == nullptr ? event.recorded_at : read_at_;
  if (!tip->dirty) {
    tip->dirty = true;
    dirty_.push_back(tip->state.number);
  }
  return tip;
}

void Ledger::append_all(std::vector<Event> events) {
  for (Event& event : events) append(nullptr, event, nullptr);
}

Batch Ledger::hand_over() {
  Batch batch;
  batch.entries = staging_.take();
  for (const std::int64_t number : dirty_) {
    Tip& tip = *tips().find(number);
    tip.dirty = false;
    if (has_same_row(tip)) {
      batch.open_legs.push_back(projection::open_row(tip.state));
      continue;
    }
    dialog::Dialog leg = tip.as_logged();
    const std::uint64_t row = projection::digest_of_row(leg);
    const bool is_same = std::exchange(tip.written_row, row) == row;
    tip.row_may_differ = false;
    if (!is_same) {
      batch.legs.push_back(std::move(leg));
    } else if (leg.state != State::terminated) {
      batch.open_legs.push_back(projection::open_row(leg));
    }
  }
  dirty_.clear();
  legs_.forget_ended(kept_ ? kept_->store.committed() : staging_.head().position, clock_());
  return batch;
}

void Ledger::commit(const log::EventLog::Alongside& alongside) {
  if (staging_.size() == 0 && !alongside) return;
  Batch batch = hand_over();
  try {
    kept_->store.commit(batch, alongside);
  } catch (const log::Error&) {
    take_back(std::move(batch));
    throw;
  }
}

void Ledger::take_back(Batch batch) {
  staging_.put_back(std::move(batch.entries));
  const auto take_back_leg = [this](std::int64_t number) {
    Tip& tip = *tips().find(number);
    tip.dirty = true;
    tip.written_row.reset();
    dirty_.push_back(number);
  };
  for (const dialog::Dialog& leg : batch.legs) take_back_leg(leg.number);
  for (const projection::OpenRow& row : batch.open_legs) take_back_leg(row.id);
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
    staging_.give_up_taken(kept_->store.log().head());
    throw;
  }
}

}  // namespace drachtio::record
