// A dialog as an object of JSON: the members of drachtio-dialog's SipDialog, null where there is no
// value.
#pragma once

#include "log/row.hpp"

#include <drachtio/dialog_state.hpp>

#include <span>
#include <string>
#include <vector>

namespace drachtio::replay {

// `event_types`: those of its events, in order.
std::string dialog_json(const DialogState& dialog, std::span<const std::string> event_types);

// The types of these rows.
std::vector<std::string> types_of(std::span<const log::Row> rows);

}  // namespace drachtio::replay
