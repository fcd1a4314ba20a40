#include "record/handed_on_legs.hpp"

#include "dialog/identity.hpp"
#include "dialog/observe.hpp"

#include <algorithm>

namespace drachtio::record {

namespace {

constexpr std::chrono::seconds own_bye_within{5};

std::vector<Tip*> legs_of_call(Tips& tips, const dialog::Dialog& leg) {
  std::vector<Tip*> legs;
  tips.find_legs(leg.server, leg.call_id, dialog::creating_tag(leg), legs);
  return legs;
}

}  // namespace

void HandedOnLegs::ended(Tips& tips, const Tip& ended, Instant now) {
  for (const Tip* leg : legs_of_call(tips, ended.state)) {
    const auto end = dialog::ends_with(leg->state, ended.state);
    if (!end) continue;
    waiting_.push_back({leg->state.number, ended.state.number, end->occurred_at, now});
  }
}

void HandedOnLegs::opened(Tips& tips, const Tip& leg, Instant now) {
  for (const Tip* other : legs_of_call(tips, leg.state)) {
    const auto end = dialog::ends_with(leg.state, other->state);
    if (!end) continue;
    waiting_.push_back({leg.state.number, other->state.number, end->occurred_at, now});
    return;
  }
}

std::optional<Note> HandedOnLegs::end_of(Tips& tips, const Waiting& waiting) {
  const Tip* leg = tips.find(waiting.leg);
  const Tip* other = tips.find(waiting.other);
  if (leg == nullptr || other == nullptr) return std::nullopt;
  auto event = dialog::ends_with(leg->state, other->state);
  if (!event) return std::nullopt;
  return Note{waiting.leg, std::move(*event)};
}

std::optional<Note> HandedOnLegs::next_due(Tips& tips, Instant server_time, Instant now) {
  while (!waiting_.empty()) {
    const Waiting first = waiting_.front();
    if (server_time - first.ended_at < own_bye_within && now - first.since < own_bye_within) break;
    waiting_.pop_front();
    if (auto end = end_of(tips, first)) return end;
  }
  return std::nullopt;
}

std::optional<Note> HandedOnLegs::next_of(Tips& tips, std::span<Tip* const> legs, Instant at) {
  for (const Waiting& one : waiting_) {
    const auto is_it = [&](const Tip* leg) { return leg->state.number == one.leg; };
    if (one.ended_at >= at || std::ranges::none_of(legs, is_it)) continue;
    if (auto end = end_of(tips, one)) return end;
  }
  return std::nullopt;
}

std::optional<Note> HandedOnLegs::next(Tips& tips) {
  while (!waiting_.empty()) {
    const Waiting first = waiting_.front();
    waiting_.pop_front();
    if (auto end = end_of(tips, first)) return end;
  }
  return std::nullopt;
}

}  // namespace drachtio::record
