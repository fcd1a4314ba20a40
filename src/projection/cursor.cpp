#include "projection/cursor.hpp"

#include "dialog/apply.hpp"
#include "projection/fold.hpp"

namespace drachtio::projection {

namespace {

// Ended dialogs still get an answer to their BYE; beyond that they are folded again if need be.
constexpr std::size_t ended_kept = 1024;

}  // namespace

Cursor::Cursor(const std::filesystem::path& database, std::int64_t after)
    : reader_(database), position_(after) {}

std::size_t Cursor::read(const Visit& visit, std::size_t limit) {
  const std::int64_t version = reader_.data_version();
  if (version == seen_version_) return 0;
  const std::vector<log::Row> rows = reader_.after(position_, limit);
  if (rows.size() < limit) seen_version_ = version;
  for (const log::Row& row : rows) {
    const Event event = to_event(row);
    position_ = event.position;
    if (event.dialog == 0) {
      visit(event, nullptr);
      continue;
    }
    dialog::Dialog& dialog = dialog_of(event);
    dialog::apply(dialog, event);
    if (dialog.state == State::terminated) ended_.push_back(dialog.number);
    visit(event, &dialog);
  }
  while (ended_.size() > ended_kept) {
    const auto oldest = dialogs_.find(ended_.front());
    if (oldest != dialogs_.end() && oldest->second.state == State::terminated) {
      dialogs_.erase(oldest);
    }
    ended_.pop_front();
  }
  return rows.size();
}

// One not met before in this run began before it: what came first is folded now.
dialog::Dialog& Cursor::dialog_of(const Event& event) {
  const auto [place, is_new] = dialogs_.try_emplace(event.dialog);
  if (is_new && event.version > 1) {
    place->second = fold(reader_.of_dialog(event.dialog, event.version - 1));
  }
  return place->second;
}

}  // namespace drachtio::projection
