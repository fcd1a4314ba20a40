// dialog-replay list: call records.
#include "log/reader.hpp"
#include "replay/commands.hpp"
#include "replay/dialog_json.hpp"
#include "replay/known_server.hpp"
#include "text/timestamp.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

namespace drachtio::replay {

namespace {

Cell cell(const std::optional<std::string>& text) { return text ? Cell{*text} : Cell{}; }

Cell cell(const std::optional<int>& number) {
  return number ? Cell{std::int64_t{*number}} : Cell{};
}

Cell cell(const std::optional<Cause>& cause) {
  return cause ? Cell{std::string{to_string(*cause)}} : Cell{};
}

Cell cell(const std::optional<Instant>& instant) {
  return instant ? Cell{text::rfc3339(*instant)} : Cell{};
}

// What the view call_record works out: one definition of it, for SQL and for here.
class WorkedOut {
 public:
  explicit WorkedOut(log::Reader& reader)
      : statement_(reader.database(),
                   "SELECT disposition, setup_seconds, talk_seconds FROM call_record "
                   "WHERE id = ?") {}

  void look_up(const DialogState& dialog) {
    disposition.clear();
    setup = talk = Cell{};
    statement_.reset();
    statement_.bind(1, dialog.number);
    if (statement_.executeStep()) {
      disposition = statement_.getColumn(0).getString();
      setup = seconds(1);
      talk = seconds(2);
    }
    statement_.reset();
  }

  std::string disposition;
  Cell setup;
  Cell talk;

 private:
  Cell seconds(int index) {
    const SQLite::Column column = statement_.getColumn(index);
    return column.isNull() ? Cell{} : Cell{Seconds{column.getDouble()}};
  }

  SQLite::Statement statement_;
};

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

void list_json(log::Reader& reader, const projection::Selection& selection) {
  EventTypes types{reader};
  WorkedOut worked_out{reader};
  projection::each_dialog(reader, selection, [&](const DialogState& dialog) {
    worked_out.look_up(dialog);
    put_json(dialog_json(dialog, types.of(dialog), [&](text::JsonObject& object) {
      object.string("disposition", std::string_view{worked_out.disposition});
      object.raw("q850_cause",
                 dialog.q850_cause ? std::to_string(*dialog.q850_cause) : std::string{"null"});
    }));
  });
}

void list_csv(log::Reader& reader, const projection::Selection& selection) {
  WorkedOut worked_out{reader};
  Sheet sheet{Format::csv, {{"server"},   {"call_id"},       {"dialog_id"},    {"role"},
                            {"state"},    {"disposition"},   {"caller"},       {"caller_name"},
                            {"callee"},   {"callee_name"},   {"start_time"},   {"connect_time"},
                            {"end_time"}, {"setup_seconds"}, {"talk_seconds"}, {"hold"},
                            {"status"},   {"cause"},         {"reason"},       {"q850_cause"}}};
  projection::each_dialog(reader, selection, [&](const DialogState& dialog) {
    worked_out.look_up(dialog);
    sheet.row({dialog.server,
               dialog.call_id,
               dialog.dialog_id,
               std::string{to_string(dialog.role)},
               std::string{to_string(dialog.state)},
               worked_out.disposition,
               cell(dialog.calling_party.user),
               cell(dialog.calling_party.display),
               cell(dialog.called_party.user),
               cell(dialog.called_party.display),
               cell(dialog.times.start_time),
               cell(dialog.times.connect_time),
               cell(dialog.times.end_time),
               worked_out.setup,
               worked_out.talk,
               std::string{to_string(dialog.hold())},
               cell(dialog.status),
               cell(dialog.cause),
               cell(dialog.reason),
               cell(dialog.q850_cause)});
  });
}

void list_table(log::Reader& reader, const projection::Selection& selection) {
  WorkedOut worked_out{reader};
  Sheet sheet{Format::table,
              {{"start"},
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
  projection::each_dialog(reader, selection, [&](const DialogState& dialog) {
    worked_out.look_up(dialog);
    sheet.row({cell(dialog.times.start_time), std::string{to_string(dialog.role)},
               cell(dialog.calling_party.user), cell(dialog.called_party.user),
               std::string{to_string(dialog.state)}, worked_out.disposition, worked_out.setup,
               worked_out.talk, cell(dialog.status), cell(dialog.cause), cell(dialog.q850_cause),
               dialog.server, dialog.call_id});
  });
}

}  // namespace

int list(const ListOptions& options) {
  log::Reader reader{options.db};
  const auto& server = options.selection.server;
  if (server && !knows_server(reader, *server)) return wrong_or_not_found;
  switch (options.format) {
    case Format::table: list_table(reader, options.selection); break;
    case Format::csv: list_csv(reader, options.selection); break;
    case Format::json: list_json(reader, options.selection); break;
  }
  return done;
}

}  // namespace drachtio::replay
