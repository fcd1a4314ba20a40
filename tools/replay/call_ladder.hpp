// Makes the ladder of a call from the log: reads the events of its legs, their messages, and the
// times in which the recorder was blind.
#pragma once

#include "log/reader.hpp"
#include "replay/related.hpp"
#include "replay/zone.hpp"
#include "report/ladder.hpp"

#include <vector>

namespace drachtio::replay {

// Returns the ladder of these legs, in this order. Throws log::Error.
report::Ladder ladder_of(log::Reader& reader, const std::vector<RelatedLeg>& legs, Zone zone);

}  // namespace drachtio::replay
