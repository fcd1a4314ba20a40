// What the parts of a call know in common, and the dialog's state does not hold: it is not on the
// wire, or the wire does not tell.
#pragma once

#include "call/authorizations.hpp"
#include "call/late_offer.hpp"

namespace drachtio::call {

struct CallFacts {
  LateOffer late_offer;   // of the INVITE that makes the call
  NonceCounts nonces;     // used by requests out of and in the dialog
  bool given_up = false;  // the program gave up its INVITE, whose 2xx has come all the same
  bool operator==(const CallFacts&) const = default;
};

}  // namespace drachtio::call
