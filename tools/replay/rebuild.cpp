// dialog-replay rebuild: the one subcommand that writes.
#include "projection/rebuild.hpp"

#include "console/progress_bar.hpp"
#include "log/event_log.hpp"
#include "replay/commands.hpp"

#include <fmt/format.h>

#include <system_error>

namespace drachtio::replay {

namespace {

// Opening to write would create the file, and make a log of an empty one.
void require_log(const std::filesystem::path& db) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(db, error) || std::filesystem::file_size(db, error) == 0) {
    throw log::Error{log::Failure::cannot_open, "cannot open the log " + db.string() +
                                                    ": there is no such file, or it is empty"};
  }
}

}  // namespace

int rebuild(const std::filesystem::path& db) {
  require_log(db);
  log::EventLog log{db};
  tools::ProgressBar bar{"rebuild"};
  const projection::Rebuilt rebuilt =
      projection::rebuild(log, [&](std::int64_t at, std::int64_t total) { bar.show(at, total); });
  bar.clear();
  put(fmt::format("rebuilt: {} dialogs from {} events\n", rebuilt.dialogs, rebuilt.events));
  return done;
}

}  // namespace drachtio::replay
