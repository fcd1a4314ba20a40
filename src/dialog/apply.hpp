// The only way a dialog's state changes: one event at a time.
#pragma once

#include "dialog/dialog.hpp"

#include <drachtio/event.hpp>

namespace drachtio::dialog {

// Folds `event` into `dialog`. The first event of a dialog is applied to a default Dialog.
// Never throws for any event (but for lack of memory), and the same events in the same order
// always give the same state.
void apply(Dialog& dialog, const Event& event);

}  // namespace drachtio::dialog
