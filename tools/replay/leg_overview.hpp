// The legs of a call at a glance, before the history of each.
#pragma once

#include "dialog/dialog.hpp"
#include "log/reader.hpp"
#include "projection/call_legs.hpp"
#include "replay/zone.hpp"

#include <span>
#include <vector>

namespace drachtio::replay {

// A leg that was asked for, and where it stands in its call.
struct ShownLeg {
  dialog::Dialog dialog;
  projection::LegPlace place;
};

struct Call {
  std::vector<ShownLeg> shown;
  projection::CallLegs legs;  // all, by the numbers of their dialogs: more than those asked for,
                              // where only some have the dialog id that was given
};

// Parts the dialogs, all of one Call-ID, into calls: there are several where the Call-ID was used
// again, or by several servers. Throws log::Error.
std::vector<Call> calls_of(log::Reader& reader, std::span<const dialog::Dialog> dialogs);

// Prints a table with one line a leg, whether it was asked for or not.
void print_overview(log::Reader& reader, const Call& call, Zone zone);

}  // namespace drachtio::replay
