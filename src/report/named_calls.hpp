// A SIP message may name other calls. That ties the legs of a call together that runs through a
// B2BUA.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace drachtio::report {

struct NamedCall {
  std::string call_id;
  std::string header;  // that names it: "Replaces"
  bool operator==(const NamedCall&) const = default;
};

// Returns the Call-IDs in X-Call-ID (and X-CID, as some gateways call it), in Replaces (RFC 3891),
// and in the Replaces of a Refer-To (RFC 3515), in the order of their headers. Never throws for
// what the message holds.
std::vector<NamedCall> calls_named_by(std::string_view message);

}  // namespace drachtio::report
