// A TimeOrder puts the packets of calls that overlap in the order of their times.
#pragma once

#include "report/packet.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

namespace drachtio::replay {

// Calls come in order of their start, to which none of their packets is earlier. A packet is held
// until a call has begun after it, so no more is kept than what overlaps.
class TimeOrder {
 public:
  explicit TimeOrder(std::function<void(const report::Packet&)> take) : take_(std::move(take)) {}

  void add(std::vector<report::Packet> packets) {
    if (!packets.empty()) release(std::ranges::min(packets, {}, &report::Packet::at).at);
    for (report::Packet& packet : packets) held_.push({count_++, std::move(packet)});
  }

  void finish() { release(Instant::max()); }

 private:
  struct Held {
    std::uint64_t order = 0;  // in which they came
    report::Packet packet;
  };
  struct Later {
    bool operator()(const Held& one, const Held& other) const {
      return one.packet.at != other.packet.at ? one.packet.at > other.packet.at
                                              : one.order > other.order;
    }
  };

  void release(Instant until) {
    while (!held_.empty() && held_.top().packet.at < until) {
      take_(held_.top().packet);
      held_.pop();
    }
  }

  std::function<void(const report::Packet&)> take_;
  std::priority_queue<Held, std::vector<Held>, Later> held_;
  std::uint64_t count_ = 0;
};

}  // namespace drachtio::replay
