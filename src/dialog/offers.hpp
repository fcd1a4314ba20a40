// These functions are the part of apply that folds offers and answers (RFC 3264) into a dialog's
// state: those in an INVITE or UPDATE in the dialog, in PRACKs, and in their answers and ACKs.
#pragma once

#include "dialog/dialog.hpp"

#include <drachtio/event.hpp>

namespace drachtio::dialog {

// Each takes an event of its type. An offer waits for its answer, and is in force with it.
void apply_offered(Dialog& dialog, const Event& event);
void apply_pracked(Dialog& dialog, const Event& event);
void apply_modified(Dialog& dialog, const Event& event);
void apply_acknowledged(Dialog& dialog, const Event& event);
void apply_responded(Dialog& dialog, const Event& event);

}  // namespace drachtio::dialog
