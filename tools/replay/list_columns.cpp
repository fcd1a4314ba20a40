#include "replay/list_columns.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace drachtio::replay {

namespace {

// "2/3" for the second of a call's three legs; empty for a call's only one, as most are.
Cell leg_of_several(const ListedLeg& leg) {
  return leg.place.legs > 1 ? Cell{fmt::format("{}/{}", leg.place.leg, leg.place.legs)} : Cell{};
}

}  // namespace

const std::vector<ListColumn>& list_columns() {
  using Leg = const ListedLeg&;
  static const std::vector<ListColumn> columns{
      {"server", "server", false, [](Leg leg, Zone) -> Cell { return leg.dialog.server; }},
      {"call_id", "call id", false, [](Leg leg, Zone) -> Cell { return leg.dialog.call_id; }},
      {"dialog_id", "dialog", false, [](Leg leg, Zone) -> Cell { return leg.dialog.dialog_id; }},
      {"role", "role", false,
       [](Leg leg, Zone) -> Cell { return std::string{to_string(leg.dialog.role)}; }},
      {"state", "state", false,
       [](Leg leg, Zone) -> Cell { return std::string{to_string(leg.dialog.state)}; }},
      {"disposition", "disposition", false,
       [](Leg leg, Zone) -> Cell { return leg.record.disposition; }},
      {"caller", "caller", false,
       [](Leg leg, Zone) { return cell_of(leg.dialog.calling_party.user); }},
      {"caller_name", "caller name", false,
       [](Leg leg, Zone) { return cell_of(leg.dialog.calling_party.display); }},
      {"callee", "callee", false,
       [](Leg leg, Zone) { return cell_of(leg.dialog.called_party.user); }},
      {"callee_name", "callee name", false,
       [](Leg leg, Zone) { return cell_of(leg.dialog.called_party.display); }},
      {"start_time", "start", false,
       [](Leg leg, Zone zone) { return time_cell(zone, leg.dialog.times.start_time); }},
      {"connect_time", "connect", false,
       [](Leg leg, Zone zone) { return time_cell(zone, leg.dialog.times.connect_time); }},
      {"end_time", "end", false,
       [](Leg leg, Zone zone) { return time_cell(zone, leg.dialog.times.end_time); }},
      {"setup_seconds", "setup s", true, [](Leg leg, Zone) { return leg.record.setup; }},
      {"talk_seconds", "talk s", true, [](Leg leg, Zone) { return leg.record.talk; }},
      {"hold", "hold", false,
       [](Leg leg, Zone) -> Cell { return std::string{to_string(leg.dialog.hold())}; }},
      {"status", "status", true, [](Leg leg, Zone) { return cell_of(leg.dialog.status); }},
      {"cause", "cause", false,
       [](Leg leg, Zone) {
         return leg.dialog.cause ? Cell{std::string{to_string(*leg.dialog.cause)}} : Cell{};
       }},
      {"reason", "reason", false, [](Leg leg, Zone) { return cell_of(leg.dialog.reason); }},
      {"q850_cause", "q850", true, [](Leg leg, Zone) { return cell_of(leg.dialog.q850_cause); }},
      {"leg", "leg", false, [](Leg leg, Zone) -> Cell { return leg.place.leg; }, leg_of_several},
      {"legs", "legs", true, [](Leg leg, Zone) -> Cell { return leg.place.legs; }},
      {"problems", "problems", false,
       [](Leg leg, Zone) -> Cell { return fmt::format("{}", fmt::join(leg.problems, " ")); }},
  };
  return columns;
}

std::vector<std::string> usual_columns(Format format) {
  if (format == Format::table) {
    return {"start_time", "leg",         "role",          "caller",       "callee",
            "state",      "disposition", "setup_seconds", "talk_seconds", "status",
            "cause",      "q850_cause",  "server",        "call_id"};
  }
  std::vector<std::string> names;
  for (const ListColumn& column : list_columns()) {
    if (column.name != "problems") names.emplace_back(column.name);
  }
  return names;
}

std::vector<ListColumn> columns_named(const std::vector<std::string>& names) {
  std::vector<ListColumn> columns;
  for (const std::string& name : names) {
    const auto found = std::ranges::find(list_columns(), name, &ListColumn::name);
    if (found != list_columns().end()) columns.push_back(*found);
  }
  return columns;
}

}  // namespace drachtio::replay
