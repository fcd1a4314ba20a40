// Offers in a dialog: re-INVITE, UPDATE, PRACK, their answers and ACKs (RFC 3261 14, RFC 3311,
// RFC 3262 5). Pure rules.
#pragma once

#include "dialog/dialog.hpp"
#include "dialog/observation.hpp"

#include <drachtio/event.hpp>

namespace drachtio::dialog {

// A re-INVITE or an UPDATE.
Event offered(const Dialog& tip, const Observation& seen);
// A response of 101 or more to one, or to a PRACK.
Event answer_to_offer(const Dialog& tip, const Observation& seen);
// An ACK, of the call's INVITE too. One with the branch of an INVITE that is not answered as far as
// is known acknowledges a refusal (RFC 3261 17.1.1.3): the server has refused the program's 2xx,
// and sent a final answer of its own.
Event ack(const Dialog& tip, const Observation& seen);

}  // namespace drachtio::dialog
