// dialog-replay state: every dialog that was open at a moment of the past.
#include "log/reader.hpp"
#include "projection/time_travel.hpp"
#include "replay/commands.hpp"
#include "replay/dialog_json.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace drachtio::replay {

namespace {

// How long the call had lasted: to the moment asked for, or else to the last event counted in.
Cell age(const StateOptions& options, const dialog::Dialog& dialog) {
  if (!dialog.times.start_time) return {};
  const Instant end = options.at.value_or(dialog.last_heard);
  return Seconds{static_cast<double>((end - *dialog.times.start_time).count()) / 1e6};
}

std::vector<Cell> cells_of(const StateOptions& options, const dialog::Dialog& dialog) {
  const Times& times = dialog.times;
  return {time_cell(options.zone, times.start_time),
          std::string{to_string(dialog.state)},
          std::string{to_string(dialog.role)},
          cell_of(dialog.calling_party.user),
          cell_of(dialog.called_party.user),
          time_cell(options.zone, times.connect_time),
          age(options, dialog),
          std::string{to_string(dialog.hold())},
          dialog.server,
          dialog.call_id};
}

}  // namespace

int state(const StateOptions& options) {
  log::Reader reader{options.db};
  if (const std::int64_t head = reader.head().position; !options.at && options.position > head) {
    fmt::print(stderr, "the log has no position {}: it ends at {}\n", options.position, head);
    return wrong_or_not_found;
  }
  std::optional<Sheet> sheet;
  if (!options.json) {
    sheet.emplace(Format::table, std::vector<Column>{{"start"},
                                                     {"state"},
                                                     {"role"},
                                                     {"caller"},
                                                     {"callee"},
                                                     {"connect"},
                                                     {"age s", true},
                                                     {"hold"},
                                                     {"server"},
                                                     {"call id"}});
  }
  const auto visit = [&](const dialog::Dialog& dialog, std::span<const log::Row> events) {
    if (options.json) {
      put_json(dialog_json(dialog, types_of(events)));
    } else {
      sheet->row(cells_of(options, dialog));
    }
  };
  if (options.at) {
    projection::open_at(reader, *options.at, visit);
  } else {
    projection::open_at_position(reader, options.position, visit);
  }
  return done;
}

}  // namespace drachtio::replay
