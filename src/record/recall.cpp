#include "record/recall.hpp"

#include "dialog/event_json.hpp"
#include "projection/fold.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>

namespace drachtio::record {

// Runs `read`, its failures told in the log's own terms: a value that makes no sense is damage.
template <typename Read>
auto Recall::reading(const char* what, Read read) {
  const std::string doing = std::string{"cannot read "} + what + ' ' + reader_.path().string();
  try {
    return read();
  } catch (const SQLite::Exception& error) {
    throw log::translate(error, doing);
  } catch (const std::runtime_error& error) {
    throw log::Error{log::Failure::corrupt, doing + ": " + error.what()};
  }
}

Recall::Recall(const std::filesystem::path& log)
    : reader_(log),
      dialogs_(reader_.database()),
      recorded_at_(reader_.database(), "SELECT recorded_at FROM event WHERE position = ?") {}

void Recall::each_open(const projection::DialogTable::Visit& visit) {
  reading("the open dialogs of", [&] { dialogs_.each_open(visit); });
}

std::vector<dialog::Dialog> Recall::legs(std::string_view server, std::string_view call_id,
                                         std::string_view creating_tag,
                                         std::optional<Instant> since,
                                         std::optional<std::size_t> limit) {
  return reading("the log",
                 [&] { return dialogs_.legs(server, call_id, creating_tag, since, limit); });
}

Instant Recall::recorded_at(std::int64_t position) {
  return reading("the log", [&] {
    recorded_at_.tryReset();
    recorded_at_.bind(1, position);
    if (!recorded_at_.executeStep()) {
      throw std::runtime_error("it has no event at position " + std::to_string(position) +
                               ", the latest of a dialog");
    }
    const Instant at = to_instant(recorded_at_.getColumn(0).getInt64());
    recorded_at_.reset();
    return at;
  });
}

std::vector<SeenMessage> Recall::messages_of(std::int64_t dialog) {
  return reading("the log", [&] {
    SQLite::Statement stored{reader_.database(),
                             "SELECT data FROM event WHERE dialog = ? ORDER BY version"};
    stored.bind(1, dialog);
    std::vector<SeenMessage> messages;
    while (stored.executeStep()) {
      Event event;
      const SQLite::Column data = stored.getColumn(0);
      dialog::from_json({data.getText(), static_cast<std::size_t>(data.getBytes())}, event);
      if (event.key) messages.push_back({*event.key, event.direction});
    }
    return messages;
  });
}

std::vector<Event> Recall::latest_blindness() {
  return reading("the log", [&] {
    // Only the latest of each server counts. Every start reads so many of them, at most.
    constexpr int most = 1000;
    const std::string columns = log::row_columns;
    SQLite::Statement stored{
        reader_.database(),
        "SELECT * FROM (SELECT " + columns +
            " FROM event WHERE dialog IS NULL AND type IN ('link-up', 'link-down', 'link-refused', "
            "'gap') ORDER BY position DESC LIMIT ?) ORDER BY position"};
    stored.bind(1, most);
    std::vector<Event> events;
    while (stored.executeStep()) events.push_back(projection::to_event(log::read_row(stored)));
    return events;
  });
}

std::vector<std::string> Recall::servers_left_up() {
  return reading("the log", [&] {
    SQLite::Statement left_up{reader_.database(), "SELECT server FROM link_left_up ORDER BY 1"};
    std::vector<std::string> servers;
    while (left_up.executeStep()) servers.push_back(left_up.getColumn(0).getString());
    return servers;
  });
}

}  // namespace drachtio::record
