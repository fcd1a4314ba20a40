#include "replay/call_ladder.hpp"

#include "projection/fold.hpp"
#include "text/timestamp.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

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

std::vector<report::Leg> read_legs(log::Reader& reader, const std::vector<RelatedLeg>& legs) {
  std::vector<report::Leg> read;
  for (const RelatedLeg& leg : legs) {
    report::Leg one = leg_of(reader, leg.number);
    if (one.entries.empty()) continue;
    one.relation = leg.why;
    read.push_back(std::move(one));
  }
  return read;
}

report::Ladder ladder_of(log::Reader& reader, std::vector<report::Leg> legs, Zone zone) {
  std::map<std::string, std::int64_t> servers;  // and the first position of a leg of theirs
  for (const report::Leg& leg : legs) {
    const Event& first = leg.entries.front().event;
    if (!first.opening) continue;
    const auto [known, is_new] = servers.emplace(first.opening->server, first.position);
    if (!is_new) known->second = std::min(known->second, first.position);
  }
  std::vector<report::BlindTime> blind;
  for (const auto& [server, first] : servers) {
    for (report::BlindTime& time : blind_times(reader, server, first, zone)) {
      blind.push_back(std::move(time));
    }
  }
  return report::make_ladder(std::move(legs), blind);
}

}  // namespace drachtio::replay
