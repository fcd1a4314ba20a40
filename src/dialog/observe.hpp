// What a message means to a dialog: the rules of RFC 3261, 3262, 3264 and 3311 that this project
// knows, and nothing else. No I/O, no clock, no change of state.
#pragma once

#include "dialog/observation.hpp"

#include <optional>

namespace drachtio::dialog {

// The event that was `seen`, given the dialog as it stands (`tip`; null where the dialog is
// not known). Nothing where it is none: a 100, a message of an unknown dialog that opens none, a
// call record that tells what is already known. Never throws for any message.
//
// Duplicates are the caller's business (message_key); position, dialog, version and recorded_at
// are set when the event is appended.
std::optional<Event> observe(const DialogState* tip, const Observation& seen);

// `seen` is the INVITE the dialog stands on, known from a call record so far, on the program's own
// connection: only that tells drachtio's transactionId and where it was received. It is the same
// message, and no event of its own: what it tells goes into the dialog's next event.
bool tells_transaction(const DialogState& tip, const Observation& seen);

// `seen` is the INVITE of another call, though it has the ids of one that was answered and has
// ended: same Call-ID and From tag, a higher CSeq. It is to be observed as of an unknown dialog.
bool begins_anew(const DialogState& tip, const Observation& seen);

}  // namespace drachtio::dialog
