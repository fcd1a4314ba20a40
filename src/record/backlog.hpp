// A Backlog is what a writer has been given and has not walked yet, in order. It is bounded: when
// the disk is slower than the network, the oldest frames are given up, and it keeps count of them.
#pragma once

#include "record/frame.hpp"
#include "record/ledger.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace drachtio::record {

// A connection has closed.
struct Closed {
  std::uint64_t connection;
};

// Events that are no messages, which go into one transaction.
struct Notes {
  std::vector<Note> notes;
  std::optional<std::uint64_t> ticket;
};

using Item = std::variant<Frame, Closed, Notes>;

// A Room says how much of a batch is still free.
struct Room {
  std::size_t items = 0;
  std::size_t bytes = 0;  // what is taken last may exceed it
  [[nodiscard]] bool is_left() const { return items > 0 && bytes > 0; }
};

// Not thread-safe.
class Backlog {
 public:
  // Frames of one server that were given up, and when the first of them was read.
  struct Overflow {
    std::uint64_t frames = 0;
    Instant since;
  };

  // `most_bytes` bounds what is here and what was taken and is not written yet.
  explicit Backlog(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  // Adds the item; then gives up the oldest frames until the bound is kept, since the newest tell
  // most about the calls that are still up.
  void add(Item item);

  // Moves items to the end of `batch`, the oldest first: at most `most`, and as long as there is
  // room, which it takes. Returns their bytes, which written() is to be told of in the end.
  std::size_t take(std::deque<Item>& batch, Room& room, std::size_t most);
  void written(std::size_t bytes) { in_flight_bytes_ -= bytes; }

  void clear();

  // Returns what was given up since the last call, by server.
  std::map<std::string, Overflow> take_overflow();
  [[nodiscard]] bool has_overflow() const { return !overflow_.empty(); }

  [[nodiscard]] std::size_t size() const { return items_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t given_up() const { return given_up_; }  // frames, ever

 private:
  std::size_t most_bytes_;
  std::deque<Item> items_;
  std::size_t bytes_ = 0;            // of the items
  std::size_t in_flight_bytes_ = 0;  // taken, not written yet
  std::map<std::string, Overflow> overflow_;
  std::uint64_t given_up_ = 0;
};

}  // namespace drachtio::record
