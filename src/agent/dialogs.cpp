#include "agent/dialogs.hpp"

#include "dialog/rules.hpp"

#include <algorithm>

namespace drachtio::agent {

std::shared_ptr<Cell> Dialogs::find(std::int64_t number) const {
  const auto found = cells_.find(number);
  return found == cells_.end() ? nullptr : found->second;
}

void Dialogs::add(const std::shared_ptr<Cell>& cell) {
  const std::lock_guard lock{mutex_};
  cells_[cell->number] = cell;
}

void Dialogs::ended(std::int64_t number) {
  ended_.push_back(number);
  if (ended_.size() <= ended_kept) return;
  const auto oldest = find(ended_.front());
  ended_.pop_front();
  if (!oldest || SipDialog{oldest}.state() != State::terminated) return;
  if (CellSignals* own = oldest->signals_if_any()) own->disconnect_all();
  oldest->invitation.open.reset();  // it holds the cell
  const std::lock_guard lock{mutex_};
  cells_.erase(oldest->number);
}

namespace {

bool is_open(const dialog::Dialog& state) {
  return state.state != State::terminated && dialog::is_own(state);
}

}  // namespace

SipDialog Dialogs::open(std::string_view dialog_id) const {
  const std::lock_guard lock{mutex_};
  SipDialog latest;
  std::int64_t latest_number = 0;
  for (const auto& [number, cell] : cells_) {
    if (number < latest_number) continue;
    const auto state = cell->snapshot();
    if (state->dialog_id != dialog_id || !is_open(*state)) continue;
    latest = SipDialog{cell};
    latest_number = number;
  }
  return latest;
}

std::vector<SipDialog> Dialogs::open() const {
  std::vector<SipDialog> open;
  const std::lock_guard lock{mutex_};
  for (const auto& [number, cell] : cells_) {
    if (is_open(*cell->snapshot())) open.emplace_back(cell);
  }
  std::ranges::sort(open, {}, [](const SipDialog& dialog) { return dialog.snapshot()->number; });
  return open;
}

}  // namespace drachtio::agent
