// When a dialog that nothing is heard of any more counts as lost.
#pragma once

#include "dialog/dialog.hpp"
#include "record/blindness.hpp"
#include "record/tips.hpp"
#include "record/walked.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace drachtio::record {

// For how long nothing may be heard of a dialog, by our clock; absent: for ever.
struct Patience {
  std::optional<Microseconds> pending = {};   // of one not answered
  std::optional<Microseconds> answered = {};  // of one that was
  bool with_others_only = false;              // not of the program's own calls (dialog::is_own)
  bool carried_only = false;                  // only of what a connection has carried just now
};

// `lost` for each dialog that has been silent for too long; and, whatever the patience, for each
// call in that nothing was answered to while the server remembered it, and each that the far end
// has said to have no more. Where the recorder was blind since a dialog was last heard of, the
// reason says that, and no more. In order of their numbers.
// `is_up` tells whether a connection still is: of what the program of one that is gone does,
// nothing is heard.
[[nodiscard]] std::vector<Note> overdue(Tips& tips, Instant now, const Patience& patience,
                                        const Blindness& blindness,
                                        const std::function<bool(std::uint64_t)>& is_up);

// `lost` for a leg that was open when another call began with its ids.
[[nodiscard]] Note replaced(const dialog::Dialog& leg, Instant at);

// At the end of an import, whose traffic reaches to `server_time`: `lost` for each dialog that the
// far end has said to have no more, 32 s or longer before that, without a BYE.
[[nodiscard]] std::vector<Note> gone_without_bye(Tips& tips, Instant server_time);

}  // namespace drachtio::record
