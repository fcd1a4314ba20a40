// Finds the call somebody means by a dialog id, a Call-ID, or a part of one that only it has.
#pragma once

#include "dialog/dialog.hpp"
#include "log/reader.hpp"
#include "replay/zone.hpp"

#include <string>
#include <vector>

namespace drachtio::replay {

struct Found {
  std::vector<dialog::Dialog> dialogs;  // those of one call: its legs
  bool ambiguous = false;               // then these are of several calls, the first so many
};

// An id in full is found by index; a part of one takes a look at all.
Found find_call(log::Reader& reader, const std::string& call);

// Returns the legs of the call. Where there is none, or the text could mean several, it says so on
// standard error, and returns nothing.
std::vector<dialog::Dialog> find_call_or_say(log::Reader& reader, const std::string& call,
                                             Zone zone);

}  // namespace drachtio::replay
