// This file makes a capture of a call: the frames by which a server would tell a program of it, and
// tell its call records (docs/captures.md).
//
// The log has messages and what they meant, not the frames that they came in. Ids that serve to
// tell frames apart are made up; what an import goes by is as it was.
#pragma once

#include "report/ladder.hpp"
#include "wire/capture.hpp"

#include <vector>

namespace drachtio::report {

// Returns a chunk for each frame, in the order of the log. An import makes the same legs of them,
// of all events whose evidence there is; sessions, and what the recorder concluded by itself, are
// not in a capture. Connections are numbered from `first_connection`: two a call, one of them for
// call records.
std::vector<wire::CaptureChunk> capture_of(const std::vector<Leg>& legs,
                                           std::uint64_t first_connection);

}  // namespace drachtio::report
