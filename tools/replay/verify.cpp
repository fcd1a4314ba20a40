// dialog-replay verify: the proof.
#include "replay/commands.hpp"
#include "replay/proof.hpp"

namespace drachtio::replay {

int verify(const VerifyOptions& options) {
  return prove(options.db, options.head) ? done : wrong_or_not_found;
}

}  // namespace drachtio::replay
