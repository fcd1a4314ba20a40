// Staging holds the rows that are decided and not handed to the store yet, each chained to the one
// before it.
#pragma once

#include "log/row.hpp"
#include "record/conversation.hpp"

#include <drachtio/event.hpp>

#include <utility>
#include <vector>

namespace drachtio::record {

// Owned by one ledger; not thread-safe.
class Staging {
 public:
  // `head` is the last row in the log.
  explicit Staging(const log::Head& head) : head_(head) {}

  // Returns the last row that was added, or the one in the log where there is none.
  [[nodiscard]] const log::Head& head() const { return head_; }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }

  // Adds the event's row, with the evidence of the message that it was made of, or without any.
  void add(const Event& event, const Sighting* evidence);
  // Counts the event without a row, for a ledger that keeps nothing.
  void count(const Event& event) { head_ = {event.position, {}, to_integer(event.recorded_at)}; }

  [[nodiscard]] std::vector<log::Entry> take() { return std::exchange(rows_, {}); }
  // Puts back rows that were taken and could not be committed. No row may have been added since.
  void put_back(std::vector<log::Entry> rows) { rows_ = std::move(rows); }
  // Gives up the rows that were taken: the next row follows `head`.
  void give_up_taken(const log::Head& head) { head_ = head; }

 private:
  std::vector<log::Entry> rows_;
  log::Head head_;
  digest::Sha256 hasher_;
};

}  // namespace drachtio::record
