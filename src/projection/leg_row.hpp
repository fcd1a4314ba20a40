// A leg's rows in the tables `dialog` and `open_dialog`, and back from the view `leg`: the one
// place that knows which column holds what.
#pragma once

#include "dialog/dialog.hpp"
#include "projection/open_row.hpp"

#include <drachtio/event.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace SQLite {
class Statement;
}  // namespace SQLite

namespace drachtio::projection {

// FNV-1a of a Call-ID: what dialog.call_key holds.
std::int64_t call_key(std::string_view call_id);

// Statements that insert a row, or change the one that is there, with the values that the functions
// below bind.
std::string write_dialog_sql();
std::string write_open_dialog_sql();

// The columns of a leg's row in `dialog`. The leg must outlive the statement's step: its texts are
// not copied; nor are `invite` and `tracking`, which are invite_json and, once it has ended,
// tracking_json of it.
void bind_dialog(SQLite::Statement& statement, const dialog::Dialog& leg, const std::string& invite,
                 const std::string& tracking);
// Binds the columns of an open leg's row in `open_dialog`. The row must outlive the statement's
// step.
void bind_open_dialog(SQLite::Statement& statement, const OpenRow& row);

// A digest of what the row in `dialog` holds of a leg: while it stays the same, the row does.
std::uint64_t digest_of_row(const dialog::Dialog& leg);

// Returns false where the event cannot have changed the row in `dialog` of its leg, if the leg was
// open before and still is.
bool may_change_row(const Event& event);

// The columns of the view `leg` that read_leg expects, in order.
extern const char* const leg_columns;

// The leg that a statement stands on which selects leg_columns. Its SDP is known by position only:
// DialogTable::fetch_sdp. Throws std::runtime_error for values that nothing above has written.
dialog::Dialog read_leg(SQLite::Statement& statement);

}  // namespace drachtio::projection
