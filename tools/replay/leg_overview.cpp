#include "replay/leg_overview.hpp"

#include "projection/dialog_table.hpp"
#include "replay/call_record.hpp"
#include "text/escape.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

namespace drachtio::replay {

namespace {

// Where the far end of the leg is: of forks to one user, this tells which device it was.
Cell far_end(const dialog::Dialog& dialog) {
  const Endpoint& remote = dialog.remote;
  if (!remote.signaling_address) return {};
  if (!remote.signaling_port) return *remote.signaling_address;
  return fmt::format("{}:{}", *remote.signaling_address, *remote.signaling_port);
}

}  // namespace

std::vector<Call> calls_of(log::Reader& reader, std::span<const dialog::Dialog> dialogs) {
  std::map<std::int64_t, const dialog::Dialog*> asked_for;
  std::set<std::pair<std::string, std::string>> ids;
  for (const dialog::Dialog& dialog : dialogs) {
    asked_for.emplace(dialog.number, &dialog);
    ids.emplace(dialog.server, dialog.call_id);
  }
  projection::LegFinder finder{reader};
  std::vector<Call> calls;
  for (const auto& [server, call_id] : ids) {
    for (projection::CallLegs& legs : finder.calls(server, call_id)) {
      Call call;
      for (std::size_t i = 0; i < legs.size(); ++i) {
        const auto dialog = asked_for.find(legs[i]);
        if (dialog == asked_for.end()) continue;
        call.shown.push_back(
            {*dialog->second,
             {static_cast<std::int64_t>(i) + 1, static_cast<std::int64_t>(legs.size())}});
      }
      call.legs = std::move(legs);
      if (!call.shown.empty()) calls.push_back(std::move(call));
    }
  }
  return calls;
}

void print_overview(log::Reader& reader, const Call& call, Zone zone) {
  const dialog::Dialog& first = call.shown.front().dialog;
  put(fmt::format("{} legs of call {} on {}\n\n", call.legs.size(), text::escaped(first.call_id),
                  text::escaped(first.server)));
  CallRecords records{reader};
  projection::DialogTable table{reader.database()};
  Sheet sheet{Format::table,
              {{"leg", true},
               {"role"},
               {"start"},
               {"callee"},
               {"far end"},
               {"disposition"},
               {"talk s", true}}};
  std::int64_t leg = 0;
  for (const std::int64_t number : call.legs) {
    const std::optional<dialog::Dialog> dialog = table.find(number);
    if (!dialog) continue;
    const CallRecord record = records.of(*dialog);
    sheet.row({++leg, std::string{to_string(dialog->role)},
               time_cell(zone, dialog->times.start_time), cell_of(dialog->called_party.user),
               far_end(*dialog), record.disposition, record.talk});
  }
}

}  // namespace drachtio::replay
