// This file keeps the dialogs that the agent knows, by their number in the log: all that are open,
// and the latest 1,024 that have ended, because something may still come of one (a BYE's answer, a
// retried INVITE). All of it but open() belongs to the agent's thread.
#pragma once

#include "agent/cell.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace drachtio::agent {

class Dialogs {
 public:
  static constexpr std::size_t ended_kept = 1024;

  using Cells = std::unordered_map<std::int64_t, std::shared_ptr<Cell>>;

  // Returns null for a dialog that is not known, or not any more.
  [[nodiscard]] std::shared_ptr<Cell> find(std::int64_t number) const;
  [[nodiscard]] const Cells& all() const { return cells_; }
  void add(const std::shared_ptr<Cell>& cell);
  // Notes that the dialog has ended, and forgets the dialog that ended 1,024 dialogs before it,
  // with its slots. A dialog that is open again by then stays: an INVITE is tried again after a
  // challenge.
  void ended(std::int64_t number);

  // Returns those of this program's calls that have not ended, in the order in which they began.
  // May be called from any thread.
  [[nodiscard]] std::vector<SipDialog> open() const;
  // Returns the latest of these that has this dialog id; an empty handle where none has. May be
  // called from any thread.
  [[nodiscard]] SipDialog open(std::string_view dialog_id) const;

 private:
  mutable std::mutex mutex_;  // guards cells_, which the agent's thread alone changes
  Cells cells_;
  std::deque<std::int64_t> ended_;
};

}  // namespace drachtio::agent
