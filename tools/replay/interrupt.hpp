// SIGINT and SIGTERM as something to be asked about, for work that must end in its own way.
#pragma once

namespace drachtio::replay {

// From now on these signals do no more than be noted.
void note_interrupts();
bool interrupted();

// Thrown out of the work by what reports its progress.
struct Interrupted {};

}  // namespace drachtio::replay
