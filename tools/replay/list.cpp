// dialog-replay list: call records.
#include "log/reader.hpp"
#include "projection/call_legs.hpp"
#include "projection/problems.hpp"
#include "replay/call_record.hpp"
#include "replay/commands.hpp"
#include "replay/dialog_json.hpp"
#include "replay/known_server.hpp"
#include "replay/list_columns.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

namespace drachtio::replay {

namespace {

std::string json_of(const std::vector<std::string>& words) {
  std::string json = "[";
  for (const std::string& word : words) {
    if (json.size() > 1) json += ',';
    text::append_json_string(json, word);
  }
  return json + ']';
}

class EventTypes {
 public:
  explicit EventTypes(log::Reader& reader)
      : statement_(reader.database(),
                   "SELECT type FROM event WHERE dialog = ? AND version <= ? ORDER BY version") {}

  std::vector<std::string> of(const dialog::Dialog& dialog) {
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

// Reads what is listed of each leg, beside the leg itself.
class Listing {
 public:
  Listing(log::Reader& reader, const ListOptions& options)
      : reader_(reader),
        records_(reader),
        legs_(reader),
        with_places_(options.columns.empty() || has(options.columns, "leg") ||
                     has(options.columns, "legs")) {
    if (options.selection.problems || has(options.columns, "problems")) {
      problems_.emplace(reader, projection::slow_setup(reader, options.selection));
    }
  }

  // Visits the legs that are selected.
  void each(const ListOptions& options, bool with_sdp,
            const std::function<void(const ListedLeg&)>& visit) {
    projection::Selection selection = options.selection;
    selection.with_sdp = with_sdp;
    std::vector<dialog::Dialog> page;
    const auto visit_page = [&] {
      if (with_places_) legs_.look_ahead(page);
      for (const dialog::Dialog& dialog : page) visit(listed(dialog));
      page.clear();
    };
    projection::each_dialog(reader_, selection, [&](dialog::Dialog& dialog) {
      page.push_back(std::move(dialog));
      if (page.size() == legs_a_page) visit_page();
    });
    visit_page();
  }

 private:
  static constexpr std::size_t legs_a_page = 500;

  ListedLeg listed(const dialog::Dialog& dialog) {
    std::vector<std::string> found;
    if (problems_) found = problems_->of(dialog);
    return {dialog, records_.of(dialog),
            with_places_ ? legs_.place_of(dialog) : projection::LegPlace{}, std::move(found)};
  }

  static bool has(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
  }

  log::Reader& reader_;
  CallRecords records_;
  projection::LegFinder legs_;
  bool with_places_;
  std::optional<projection::ProblemFinder> problems_;
};

void list_json(log::Reader& reader, const ListOptions& options) {
  EventTypes types{reader};
  Listing{reader, options}.each(options, true, [&](const ListedLeg& leg) {
    const dialog::Dialog& dialog = leg.dialog;
    put_json(dialog_json(dialog, types.of(dialog), [&](text::JsonObject& object) {
      object.string("disposition", std::string_view{leg.record.disposition});
      object.raw("q850_cause",
                 dialog.q850_cause ? std::to_string(*dialog.q850_cause) : std::string{"null"});
      object.number("leg", leg.place.leg);
      object.number("legs", leg.place.legs);
      if (options.selection.problems) object.raw("problems", json_of(leg.problems));
    }));
  });
}

void list_columns(log::Reader& reader, const ListOptions& options) {
  std::vector<std::string> names = options.columns;
  if (names.empty()) {
    names = usual_columns(options.format);
    // People look there first; the cause, which follows, says the same of some calls.
    if (options.selection.problems) names.insert(std::ranges::find(names, "status"), "problems");
  }
  const std::vector<ListColumn> columns = columns_named(names);
  const bool is_table = options.format == Format::table;
  const Zone zone = options.format == Format::json ? Zone::utc : options.zone;
  std::vector<Column> titles;
  titles.reserve(columns.size());
  for (const ListColumn& column : columns) {
    titles.push_back({std::string{is_table ? column.title : column.name}, column.right});
  }
  Sheet sheet{options.format, std::move(titles)};
  std::vector<Cell> cells;
  Listing{reader, options}.each(options, false, [&](const ListedLeg& leg) {
    cells.clear();
    for (const ListColumn& column : columns) {
      const bool is_otherwise = is_table && column.table_cell != nullptr;
      cells.push_back(is_otherwise ? column.table_cell(leg) : column.cell(leg, zone));
    }
    sheet.row(cells);
  });
}

}  // namespace

int list(const ListOptions& options) {
  log::Reader reader{options.db};
  const auto& server = options.selection.server;
  if (server && !knows_server(reader, *server)) return wrong_or_not_found;
  const auto& selection = options.selection;
  for (const auto* pattern : {&selection.caller, &selection.callee, &selection.number}) {
    // Throws before a title is printed.
    if (*pattern) projection::glob_of(reader.database(), **pattern);
  }
  if (options.format == Format::json && options.columns.empty()) {
    list_json(reader, options);
  } else {
    list_columns(reader, options);
  }
  return done;
}

}  // namespace drachtio::replay
