// dialog.tracking: what the next message of a dialog is judged by, as JSON.
#pragma once

#include <drachtio/dialog_state.hpp>

#include <string>
#include <string_view>

namespace drachtio::projection {

std::string tracking_json(const DialogState& dialog);

// Throws std::runtime_error for text that tracking_json cannot have written.
void read_tracking(std::string_view text, DialogState& dialog);

}  // namespace drachtio::projection
