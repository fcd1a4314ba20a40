#include "projection/fold.hpp"

#include "dialog/apply.hpp"
#include "dialog/event_json.hpp"
#include "dialog/names.hpp"

namespace drachtio::projection {

namespace {

static_assert(dialog::event_format == log::newest_format &&
              dialog::oldest_event_format == log::oldest_format);

[[noreturn]] void fault(const log::Row& row, const std::string& what) {
  throw dialog::EventFormatError{"event at position " + std::to_string(row.position) + ": " + what};
}

}  // namespace

Event to_event(const log::Row& row) {
  if (row.format > dialog::event_format) {
    fault(row, "format " + std::to_string(row.format) + " is newer than this program");
  }
  if (row.format < dialog::oldest_event_format && row.type != "genesis") {
    fault(row, "there is no format " + std::to_string(row.format));
  }
  const auto type = dialog::parse_event_type(row.type);
  if (!type) fault(row, "unknown type \"" + row.type + "\"");
  Event event;
  event.type = *type;
  event.occurred_at = to_instant(row.occurred_at);
  event.position = row.position;
  event.dialog = row.dialog.value_or(0);
  event.version = row.version.value_or(0);
  event.recorded_at = to_instant(row.recorded_at);
  try {
    dialog::from_json(row.data, event);
  } catch (const dialog::EventFormatError& error) {
    fault(row, error.what());
  }
  // In format 1 each answer known from a call record made the dialog stable.
  if (row.format == 1 && event.type == EventType::answered) event.settled = event.from_call_record;
  return event;
}

log::Row to_row(const Event& event) {
  log::Row row;
  row.position = event.position;
  if (event.dialog != 0) {
    row.dialog = event.dialog;
    row.version = event.version;
  }
  row.type = to_string(event.type);
  row.occurred_at = to_integer(event.occurred_at);
  row.recorded_at = to_integer(event.recorded_at);
  row.data = dialog::to_json(event);
  row.format = dialog::event_format;
  return row;
}

dialog::Dialog fold(std::span<const log::Row> rows) {
  dialog::Dialog state;
  for (const log::Row& row : rows) dialog::apply(state, to_event(row));
  return state;
}

}  // namespace drachtio::projection
