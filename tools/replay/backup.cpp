// dialog-replay backup: a consistent copy, proved before it is called one.
#include "log/backup.hpp"

#include "console/interrupt.hpp"
#include "console/progress_bar.hpp"
#include "log/reader.hpp"
#include "replay/commands.hpp"
#include "replay/proof.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace drachtio::replay {

int backup(const std::filesystem::path& db, const std::filesystem::path& destination) {
  log::Reader reader{db};
  tools::note_interrupts();  // what is half done is to be removed
  try {
    {
      tools::ProgressBar bar{"backup"};
      log::backup(reader, destination, [&](std::int64_t copied, std::int64_t total) {
        if (tools::interrupted()) throw tools::Interrupted{};
        bar.show(copied, total);
      });
    }
    try {
      if (prove(destination, {})) return done;
    } catch (...) {
      log::remove_backup(destination);
      throw;
    }
  } catch (const tools::Interrupted&) {
    fmt::print(stderr, "interrupted: {} was removed\n", destination.string());
    return wrong_or_not_found;
  }
  fmt::print(stderr, "{} is a true copy, but of a damaged log\n", destination.string());
  return wrong_or_not_found;
}

}  // namespace drachtio::replay
