#include "projection/log_fold.hpp"

#include "dialog/apply.hpp"
#include "dialog/event_json.hpp"
#include "projection/fold.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace drachtio::projection {

namespace {

// Most of what follows the end of a call (the 200 to its BYE) follows within this many calls.
constexpr std::size_t most_ended = 1024;

}  // namespace

LogFold::Entry& LogFold::entry_of(const log::Row& row) {
  const std::int64_t number = *row.dialog;
  if (const auto known = entries_.find(number); known != entries_.end()) return known->second;
  if (row.position == number) {
    ++dialogs_;
    return entries_[number];
  }
  std::optional<dialog::Dialog> stored = fetch_(number);
  if (!stored) {
    throw dialog::EventFormatError{"event at position " + std::to_string(row.position) +
                                   ": no event opened its dialog, " + std::to_string(number)};
  }
  Entry& entry = entries_[number];
  entry.state = std::move(*stored);
  return entry;
}

void LogFold::add(const log::Row& row) {
  if (!row.dialog) return;
  const Event event = to_event(row);
  Entry& entry = entry_of(row);
  dialog::apply(entry.state, event);
  if (entry.state.state == State::terminated && !entry.leaving) {
    entry.leaving = true;
    ended_.push_back(*row.dialog);
    make_room();
  }
}

void LogFold::make_room() {
  while (ended_.size() > most_ended) {
    const auto oldest = entries_.find(ended_.front());
    ended_.pop_front();
    oldest->second.leaving = false;
    if (oldest->second.state.state != State::terminated) continue;  // reopened meanwhile
    store_(oldest->second.state);
    entries_.erase(oldest);
  }
}

void LogFold::finish() {
  // By number, as they would be in the table: neighbours on neighbouring pages.
  std::vector<std::int64_t> numbers;
  numbers.reserve(entries_.size());
  for (const auto& [number, entry] : entries_) numbers.push_back(number);
  std::ranges::sort(numbers);
  for (const std::int64_t number : numbers) store_(entries_.at(number).state);
  entries_.clear();
  ended_.clear();
}

}  // namespace drachtio::projection
