// dialog-replay rebuild: the one subcommand that writes.
#include "projection/rebuild.hpp"

#include "console/progress_bar.hpp"
#include "log/event_log.hpp"
#include "replay/commands.hpp"

#include <fmt/format.h>

namespace drachtio::replay {

int rebuild(const std::filesystem::path& db) {
  log::EventLog log{db, log::IfMissing::refuse};
  tools::ProgressBar bar{"rebuild"};
  const projection::Rebuilt rebuilt =
      projection::rebuild(log, [&](std::int64_t at, std::int64_t total) { bar.show(at, total); });
  bar.clear();
  put(fmt::format("rebuilt: {} dialogs from {} events\n", rebuilt.dialogs, rebuilt.events));
  return done;
}

}  // namespace drachtio::replay
