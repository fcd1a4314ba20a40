// The columns `invite` and `tracking` hold the facts by which the next message of a dialog is
// judged, as JSON.
//
// SDP is kept as the position of the event that carried it, and read back without its text.
#pragma once

#include "dialog/dialog.hpp"

#include <string>
#include <string_view>

namespace drachtio::projection {

// The transaction that the leg stands on: settled when the leg opens, but for what is learnt of it.
std::string invite_json(const dialog::Dialog& dialog);
// All else.
std::string tracking_json(const dialog::Dialog& dialog);

// Throw std::runtime_error for text that the above cannot have written.
void read_invite(std::string_view text, dialog::Dialog& dialog);
void read_tracking(std::string_view text, dialog::Dialog& dialog);  // after read_invite

}  // namespace drachtio::projection
