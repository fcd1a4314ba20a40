// Offers that cross (RFC 3261 14): how long whoever has to try again waits.
#pragma once

#include <drachtio/dialog_state.hpp>

#include <chrono>

namespace drachtio::agent {

// After a 491 to our re-INVITE: 2.1 to 4 s for whoever made the Call-ID, 0 to 2 s for the other, in
// units of 10 ms (RFC 3261 14.1).
std::chrono::milliseconds glare_pause(Role role);

// What we ask of the far end whose offer comes while an earlier one is not answered: 0 to 10 s (RFC
// 3261 14.2, RFC 3311 5.2).
std::chrono::seconds retry_after();

}  // namespace drachtio::agent
