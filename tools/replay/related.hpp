// Legs belong together where they are those of one call, or of calls that it was connected with.
#pragma once

#include "dialog/dialog.hpp"
#include "log/reader.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace drachtio::replay {

struct RelatedLeg {
  std::int64_t number = 0;  // dialog::Dialog::number
  std::string why;          // it belongs to the others; empty for the legs of the call itself
};

// Returns these legs, which are a call's, and the legs that belong to them: those whose sessions
// are joined with theirs, and those of calls that name them or are named by them
// (report/named_calls.hpp), and so on from those, up to some dozens. Where there is none, the legs
// that a program is likely to have set up for them: of the other role, for the same caller or
// callee, begun while they were being set up. Throws log::Error.
std::vector<RelatedLeg> with_related(log::Reader& reader, std::vector<RelatedLeg> legs);

}  // namespace drachtio::replay
