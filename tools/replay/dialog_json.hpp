// A dialog as an object of JSON: the members of drachtio-dialog's SipDialog, null where there is no
// value.
#pragma once

#include "dialog/dialog.hpp"
#include "log/row.hpp"
#include "text/json_writer.hpp"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace drachtio::replay {

// `event_types`: those of its events, in order. `more`, where there is one, adds members of its own
// to the object.
std::string dialog_json(const dialog::Dialog& dialog, std::span<const std::string> event_types,
                        const std::function<void(text::JsonObject&)>& more = {});

// The types of these rows.
std::vector<std::string> types_of(std::span<const log::Row> rows);

}  // namespace drachtio::replay
