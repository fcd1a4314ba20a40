// Proves the projection: that each row of `dialog` is, column by column, what the dialog's events
// give when folded afresh, that no dialog lacks its row, and that no row lacks its events.
#pragma once

#include "log/fault.hpp"
#include "log/reader.hpp"

#include <cstdint>

namespace drachtio::projection {

struct Verified {
  std::int64_t dialogs = 0;  // found equal
  std::int64_t open = 0;     // of these, not terminated
};

// A recorder may write meanwhile: row and events are compared as of one moment, in read
// transactions of about a thousand events. Memory is that of one dialog. Whatever is wrong goes to
// `faults`, damage to the file included; `progress` is told in positions, and may throw.
Verified verify(log::Reader& reader, const log::Progress& progress, log::Faults& faults);

}  // namespace drachtio::projection
