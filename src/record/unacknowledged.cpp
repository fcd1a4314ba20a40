#include "record/unacknowledged.hpp"

#include "dialog/observe.hpp"
#include "dialog/rules.hpp"

#include <algorithm>

namespace drachtio::record {

void Unacknowledged::await(const Tip& leg) {
  if (!leg.connection || !dialog::is_up_without_ack(leg.state)) return;
  legs_[*leg.connection].insert(leg.state.number);
}

void Unacknowledged::changed(const Tip& leg) {
  if (!leg.connection || dialog::is_up_without_ack(leg.state)) return;
  const auto found = legs_.find(*leg.connection);
  if (found == legs_.end()) return;
  found->second.erase(leg.state.number);
  if (found->second.empty()) legs_.erase(found);
}

std::vector<Note> Unacknowledged::closed(Tips& tips, std::uint64_t connection) {
  std::vector<Note> settled;
  const auto waiting = legs_.extract(connection);
  if (!waiting) return settled;
  for (const std::int64_t number : waiting.mapped()) {
    const Tip* leg = tips.find(number);
    if (leg == nullptr || !dialog::is_up_without_ack(leg->state)) continue;
    settled.push_back({number, dialog::settled_without_ack(leg->state)});
  }
  std::ranges::sort(settled, {}, &Note::dialog);
  return settled;
}

std::vector<Note> Unacknowledged::closed(Tips& tips) {
  std::vector<Note> settled;
  while (!legs_.empty()) {
    for (Note& note : closed(tips, legs_.begin()->first)) settled.push_back(std::move(note));
  }
  return settled;
}

}  // namespace drachtio::record
