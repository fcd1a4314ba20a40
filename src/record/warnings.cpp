#include "record/warnings.hpp"

namespace drachtio::record {

namespace {

constexpr std::size_t most_warnings = 100;

}  // namespace

void Warnings::hear(const Event& event) {
  const bool is_gap = event.type == EventType::gap;
  if (!is_gap && event.type != EventType::unreadable) return;
  if (warnings_.size() == most_warnings) return;
  warnings_.push_back((event.server.empty() ? "unknown" : event.server) +
                      (is_gap ? ": " : ": a message cannot be read: ") + event.detail + " (event " +
                      std::to_string(event.position) + ")");
}

}  // namespace drachtio::record
