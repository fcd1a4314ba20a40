// What the log says of dialogs that are not in memory, read over a connection of its own: the one
// that writes may be busy.
#pragma once

#include "dialog/dialog.hpp"
#include "log/reader.hpp"
#include "projection/dialog_table.hpp"
#include "record/tips.hpp"

#include <SQLiteCpp/Statement.h>

#include <optional>
#include <string>
#include <vector>

namespace drachtio::record {

// Not thread-safe. All of it throws log::Error.
class Recall {
 public:
  explicit Recall(const std::filesystem::path& log);

  void each_open(const projection::DialogTable::Visit& visit);
  // The legs of a call that were created with that tag, in the order they began: see DialogTable.
  [[nodiscard]] std::vector<dialog::Dialog> legs(std::string_view server, std::string_view call_id,
                                                 std::string_view creating_tag,
                                                 std::optional<Instant> since,
                                                 std::optional<std::size_t> limit);
  // Returns when an event was recorded, by our clock.
  [[nodiscard]] Instant recorded_at(std::int64_t position);
  // The messages a dialog's events are of.
  [[nodiscard]] std::vector<SeenMessage> messages_of(std::int64_t dialog);
  // Returns the latest events that tell when the recorder was blind, in the order they were logged.
  [[nodiscard]] std::vector<Event> latest_blindness();
  // Servers whose link was up when the log was last written.
  [[nodiscard]] std::vector<std::string> servers_left_up();

 private:
  template <typename Read>
  auto reading(const char* what, Read read);

  log::Reader reader_;
  projection::DialogTable dialogs_;
  SQLite::Statement recorded_at_;
};

}  // namespace drachtio::record
