#include "replay/call_ladder.hpp"

#include "projection/fold.hpp"
#include "text/timestamp.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

#include <set>

namespace drachtio::replay {

namespace {

report::Leg leg_of(log::Reader& reader, std::int64_t number) {
  report::Leg leg;
  for (const log::Row& row : reader.of_dialog(number)) {
    report::Leg::Entry& entry = leg.entries.emplace_back();
    entry.event = projection::to_event(row);
    if (row.evidence_hash) entry.evidence = reader.evidence(row.position);
    entry.proof = report::RungProof{row.hash, row.evidence_hash};
  }
  return leg;
}

std::string time_of(const SQLite::Column& column, Zone zone) {
  const auto time = text::parse_instant(column.getString());
  return time ? time_in(zone, *time) : column.getString();
}

std::vector<report::BlindTime> blind_times(log::Reader& reader, const std::string& server,
                                           std::int64_t after, Zone zone) {
  SQLite::Statement statement{
      reader.database(),
      "SELECT began, ended, seconds, why, position FROM coverage_gap WHERE server = ? AND "
      "position > ? ORDER BY position"};
  statement.bind(1, server);
  statement.bind(2, after);
  std::vector<report::BlindTime> times;
  while (statement.executeStep()) {
    const std::string began = time_of(statement.getColumn(0), zone);
    const std::string span =
        statement.getColumn(1).isNull()
            ? fmt::format("since {}", began)
            : fmt::format("{} to {} ({:.3f} s)", began, time_of(statement.getColumn(1), zone),
                          statement.getColumn(2).getDouble());
    times.push_back({server, statement.getColumn(4).getInt64(),
                     fmt::format("{}: {}", span, statement.getColumn(3).getString())});
  }
  return times;
}

}  // namespace

report::Ladder ladder_of(log::Reader& reader, const std::vector<RelatedLeg>& legs, Zone zone) {
  std::vector<report::Leg> entries;
  std::map<std::string, std::int64_t> servers;  // and the first position of a leg of theirs
  for (const RelatedLeg& leg : legs) {
    report::Leg& read = entries.emplace_back(leg_of(reader, leg.number));
    read.relation = leg.why;
    if (read.entries.empty()) {
      entries.pop_back();
      continue;
    }
    if (const auto& opening = read.entries.front().event.opening) {
      const auto [known, is_new] = servers.emplace(opening->server, leg.number);
      if (!is_new) known->second = std::min(known->second, leg.number);
    }
  }
  std::vector<report::BlindTime> blind;
  for (const auto& [server, first] : servers) {
    for (report::BlindTime& time : blind_times(reader, server, first, zone)) {
      blind.push_back(std::move(time));
    }
  }
  return report::make_ladder(std::move(entries), blind);
}

}  // namespace drachtio::replay
