// dialog-replay backup: a consistent copy, proved before it is called one.
#include "log/backup.hpp"

#include "log/reader.hpp"
#include "replay/commands.hpp"
#include "replay/interrupt.hpp"
#include "replay/progress_bar.hpp"
#include "replay/proof.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace drachtio::replay {

int backup(const std::filesystem::path& db, const std::filesystem::path& destination) {
  log::Reader reader{db};
  note_interrupts();  // what is half done is to be removed
  try {
    {
      ProgressBar bar{"backup"};
      log::backup(reader, destination, [&](std::int64_t copied, std::int64_t total) {
        if (interrupted()) throw Interrupted{};
        bar.show(copied, total);
      });
    }
    try {
      if (prove(destination, {})) return done;
    } catch (...) {
      log::remove_backup(destination);
      throw;
    }
  } catch (const Interrupted&) {
    fmt::print(stderr, "interrupted: {} was removed\n", destination.string());
    return wrong_or_not_found;
  }
  fmt::print(stderr, "{} is a true copy, but of a damaged log\n", destination.string());
  return wrong_or_not_found;
}

}  // namespace drachtio::replay
