// A request tells where it goes (RFC 3261 8.1.2). The server tells the address that a message came
// from, but of a request that it sends, only its own.
#pragma once

#include <string>
#include <string_view>

namespace drachtio::report {

// Returns "10.0.0.1:5060", the host and port of the topmost Route, else of the Request-URI; the
// port is 5060 where none is given (5061 for sips). Empty where there is no such URI. Names are not
// resolved.
std::string next_hop(std::string_view request);

}  // namespace drachtio::report
