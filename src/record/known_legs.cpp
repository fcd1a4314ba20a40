#include "record/known_legs.hpp"

#include "dialog/identity.hpp"
#include "dialog/rules.hpp"
#include "dialog/setup.hpp"

#include <algorithm>
#include <tuple>

namespace drachtio::record {

namespace {

constexpr std::size_t most_legs_of_a_call = 64;  // that ended, of ids that are used again and again

constexpr auto seen_order = [](const SeenMessage& a, const SeenMessage& b) {
  return std::tie(a.key.high, a.key.low, a.direction) <
         std::tie(b.key.high, b.key.low, b.direction);
};

std::string_view text_of(const std::optional<std::string>& tag) {
  return tag ? std::string_view{*tag} : std::string_view{};
}

}  // namespace

KnownLegs::KnownLegs(Recall* recall, std::optional<Instant> opened)
    : recall_(recall), opened_(opened) {
  if (recall_ == nullptr) return;
  recall_->each_open([&](dialog::Dialog&& state) { insert_stored(std::move(state)); });
}

void KnownLegs::insert_stored(dialog::Dialog&& state) {
  Tip& tip = tips_.insert(std::move(state));
  tip.seen_loaded = false;
  tip.heard_at = recall_->recorded_at(tip.state.last_position);
  tip.gone_at = tip.heard_at;
}

std::vector<Tip*> KnownLegs::of_call(const dialog::Observation& seen) {
  const sip::Message& message = seen.message;
  const std::string_view from = text_of(message.from.tag);
  std::vector<Tip*> tips;
  tips_.find_legs(seen.server, message.call_id, from, tips);
  if (message.to.tag && !dialog::same_tag(from, *message.to.tag)) {
    tips_.find_legs(seen.server, message.call_id, *message.to.tag, tips);
  }
  return tips;
}

bool KnownLegs::has_open_branch(const dialog::Observation& invite) {
  return std::ranges::any_of(of_call(invite), [&](const Tip* tip) {
    const dialog::Dialog& leg = tip->state;
    return leg.role == dialog::role_of(invite, true) && leg.invite.cseq == invite.message.cseq &&
           leg.state != State::terminated && dialog::is_own(leg) && !tip->handing_on;
  });
}

dialog::Placement KnownLegs::place_among_known(const dialog::Observation& seen) {
  std::vector<dialog::Leg> legs;
  for (const Tip* tip : of_call(seen)) {
    legs.push_back({&tip->state, tip->invite_told_both_ways, tip->final_told_both_ways});
  }
  return dialog::place(legs, seen);
}

dialog::Placement KnownLegs::place(const dialog::Observation& seen, Instant now) {
  using Kind = dialog::Placement::Kind;
  if (!dialog::may_belong(seen)) return {};
  dialog::Placement placed = place_among_known(seen);
  if (placed.certain) return placed;
  const sip::Message& message = seen.message;
  // For each new call: so not through the whole log, whatever its age.
  std::optional<Instant> since;
  if (forgotten_ && dialog::is_initial_invite(seen)) {
    since = now - forgotten_->reach();
    if (!may_be_stored(seen, *since)) return placed;
  }
  if (load(seen.server, message.call_id, text_of(message.from.tag), since)) {
    placed = place_among_known(seen);
  }
  const bool has_place = placed.kind != Kind::none && placed.kind != Kind::stray;
  if (has_place || !message.to.tag) return placed;
  return load(seen.server, message.call_id, *message.to.tag) ? place_among_known(seen) : placed;
}

void KnownLegs::look_back(Microseconds reach) {
  forgotten_.emplace(reach);
  tips_.keep_of_a_call(most_legs_of_a_call);
}

void KnownLegs::forget_ended(std::int64_t committed, Instant now) {
  const std::vector<std::uint64_t> calls = tips_.forget_ended(committed);
  if (forgotten_) forgotten_->add(calls, now);
}

// Returns whether the log may have legs of the call that ended after `since` and are not in memory:
// they were dropped from it, or had ended before the log was opened.
bool KnownLegs::may_be_stored(const dialog::Observation& invite, Instant since) const {
  if (opened_ && since < *opened_) return true;
  const sip::Message& message = invite.message;
  return forgotten_->may_hold(
      Tips::key_of_call(invite.server, message.call_id, text_of(message.from.tag)));
}

bool KnownLegs::load(std::string_view server, std::string_view call_id, std::string_view tag,
                     std::optional<Instant> since) {
  if (recall_ == nullptr || tips_.has_all(server, call_id, tag)) return false;
  bool any = false;
  const auto limit = since ? std::optional{most_legs_of_a_call} : std::nullopt;
  for (dialog::Dialog& leg : recall_->legs(server, call_id, tag, since, limit)) {
    if (tips_.find(leg.number) != nullptr) continue;
    insert_stored(std::move(leg));
    any = true;
  }
  tips_.all_are_here(server, call_id, tag);
  return any;
}

Tip* KnownLegs::seen_by(Tip& tip, const dialog::Observation& seen) {
  const SeenMessage message{seen.key, seen.direction};
  if (has_seen(tip, message)) return &tip;
  // A message that is later than the INVITE of its leg cannot be an earlier leg's.
  if (dialog::is_initial_invite(seen) || seen.occurred_at > tip.state.invite.at) return nullptr;
  std::vector<Tip*> legs;
  const dialog::Dialog& leg = tip.state;
  tips_.find_legs(leg.server, leg.call_id, dialog::creating_tag(leg), legs);
  for (Tip* other : legs) {
    if (other != &tip && has_seen(*other, message)) return other;
  }
  return nullptr;
}

bool KnownLegs::has_seen(Tip& tip, const SeenMessage& message) {
  if (!tip.seen_loaded && recall_ != nullptr) {
    for (const SeenMessage& stored : recall_->messages_of(tip.state.number)) remember(tip, stored);
    tip.seen_loaded = true;
  }
  return std::ranges::binary_search(tip.seen, message, seen_order);
}

void KnownLegs::remember(Tip& tip, const SeenMessage& message) {
  const auto place = std::ranges::lower_bound(tip.seen, message, seen_order);
  if (place == tip.seen.end() || !(*place == message)) tip.seen.insert(place, message);
}

}  // namespace drachtio::record
