// Which leg of a call a message belongs to, and when a new leg begins.
//
// A leg is one INVITE transaction and all that grows out of it. The legs of one call share the
// server, the Call-ID and the tag of whoever created them. Upstream forks, the destinations of a
// proxy and calls whose ids are used again make several legs; a retry after a refusal (RFC 3261
// 8.1.3.5, 22.2) and a fail-over (RFC 3263 4.3) reopen the leg that is there.
#pragma once

#include "dialog/dialog.hpp"
#include "dialog/observation.hpp"

#include <optional>
#include <span>
#include <string>

namespace drachtio::dialog {

// A leg, and what is known of it beside its events: second sightings make none.
struct Leg {
  const Dialog* state = nullptr;
  bool invite_told_both_ways = false;  // its latest INVITE: on the connection and by call records
  bool final_told_both_ways = false;   // likewise its final answer
};

struct Placement {
  enum class Kind : std::uint8_t {
    none,     // of no leg that is known
    stray,    // of a call that is known, but of none of its legs
    belongs,  // to `leg`
    begins,   // the first message of a new leg
    reopens,  // an INVITE that tries again what `leg` was refused
  };
  Kind kind = Kind::none;
  const Dialog* leg = nullptr;
  // The ids leave no doubt, whatever other legs there may be.
  bool certain = false;
  // The message has this tag in the callee's place, which the leg has not heard of before.
  std::optional<std::string> unknown_tag = {};
  // Begins: a leg with the same ids stands open still. It must be over, for its peer uses them
  // again.
  const Dialog* replaced = nullptr;
};

// Could the message be of a leg at all? Out-of-dialog requests are many (OPTIONS pings, REGISTER)
// and need no look-up. Peers of RFC 2543 send no To tag in a dialog either.
bool may_belong(const Observation& seen);

// `legs` are the known legs of the message's server and Call-ID, of which the From tag or the To
// tag is the creator's, in the order they began.
Placement place(std::span<const Leg> legs, const Observation& seen);

}  // namespace drachtio::dialog
