#include "replay/find_call.hpp"

#include "projection/dialog_table.hpp"
#include "projection/selection.hpp"
#include "text/escape.hpp"

#include <SQLiteCpp/Database.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <set>

namespace drachtio::replay {

namespace {

constexpr std::size_t most_candidates = 20;
constexpr std::size_t most_told = 200;  // bytes of what was asked for and is not there

std::vector<dialog::Dialog> by_id(log::Reader& reader, const std::string& id) {
  const std::string call_id = id.substr(0, id.rfind(";from-tag="));
  std::vector<dialog::Dialog> dialogs;
  projection::DialogTable table{reader.database()};
  // A Call-ID may itself have ";from-tag=" in it.
  table.each_of_call(id, [&](dialog::Dialog&& dialog) { dialogs.push_back(std::move(dialog)); });
  if (call_id == id) return dialogs;
  table.each_of_call(call_id, [&](dialog::Dialog&& dialog) {
    if (dialog.dialog_id == id) dialogs.push_back(std::move(dialog));
  });
  std::ranges::sort(dialogs, {}, &dialog::Dialog::number);
  return dialogs;
}

struct Enough {};

}  // namespace

Found find_call(log::Reader& reader, const std::string& call) {
  Found found;
  found.dialogs = by_id(reader, call);
  if (!found.dialogs.empty()) return found;
  std::set<std::string> calls;
  projection::Selection selection;
  selection.part = call;
  try {
    projection::each_dialog(reader, selection, [&](const dialog::Dialog& dialog) {
      calls.insert(dialog.call_id);
      if (calls.size() > most_candidates) throw Enough{};
      found.dialogs.push_back(dialog);
    });
  } catch (const Enough&) {  // NOLINT(bugprone-empty-catch): more would not help to choose
  }
  found.ambiguous = calls.size() > 1;
  return found;
}

std::vector<dialog::Dialog> find_call_or_say(log::Reader& reader, const std::string& call,
                                             Zone zone) {
  Found found = find_call(reader, call);
  if (found.dialogs.empty()) {
    fmt::print(stderr, "no call has \"{}\" in its dialog id or Call-ID\n",
               text::escaped(call, most_told));
  }
  if (!found.ambiguous) return std::move(found.dialogs);
  fmt::print(stderr, "\"{}\" could be any of these; give more of it:\n",
             text::escaped(call, most_told));
  const auto shown = [](const std::optional<std::string>& user) {
    return user ? text::escaped(*user) : "-";
  };
  for (const dialog::Dialog& dialog : found.dialogs) {
    fmt::print(stderr, "  {}  {}  {} -> {}\n",
               dialog.times.start_time ? time_in(zone, *dialog.times.start_time) : "-",
               text::escaped(dialog.dialog_id), shown(dialog.calling_party.user),
               shown(dialog.called_party.user));
  }
  return {};
}

}  // namespace drachtio::replay
