// Drops the `dialog` table and refills it from the log: what the table holds is never more than
// what the log says.
#pragma once

#include "log/event_log.hpp"
#include "log/fault.hpp"

#include <cstdint>

namespace drachtio::projection {

struct Rebuilt {
  std::int64_t events = 0;
  std::int64_t dialogs = 0;
};

// The table is empty, though the log has events of dialogs.
bool is_missing(log::EventLog& log);

// In one transaction: readers see the old table until it is there, and where this throws nothing
// has happened. The table and its indexes come back as shipped; indexes somebody added to it are
// gone. Memory grows with open calls. `progress` is told in positions. Throws log::Error, and
// dialog::EventFormatError for an event that cannot be read.
Rebuilt rebuild(log::EventLog& log, const log::Progress& progress);

}  // namespace drachtio::projection
