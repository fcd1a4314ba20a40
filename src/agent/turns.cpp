// When calls are asked about: a few at a time, and those that nobody has answered when the server
// has forgotten them.
#include "agent/core.hpp"

namespace drachtio::agent {

using call::Recovery;

namespace {

constexpr std::chrono::milliseconds look_interval{1000};  // for what the server has forgotten

}  // namespace

void Core::next_turn() {
  if (std::exchange(giving_turns_, true)) return;  // a turn may be over at once
  while (in_turn_ < std::max(1, options_.probes_at_once) && !await_turn_.empty()) {
    const auto cell = await_turn_.front().lock();
    await_turn_.pop_front();
    if (!cell) continue;
    ++in_turn_;
    on(cell, Recovery::Turn{});
  }
  giving_turns_ = false;
}

// Calls that were answered at once are not kept until the server would have forgotten them.
void Core::await_forgotten(const Cell& cell) {
  invited_.push_back({std::chrono::steady_clock::now() + options_.forgotten_after, cell.number,
                      cell.state->invite.transaction_id});
  if (std::exchange(looking_, true)) return;
  after(std::min(look_interval, options_.forgotten_after), [this] { look_for_forgotten(); });
}

void Core::look_for_forgotten() {
  looking_ = false;
  std::erase_if(incoming_, [](const auto& one) { return one.second.expired(); });
  std::erase_if(invited_, [this](const Invited& one) {
    const auto cell = dialogs_.find(one.dialog);
    return !cell || Recovery::is_settled(*cell->snapshot(), one.transaction_id);
  });
  std::vector<Invited> forgotten;
  const auto now = std::chrono::steady_clock::now();
  for (; !invited_.empty() && invited_.front().forgotten_at <= now; invited_.pop_front()) {
    forgotten.push_back(std::move(invited_.front()));
  }
  for (const Invited& one : forgotten) {
    const auto cell = dialogs_.find(one.dialog);
    if (!cell) continue;
    const Recovery::Reach reach = links_.of(*cell) != nullptr ? Recovery::Reach::linked
                                  : links_.may_lead_to(*cell) ? Recovery::Reach::awaited
                                                              : Recovery::Reach::cut_off;
    on(cell, Recovery::Forgotten{one.transaction_id, reach});
  }
  if (invited_.empty() || std::exchange(looking_, true)) return;
  after(std::min(look_interval, options_.forgotten_after), [this] { look_for_forgotten(); });
}

}  // namespace drachtio::agent
