// Tells a relay that would dial itself, so that each connection would open another one, without
// end.
#pragma once

#include "net/address.hpp"

namespace drachtio::net {

// True if one of the addresses that `dial` resolves to belongs to a socket that listens on
// `listening`. A socket on 0.0.0.0 has every IPv4 address of this machine (loopback addresses and
// those of its interfaces), one on [::] every IPv6 address too. A name that cannot be resolved now
// counts as somebody else's. Looks names up only where the ports are equal; that may take seconds.
bool dials_itself(const Address& dial, const Address& listening);

}  // namespace drachtio::net
