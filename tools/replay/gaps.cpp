// dialog-replay gaps: when the recorder was blind, per server. While none writes, that goes on for
// each server whose link the log leaves up: it was killed.
#include "log/reader.hpp"
#include "log/single_writer.hpp"
#include "replay/commands.hpp"
#include "replay/known_server.hpp"
#include "text/escape.hpp"
#include "text/timestamp.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

#include <cstdio>

namespace drachtio::replay {

namespace {

Cell text_cell(const SQLite::Column& column) {
  return column.isNull() ? Cell{} : Cell{column.getString()};
}

// The view has its times as texts in UTC.
Cell gap_time_cell(const GapsOptions& options, const SQLite::Column& column) {
  if (column.isNull() || options.format == Format::json) return text_cell(column);
  const std::optional<Instant> time = text::parse_instant(column.getString());
  return time ? time_cell(options.zone, time) : text_cell(column);
}

}  // namespace

int gaps(const GapsOptions& options) {
  log::Reader reader{options.db};
  if (options.server && !knows_server(reader, *options.server)) return wrong_or_not_found;
  // Asked before the log is read: a recorder that starts in between has its say in it.
  const std::optional<bool> written = log::is_being_written(options.db);
  if (!written) {
    fmt::print(stderr, "whether a recorder is writing cannot be told: its lock cannot be read\n");
  }
  const log::Head head = reader.head();
  SQLite::Statement statement{
      reader.database(),
      "SELECT server, began, ended, seconds, why, position FROM (SELECT * FROM coverage_gap "
      "UNION ALL SELECT server, ?2, NULL, NULL, "
      "'no recorder is writing since the log''s last event', ?3 FROM link_left_up "
      "WHERE ?2 IS NOT NULL) WHERE ?1 IS NULL OR server GLOB ?1 ORDER BY server, began, position"};
  if (options.server) statement.bind(1, projection::glob_of(reader.database(), *options.server));
  if (written == false) statement.bind(2, text::rfc3339(to_instant(head.recorded_at)));
  statement.bind(3, head.position);
  // Few among many events: read whole, so that a slow reader of our output holds nothing open.
  std::vector<std::vector<Cell>> rows;
  while (statement.executeStep()) {
    const SQLite::Column seconds = statement.getColumn(3);
    rows.push_back(
        {text_cell(statement.getColumn(0)), gap_time_cell(options, statement.getColumn(1)),
         gap_time_cell(options, statement.getColumn(2)),
         seconds.isNull() ? Cell{} : Cell{Seconds{seconds.getDouble()}},
         text_cell(statement.getColumn(4)), std::int64_t{statement.getColumn(5).getInt64()}});
  }
  statement.reset();
  if (rows.empty() && options.format == Format::table) {
    put(options.server ? "no gaps on " + text::escaped(*options.server) + '\n'
                       : std::string{"no gaps\n"});
    return done;
  }
  Sheet sheet{options.format,
              {{"server"}, {"began"}, {"ended"}, {"seconds", true}, {"why"}, {"position", true}}};
  for (const std::vector<Cell>& row : rows) sheet.row(row);
  return done;
}

}  // namespace drachtio::replay
