// The past: every dialog that was open at some moment, as it was then, folded from the log.
//
// Which dialogs to fold is asked of the `dialog` table (by start and end, or by the positions that
// opened and closed them); what they were comes from their events alone.
#pragma once

#include "dialog/dialog.hpp"
#include "log/reader.hpp"

#include <cstdint>
#include <functional>
#include <span>

namespace drachtio::projection {

// `events` are the rows the state was folded from: the dialog's first ones.
using VisitPast =
    std::function<void(const dialog::Dialog& dialog, std::span<const log::Row> events)>;

// As things stood at `when`: each dialog is cut before its first event that occurred later. In
// order of start. Throws log::Error, and dialog::EventFormatError for an event that cannot be read.
void open_at(log::Reader& reader, Instant when, const VisitPast& visit);

// As things stood when the event at `position` had been logged. In the order they were opened.
void open_at_position(log::Reader& reader, std::int64_t position, const VisitPast& visit);

}  // namespace drachtio::projection
