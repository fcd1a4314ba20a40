// Offers in a dialog: re-INVITE, UPDATE, their answers and ACKs (RFC 3261 14, RFC 3311). Pure
// rules.
#pragma once

#include "dialog/observation.hpp"

#include <drachtio/event.hpp>

namespace drachtio::dialog {

// A re-INVITE or an UPDATE.
Event offered(const DialogState& tip, const Observation& seen);
// A response of 101 or more to one.
Event answer_to_offer(const DialogState& tip, const Observation& seen);
// An ACK, of the call's INVITE too.
Event ack(const DialogState& tip, const Observation& seen);

}  // namespace drachtio::dialog
