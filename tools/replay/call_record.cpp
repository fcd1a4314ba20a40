#include "replay/call_record.hpp"

#include <SQLiteCpp/Column.h>

namespace drachtio::replay {

CallRecords::CallRecords(log::Reader& reader)
    : statement_(reader.database(),
                 "SELECT disposition, setup_seconds, talk_seconds FROM call_record WHERE id = ?") {}

CallRecord CallRecords::of(const dialog::Dialog& dialog) {
  CallRecord record;
  statement_.reset();
  statement_.bind(1, dialog.number);
  if (statement_.executeStep()) {
    record.disposition = statement_.getColumn(0).getString();
    record.setup = seconds(1);
    record.talk = seconds(2);
  }
  statement_.reset();
  return record;
}

Cell CallRecords::seconds(int column) {
  const SQLite::Column value = statement_.getColumn(column);
  return value.isNull() ? Cell{} : Cell{Seconds{value.getDouble()}};
}

}  // namespace drachtio::replay
