// Folds a whole log, event by event in order of position, into the dialogs' states, with only the
// open dialogs (and those that have just ended) in memory.
//
// A dialog leaves memory some time after it ended; an event that comes later still (a second BYE,
// the retry of a challenged INVITE) fetches it again.
#pragma once

#include "dialog/dialog.hpp"
#include "log/row.hpp"

#include <drachtio/event.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <unordered_map>

namespace drachtio::projection {

class LogFold {
 public:
  using Store = std::function<void(const dialog::Dialog&)>;
  using Fetch = std::function<std::optional<dialog::Dialog>(std::int64_t number)>;

  // `store` is given each dialog as it leaves memory, again where it had been fetched since;
  // `fetch` must give back what was stored last.
  LogFold(Store store, Fetch fetch) : store_(std::move(store)), fetch_(std::move(fetch)) {}

  // Rows of no dialog are passed over. Throws dialog::EventFormatError for a row that cannot be
  // read, or whose dialog was never opened.
  void add(const log::Row& row);

  // Stores all that is left. To be called once, last.
  void finish();

  [[nodiscard]] std::int64_t dialogs() const { return dialogs_; }

 private:
  struct Entry {
    dialog::Dialog state;
    bool leaving = false;  // in ended_
  };

  Entry& entry_of(const log::Row& row);
  void make_room();

  Store store_;
  Fetch fetch_;
  std::unordered_map<std::int64_t, Entry> entries_;
  std::deque<std::int64_t> ended_;
  std::int64_t dialogs_ = 0;
};

}  // namespace drachtio::projection
