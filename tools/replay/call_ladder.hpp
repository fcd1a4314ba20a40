// Makes the ladder of a call from the log: reads the events of its legs, their messages, and the
// times in which the recorder was blind.
#pragma once

#include "log/reader.hpp"
#include "replay/related.hpp"
#include "replay/zone.hpp"
#include "report/ladder.hpp"

#include <vector>

namespace drachtio::replay {

// Reads these legs, in this order; those without an event are left out. Throws log::Error.
std::vector<report::Leg> read_legs(log::Reader& reader, const std::vector<RelatedLeg>& legs);

// Returns the ladder of these legs. Throws log::Error.
report::Ladder ladder_of(log::Reader& reader, std::vector<report::Leg> legs, Zone zone);

}  // namespace drachtio::replay
