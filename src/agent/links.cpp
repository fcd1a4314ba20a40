#include "agent/links.hpp"

#include <algorithm>

namespace drachtio::agent {

Link& Links::add(const std::string& server) {
  Link& link = links_[++last_link_];
  link.id = last_link_;
  link.server = server;
  reconnect(link);
  return link;
}

void Links::reconnect(Link& link) {
  link.connection = ++last_connection_;
  connections_.emplace(link.connection, link.id);
}

Link* Links::find(std::uint64_t id) {
  const auto found = links_.find(id);
  return found == links_.end() ? nullptr : &found->second;
}

Link* Links::of_connection(std::uint64_t connection) {
  const auto found = connections_.find(connection);
  return found == connections_.end() ? nullptr : find(found->second);
}

Link* Links::to(const std::string& server) {
  for (auto& [id, link] : links_) {
    if (link.up && !link.outbound && (server.empty() || link.server == server)) return &link;
  }
  return nullptr;
}

Link* Links::of(const Cell& cell) {
  Link* link = find(cell.link);
  if (link != nullptr && link->up) return link;
  const std::lock_guard lock{cell.mutex};
  return to(cell.state->server);
}

std::uint64_t Links::for_answer_to(const Incoming& incoming) {
  if (find(incoming.link) != nullptr) return incoming.link;
  const Link* link = to(incoming.source.server);
  return link == nullptr ? 0 : link->id;
}

bool Links::may_lead_to(const Cell& cell) {
  return find(cell.link) != nullptr || is_dialled(cell.snapshot()->server);
}

bool Links::is_dialled(const std::string& server) const {
  return std::ranges::any_of(
      links_, [&](const auto& one) { return !one.second.outbound && one.second.server == server; });
}

bool Links::is_told(const Link& link) const {
  return std::ranges::none_of(connections_, [&](const auto& one) {
    return one.second == link.id && one.first != link.connection;
  });
}

}  // namespace drachtio::agent
