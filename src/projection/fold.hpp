// From stored rows to events to a dialog's state.
#pragma once

#include "dialog/dialog.hpp"
#include "log/row.hpp"

#include <drachtio/event.hpp>

#include <span>

namespace drachtio::projection {

// The event a row holds; old formats are brought up to the present one here. Throws
// dialog::EventFormatError for a row that this version cannot have written, naming its position.
Event to_event(const log::Row& row);

// The row an event becomes, but for the hashes.
log::Row to_row(const Event& event);

// The dialog after these rows, which must be its first ones, in order.
dialog::Dialog fold(std::span<const log::Row> rows);

}  // namespace drachtio::projection
