#include "record/backlog.hpp"

#include <algorithm>
#include <utility>

namespace drachtio::record {

namespace {

std::size_t size_of(const Item& item) {
  if (const auto* frame = std::get_if<Frame>(&item))
    return frame->payload.bytes().size() + sizeof(Frame);
  if (const auto* notes = std::get_if<Notes>(&item)) {
    std::size_t bytes = sizeof(Notes);
    for (const Note& note : notes->notes) bytes += sizeof(Note) + note.event.patch.size();
    return bytes;
  }
  return sizeof(Closed);
}

}  // namespace

void Backlog::add(Item item) {
  bytes_ += size_of(item);
  items_.push_back(std::move(item));
  while (bytes_ + in_flight_bytes_ > most_bytes_) {
    const auto oldest = std::ranges::find_if(
        items_, [](const Item& waiting) { return std::holds_alternative<Frame>(waiting); });
    if (oldest == items_.end()) break;
    const Frame& frame = std::get<Frame>(*oldest);
    Overflow& overflow = overflow_[frame.server];
    if (overflow.frames++ == 0) overflow.since = frame.read_at;
    ++given_up_;
    bytes_ -= size_of(*oldest);
    items_.erase(oldest);
  }
}

std::size_t Backlog::take(std::deque<Item>& batch, Room& room, std::size_t most) {
  std::size_t taken = 0;
  for (; !items_.empty() && most > 0 && room.is_left(); --most) {
    Item& item = items_.front();
    const std::size_t bytes = size_of(item);
    taken += bytes;
    --room.items;
    room.bytes -= std::min(room.bytes, bytes);
    batch.push_back(std::move(item));
    items_.pop_front();
  }
  bytes_ -= taken;
  in_flight_bytes_ += taken;
  return taken;
}

void Backlog::clear() {
  items_.clear();
  bytes_ = 0;
}

std::map<std::string, Backlog::Overflow> Backlog::take_overflow() {
  return std::exchange(overflow_, {});
}

}  // namespace drachtio::record
