// How a call is set up: the initial INVITE and its answers, CANCEL, and what comes before the
// answer (RFC 3261 13 and 9, RFC 3262). Pure rules, each from what was known and what was seen to
// the event that it is.
#pragma once

#include "dialog/dialog.hpp"
#include "dialog/observation.hpp"

#include <drachtio/event.hpp>

#include <optional>

namespace drachtio::dialog {

bool is_initial_invite(const Observation& seen);

// What is seen of no dialog that is known: the event that opens one, if it does.
std::optional<Event> open(const Observation& seen);

// An INVITE that tries again what the leg was refused.
Event reopen(const Dialog& tip, const Observation& seen);
// An INVITE without a To tag that the leg has had before, or a cdr:stop that carries it.
std::optional<Event> invite_again(const Dialog& tip, const Observation& seen);
// A response of 101 or more to the INVITE the dialog stands on.
Event answer_to_invite(const Dialog& tip, const Observation& seen);
Event cancel(const Dialog& tip, const Observation& seen);
Event prack(const Dialog& tip, const Observation& seen);

}  // namespace drachtio::dialog
