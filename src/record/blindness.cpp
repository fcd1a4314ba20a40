#include "record/blindness.hpp"

namespace drachtio::record {

void Blindness::hear(const Event& event) {
  switch (event.type) {
    case EventType::link_down:
    case EventType::link_refused: {
      const auto known = latest_.find(event.server);
      if (known != latest_.end() && !known->second.ended) return;
      latest_[event.server] = {event.since.value_or(event.occurred_at), {}};
      return;
    }
    case EventType::link_up: {
      const auto known = latest_.find(event.server);
      if (known != latest_.end() && !known->second.ended) known->second.ended = event.occurred_at;
      return;
    }
    case EventType::gap:
      latest_[event.server] = {event.since.value_or(event.occurred_at), event.occurred_at};
      return;
    default: return;
  }
}

std::optional<Instant> Blindness::since(const std::string& server, Instant instant) const {
  const auto known = latest_.find(server);
  if (known == latest_.end()) return std::nullopt;
  const Span& span = known->second;
  if (span.ended && *span.ended < instant) return std::nullopt;
  return span.began;
}

}  // namespace drachtio::record
