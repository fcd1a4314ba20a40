// What is to go out waits here until all that was noted before it is on disk: a session's patch is
// durable before any frame that the program sends after it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace drachtio::agent {

struct Cell;

class Outbox {
 public:
  // --- from any thread
  // Something about these dialogs is on its way to the log; under that number it is told of.
  std::uint64_t noted(std::vector<std::shared_ptr<Cell>> cells);
  // It is on disk, or will never be.
  void settled(std::uint64_t ticket);

  // --- the agent's thread
  // Calls it at once where nothing noted is on its way, else in flush(); always in the order given.
  template <typename Send>
  void put(Send send) {
    const std::optional<std::uint64_t> after = on_its_way();
    if (waiting_.empty() && !after) return send();
    waiting_.push_back({after.value_or(0), std::move(send)});
  }
  void flush();

 private:
  struct Waiting {
    std::uint64_t after;  // this ticket, and all before it
    std::function<void()> send;
  };

  // The latest, while any is not settled.
  std::optional<std::uint64_t> on_its_way();
  bool is_settled(std::uint64_t ticket);

  std::mutex mutex_;  // guards tickets_ and last_ticket_
  std::map<std::uint64_t, std::vector<std::shared_ptr<Cell>>> tickets_;  // not on disk yet
  std::uint64_t last_ticket_ = 0;
  std::deque<Waiting> waiting_;
};

}  // namespace drachtio::agent
