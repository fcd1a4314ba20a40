#include "replay/find_call.hpp"

#include "projection/dialog_table.hpp"
#include "projection/selection.hpp"

#include <SQLiteCpp/Database.h>

#include <set>

namespace drachtio::replay {

namespace {

constexpr std::size_t most_candidates = 20;

std::vector<DialogState> by_id(log::Reader& reader, const std::string& id) {
  const std::string call_id = id.substr(0, id.rfind(";from-tag="));
  std::vector<DialogState> dialogs;
  projection::DialogTable table{reader.database()};
  table.each("call_key IN (" + std::to_string(projection::call_key(id)) + ", " +
                 std::to_string(projection::call_key(call_id)) + ") ORDER BY id",
             [&](DialogState&& dialog) {
               if (dialog.call_id == id || dialog.dialog_id == id) {
                 dialogs.push_back(std::move(dialog));
               }
             });
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
    projection::each_dialog(reader, selection, [&](const DialogState& dialog) {
      calls.insert(dialog.call_id);
      if (calls.size() > most_candidates) throw Enough{};
      found.dialogs.push_back(dialog);
    });
  } catch (const Enough&) {  // NOLINT(bugprone-empty-catch): more would not help to choose
  }
  found.ambiguous = calls.size() > 1;
  return found;
}

}  // namespace drachtio::replay
