// dialog-replay tail: the log as it grows.
#include "console/interrupt.hpp"
#include "log/commit_watch.hpp"
#include "log/reader.hpp"
#include "projection/fold.hpp"
#include "replay/commands.hpp"
#include "replay/event_words.hpp"
#include "text/escape.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <unordered_map>

namespace drachtio::replay {

namespace {

constexpr std::int64_t events_by_default = 10;
constexpr std::size_t most_remembered = 10000;

// Whose events they are, by the dialog's number: it never changes, so it is asked once.
class Owners {
 public:
  explicit Owners(log::Reader& reader)
      : statement_(reader.database(),
                   "SELECT server, dialog_id, call_id, role FROM dialog WHERE id = ?") {}

  std::optional<Owner> of(const Event& event) {
    if (event.dialog == 0) return std::nullopt;
    if (const auto known = known_.find(event.dialog); known != known_.end()) return known->second;
    if (known_.size() >= most_remembered) known_.clear();
    Owner owner;
    statement_.reset();
    statement_.bind(1, event.dialog);
    if (statement_.executeStep()) {
      owner = {statement_.getColumn(0).getString(), statement_.getColumn(1).getString(),
               statement_.getColumn(2).getString(), statement_.getColumn(3).getString()};
    }
    statement_.reset();
    return known_.emplace(event.dialog, owner).first->second;
  }

 private:
  SQLite::Statement statement_;
  std::unordered_map<std::int64_t, Owner> known_;
};

void print_line(const Event& event, const std::optional<Owner>& owner, Zone zone) {
  const std::string whose = owner ? owner->server + "  " + owner->call_id : event.server;
  std::string line = fmt::format(
      "{:>8}  {}  {:<6}  {:<14}  {:<32}  {}", event.position, time_in(zone, event.occurred_at),
      arrow(event), to_string(event.type), text::escaped(what_it_was(event)), text::escaped(whose));
  line.erase(line.find_last_not_of(' ') + 1);
  put(line + '\n');
}

void print_json(const Event& event, const std::optional<Owner>& owner, const std::string& data) {
  std::string out;
  text::JsonObject object{out};
  write_event(object, event, owner, data);
  object.close();
  put_json(std::move(out));
}

}  // namespace

int tail(const TailOptions& options) {
  log::CommitWatch watch{options.db};
  log::Reader reader{options.db};
  Owners owners{reader};
  if (options.follow) tools::note_interrupts();
  std::int64_t position =
      options.from ? *options.from - 1
                   : std::max<std::int64_t>(reader.head().position - events_by_default, -1);
  while (!tools::interrupted()) {
    // Asked before reading: what is committed in between is then read at once, or next time.
    const std::int64_t version = reader.data_version();
    const std::vector<log::Row> rows = reader.after(position);
    for (const log::Row& row : rows) {
      const Event event = projection::to_event(row);
      const std::optional<Owner> owner = owners.of(event);
      options.json ? print_json(event, owner, row.data) : print_line(event, owner, options.zone);
      position = row.position;
      if (tools::interrupted()) break;
    }
    if (!rows.empty()) {
      if (output_failed()) break;
      continue;
    }
    if (!options.follow) break;
    while (!tools::interrupted() && reader.data_version() == version) {
      watch.wait(std::chrono::seconds{1});
    }
  }
  return done;
}

}  // namespace drachtio::replay
