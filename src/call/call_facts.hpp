// This file has what several parts of a call know and the dialog's state does not, as it is not on
// the wire.
#pragma once

#include "call/authorizations.hpp"
#include "call/late_offer.hpp"

namespace drachtio::call {

struct CallFacts {
  LateOffer late_offer;   // answers the INVITE that makes the call
  NonceCounts nonces;     // are those of all our requests, out of the dialog and in it
  bool given_up = false;  // the program gave up its INVITE, whose 2xx has come all the same
  bool operator==(const CallFacts&) const = default;
};

}  // namespace drachtio::call
