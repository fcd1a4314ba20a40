// What any event takes over from the message that was seen, and which of several forks it is about.
#pragma once

#include "dialog/dialog.hpp"
#include "dialog/observation.hpp"

#include <drachtio/event.hpp>

namespace drachtio::dialog {

// The facts every event of a message carries.
Event describe(const Observation& seen, EventType type);
// The same, for the messages that set the dialog's tags: those up to the 2xx.
Event describe_with_tags(const Observation& seen, EventType type);
// `requested` or `responded`: it belongs to the dialog, and changes nothing.
Event without_effect(const Observation& seen);

// The same for an answer to the dialog's INVITE that changes nothing but for the To tag that the
// dialog knows from now on.
Event answer_without_effect(const Observation& seen);
// Takes over what the Reason header says: for messages that end a dialog, or are meant to.
void note_reason(Event& event, const sip::Reason& reason);

// drachtio's transactionId of the INVITE that a message is about. Empty where the envelope does not
// say it: an ACK has a transactionId of its own, and so has a CANCEL of the program's.
std::string_view invite_transaction_id(const Observation& seen);

// The message is about the INVITE the dialog stands on now, not about an earlier one that was
// refused, nor about another transaction with the same ids. drachtio's transactionId decides where
// both have one: the server delivers the CANCEL of one branch under that of another, and means it.
bool acts_on_invite(const Dialog& leg, const Observation& seen);
// It is about that INVITE or an earlier one that was tried again.
bool is_about_creating_invite(const Dialog& leg, const Observation& seen);
// Returns whether the message belongs to a fork that the call no longer has: to another one than
// the fork that has answered (RFC 3261 12.2.2), or to an early dialog that our BYE has ended.
bool for_another_fork(const Dialog& tip, const sip::Message& message);

}  // namespace drachtio::dialog
