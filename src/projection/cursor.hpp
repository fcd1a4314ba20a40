// A reader's place in the log that knows, at each event, the dialog as of that event.
//
// It reads committed rows only, a thousand at a time, each time in a transaction of its own. So
// the hand-over from history to what is being written can neither lose nor repeat an event: there
// is no hand-over, only reading on.
#pragma once

#include "dialog/dialog.hpp"
#include "log/reader.hpp"

#include <drachtio/event.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <unordered_map>

namespace drachtio::projection {

// Not thread-safe.
class Cursor {
 public:
  // Starts after position `after`: -1 is the beginning. Throws log::Error.
  Cursor(const std::filesystem::path& database, std::int64_t after);

  // `dialog` is the state with `event` applied; null for events of no dialog.
  using Visit = std::function<void(const Event& event, const dialog::Dialog* dialog)>;

  // Visits what is committed and not yet visited, at most `limit` events; returns how many it
  // were. Reads nothing where nothing was committed since. If `visit` throws, the event it threw
  // at counts as visited. Throws log::Error and dialog::EventFormatError.
  std::size_t read(const Visit& visit, std::size_t limit = 1000);

  // Of the last event visited.
  [[nodiscard]] std::int64_t position() const { return position_; }
  // The dialogs followed: the open ones that had an event since the start, and some just ended.
  [[nodiscard]] const std::unordered_map<std::int64_t, dialog::Dialog>& dialogs() const {
    return dialogs_;
  }

 private:
  dialog::Dialog& dialog_of(const Event& event);

  log::Reader reader_;
  std::int64_t position_;
  std::int64_t seen_version_ = -1;  // data_version when all was read
  std::unordered_map<std::int64_t, dialog::Dialog> dialogs_;
  std::deque<std::int64_t> ended_;
};

}  // namespace drachtio::projection
