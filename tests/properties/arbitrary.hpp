// Arbitrary events, and frames as a server might send them: SIP of few calls that meet, fork, race
// and go wrong. To be called within a property.
#pragma once

#include <drachtio/event.hpp>

#include <string>

namespace drachtio::test {

// Few values, so that things meet; some are hard to write down.
std::string arbitrary_text();

Event arbitrary_event();

// The payload of a frame from a server.
std::string arbitrary_payload();

}  // namespace drachtio::test
