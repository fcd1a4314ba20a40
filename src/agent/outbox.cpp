#include "agent/outbox.hpp"

#include "agent/cell.hpp"

#include <utility>

namespace drachtio::agent {

std::uint64_t Outbox::noted(std::vector<std::shared_ptr<Cell>> cells) {
  for (const auto& cell : cells) ++cell->uncommitted;
  const std::lock_guard lock{mutex_};
  tickets_.emplace(++last_ticket_, std::move(cells));
  return last_ticket_;
}

void Outbox::settled(std::uint64_t ticket) {
  std::vector<std::shared_ptr<Cell>> cells;
  {
    const std::lock_guard lock{mutex_};
    const auto found = tickets_.find(ticket);
    if (found == tickets_.end()) return;
    cells = std::move(found->second);
    tickets_.erase(found);
  }
  for (const auto& cell : cells) --cell->uncommitted;
}

bool Outbox::is_settled(std::uint64_t ticket) {
  const std::lock_guard lock{mutex_};
  return tickets_.empty() || tickets_.begin()->first > ticket;
}

std::optional<std::uint64_t> Outbox::on_its_way() {
  const std::lock_guard lock{mutex_};
  return tickets_.empty() ? std::nullopt : std::optional{last_ticket_};
}

void Outbox::flush() {
  while (!waiting_.empty() && is_settled(waiting_.front().after)) {
    const Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    next.send();
  }
}

}  // namespace drachtio::agent
