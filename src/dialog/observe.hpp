// What a message means to a dialog: the rules of RFC 3261, 3262, 3264 and 3311 that this project
// knows, and nothing else. No I/O, no clock, no change of state.
#pragma once

#include "dialog/dialog.hpp"
#include "dialog/legs.hpp"
#include "dialog/observation.hpp"

#include <optional>

namespace drachtio::dialog {

// The event that was `seen`, given where it belongs. Nothing where it is none: a 100, a message of
// an unknown dialog that opens none, a call record that tells what is already known. Never throws
// for any message.
//
// Duplicates are the caller's business (message_key); position, dialog, version and recorded_at
// are set when the event is appended.
std::optional<Event> observe(const Placement& place, const Observation& seen);

// The server has acknowledged the program's `proxy` of the INVITE that `leg` stands on.
std::optional<Event> observe_proxied(const Dialog& leg, Instant at);

// The event of a message that has been seen before, where the second sighting completes the first:
// a cdr:start tells that a dialog is up whose connection is gone before its ACK was seen.
std::optional<Event> observe_again(const Dialog& leg, const Observation& seen);

// The connection that would have carried the ACK is gone, and a call record has told that the
// dialog is up.
Event settled_without_ack(const Dialog& leg);

// How a leg that the program has handed on, of whose end nothing has told, ends with `other`: with
// its BYE, where the two have the same Call-ID and tags; as a branch of it, with its answer by
// another branch or its end. Nothing where `other` ends nothing.
std::optional<Event> ends_with(const Dialog& leg, const Dialog& other);

// `seen` is the INVITE the dialog stands on, known from a call record so far, on the program's own
// connection: only that tells drachtio's transactionId and where it was received. It is the same
// message, and no event of its own: what it tells goes into the dialog's next event.
bool tells_transaction(const Dialog& leg, const Observation& seen);

}  // namespace drachtio::dialog
