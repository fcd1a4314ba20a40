// SIGINT and SIGTERM as something to be asked about, for work that must end in its own way.
#pragma once

namespace drachtio::tools {

// From now on these signals do no more than be noted.
void note_interrupts();
bool interrupted();
// The latest that came, or 0.
int interrupting_signal();

// Thrown out of the work where that is asked.
struct Interrupted {};

}  // namespace drachtio::tools
