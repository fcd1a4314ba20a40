#include "record/handed_on_legs.hpp"

#include "dialog/identity.hpp"
#include "dialog/observe.hpp"

namespace drachtio::record {

namespace {

constexpr std::chrono::seconds own_bye_within{5};

std::vector<Tip*> legs_of_call(Tips& tips, const DialogState& leg) {
  std::vector<Tip*> legs;
  tips.find_legs(leg.server, leg.call_id, dialog::creating_tag(leg), legs);
  return legs;
}

}  // namespace

void HandedOnLegs::ended(Tips& tips, const Tip& ended, Instant now) {
  for (const Tip* leg : legs_of_call(tips, ended.state)) {
    if (!dialog::ends_with(leg->state, ended.state)) continue;
    waiting_.push_back({leg->state.number, ended.state.number, *ended.state.times.end_time, now});
  }
}

void HandedOnLegs::opened(Tips& tips, const Tip& leg, Instant now) {
  for (const Tip* other : legs_of_call(tips, leg.state)) {
    if (!dialog::ends_with(leg.state, other->state)) continue;
    waiting_.push_back({leg.state.number, other->state.number, *other->state.times.end_time, now});
    return;
  }
}

void HandedOnLegs::end(Tips& tips, const Waiting& waiting, std::vector<Note>& ends) {
  const Tip* leg = tips.find(waiting.leg);
  const Tip* other = tips.find(waiting.other);
  if (leg == nullptr || other == nullptr) return;
  if (auto event = dialog::ends_with(leg->state, other->state)) {
    ends.push_back({waiting.leg, std::move(*event)});
  }
}

std::vector<Note> HandedOnLegs::due(Tips& tips, Instant server_time, Instant now) {
  std::vector<Note> ends;
  while (!waiting_.empty()) {
    const Waiting& first = waiting_.front();
    if (server_time - first.ended_at < own_bye_within && now - first.since < own_bye_within) break;
    end(tips, first, ends);
    waiting_.pop_front();
  }
  return ends;
}

std::vector<Note> HandedOnLegs::all(Tips& tips) {
  std::vector<Note> ends;
  for (const Waiting& waiting : waiting_) end(tips, waiting, ends);
  waiting_.clear();
  return ends;
}

}  // namespace drachtio::record
