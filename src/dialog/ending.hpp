// How a call ends: BYE, and that it was handed on (RFC 3261 15; WIRE.md for what the server does by
// itself). Pure rules.
#pragma once

#include "dialog/dialog.hpp"
#include "dialog/observation.hpp"

#include <drachtio/event.hpp>

namespace drachtio::dialog {

// Before the answer our BYE ends one early dialog, and the call with the last of them.
Event bye(const Dialog& tip, const Observation& seen);
// The end of a leg that the program has handed on, by the BYE of another leg of the same dialog.
std::optional<Event> hung_up_with(const Dialog& leg, const Dialog& other);
// The end of a branch of a call that the program has handed on: the server itself cancels those
// that ring on when another one has answered, or the caller has hung up, and no call record tells
// that. `other` is the leg of the caller, with the same Call-ID and From tag.
std::optional<Event> cancelled_with(const Dialog& leg, const Dialog& other);
// The server has acknowledged the program's `proxy`.
std::optional<Event> proxied(const Dialog& tip, Instant at);

}  // namespace drachtio::dialog
