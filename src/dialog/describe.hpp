// What any event takes over from the message that was seen, and which of several forks it is about.
#pragma once

#include "dialog/observation.hpp"

#include <drachtio/event.hpp>

namespace drachtio::dialog {

// The facts every event of a message carries.
Event describe(const Observation& seen, EventType type);
// The same, for the messages that set the dialog's tags: those up to the 2xx.
Event describe_with_tags(const Observation& seen, EventType type);
// `requested` or `responded`: it belongs to the dialog, and changes nothing.
Event without_effect(const Observation& seen);

// The message is about the INVITE the dialog stands on, not about a fork of it upstream.
bool acts_on_invite(const DialogState& tip, const sip::Message& message);
// What another fork sends does not concern the call that was answered (RFC 3261 12.2.2).
bool for_another_fork(const DialogState& tip, const sip::Message& request);

}  // namespace drachtio::dialog
