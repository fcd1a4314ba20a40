// dialog-replay list: call records.
#include "log/reader.hpp"
#include "projection/call_legs.hpp"
#include "replay/call_record.hpp"
#include "replay/commands.hpp"
#include "replay/dialog_json.hpp"
#include "replay/known_server.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

namespace drachtio::replay {

namespace {

Cell cause_cell(const DialogState& dialog) {
  return dialog.cause ? Cell{std::string{to_string(*dialog.cause)}} : Cell{};
}

// "2/3" for the second of a call's three legs; empty for a call's only one, as most are.
Cell leg_cell(const projection::LegPlace& place) {
  return place.legs > 1 ? Cell{fmt::format("{}/{}", place.leg, place.legs)} : Cell{};
}

class EventTypes {
 public:
  explicit EventTypes(log::Reader& reader)
      : statement_(reader.database(),
                   "SELECT type FROM event WHERE dialog = ? AND version <= ? ORDER BY version") {}

  std::vector<std::string> of(const DialogState& dialog) {
    statement_.reset();
    statement_.bind(1, dialog.number);
    statement_.bind(2, dialog.version);
    std::vector<std::string> types;
    while (statement_.executeStep()) types.push_back(statement_.getColumn(0).getString());
    statement_.reset();
    return types;
  }

 private:
  SQLite::Statement statement_;
};

void list_json(log::Reader& reader, projection::Selection selection) {
  selection.with_sdp = true;
  EventTypes types{reader};
  CallRecords records{reader};
  projection::LegFinder legs{reader};
  projection::each_dialog(reader, selection, [&](const DialogState& dialog) {
    const CallRecord record = records.of(dialog);
    const projection::LegPlace place = legs.place_of(dialog);
    put_json(dialog_json(dialog, types.of(dialog), [&](text::JsonObject& object) {
      object.string("disposition", std::string_view{record.disposition});
      object.raw("q850_cause",
                 dialog.q850_cause ? std::to_string(*dialog.q850_cause) : std::string{"null"});
      object.number("leg", place.leg);
      object.number("legs", place.legs);
    }));
  });
}

void list_csv(log::Reader& reader, const projection::Selection& selection) {
  CallRecords records{reader};
  projection::LegFinder legs{reader};
  Sheet sheet{Format::csv, {{"server"},   {"call_id"},       {"dialog_id"},    {"role"},
                            {"state"},    {"disposition"},   {"caller"},       {"caller_name"},
                            {"callee"},   {"callee_name"},   {"start_time"},   {"connect_time"},
                            {"end_time"}, {"setup_seconds"}, {"talk_seconds"}, {"hold"},
                            {"status"},   {"cause"},         {"reason"},       {"q850_cause"},
                            {"leg"},      {"legs"}}};
  projection::each_dialog(reader, selection, [&](const DialogState& dialog) {
    const CallRecord record = records.of(dialog);
    const projection::LegPlace place = legs.place_of(dialog);
    sheet.row({dialog.server,
               dialog.call_id,
               dialog.dialog_id,
               std::string{to_string(dialog.role)},
               std::string{to_string(dialog.state)},
               record.disposition,
               cell_of(dialog.calling_party.user),
               cell_of(dialog.calling_party.display),
               cell_of(dialog.called_party.user),
               cell_of(dialog.called_party.display),
               time_cell(Zone::utc, dialog.times.start_time),
               time_cell(Zone::utc, dialog.times.connect_time),
               time_cell(Zone::utc, dialog.times.end_time),
               record.setup,
               record.talk,
               std::string{to_string(dialog.hold())},
               cell_of(dialog.status),
               cause_cell(dialog),
               cell_of(dialog.reason),
               cell_of(dialog.q850_cause),
               place.leg,
               place.legs});
  });
}

void list_table(log::Reader& reader, const ListOptions& options) {
  CallRecords records{reader};
  projection::LegFinder legs{reader};
  Sheet sheet{Format::table,
              {{"start"},
               {"leg"},
               {"role"},
               {"caller"},
               {"callee"},
               {"state"},
               {"disposition"},
               {"setup s", true},
               {"talk s", true},
               {"status", true},
               {"cause"},
               {"q850", true},
               {"server"},
               {"call id"}}};
  projection::each_dialog(reader, options.selection, [&](const DialogState& dialog) {
    const CallRecord record = records.of(dialog);
    const projection::LegPlace place = legs.place_of(dialog);
    sheet.row({time_cell(options.zone, dialog.times.start_time), leg_cell(place),
               std::string{to_string(dialog.role)}, cell_of(dialog.calling_party.user),
               cell_of(dialog.called_party.user), std::string{to_string(dialog.state)},
               record.disposition, record.setup, record.talk, cell_of(dialog.status),
               cause_cell(dialog), cell_of(dialog.q850_cause), dialog.server, dialog.call_id});
  });
}

}  // namespace

int list(const ListOptions& options) {
  log::Reader reader{options.db};
  const auto& server = options.selection.server;
  if (server && !knows_server(reader, *server)) return wrong_or_not_found;
  for (const auto* user : {&options.selection.caller, &options.selection.callee}) {
    if (*user) projection::glob_of(reader.database(), **user);  // throws before a title is printed
  }
  switch (options.format) {
    case Format::table: list_table(reader, options); break;
    case Format::csv: list_csv(reader, options.selection); break;
    case Format::json: list_json(reader, options.selection); break;
  }
  return done;
}

}  // namespace drachtio::replay
