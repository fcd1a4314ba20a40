// A session description in a few words, for people who read a ladder: what is to be sent, which
// way, and where to.
#pragma once

#include <string>
#include <string_view>

namespace drachtio::report {

// Returns "PCMU/PCMA sendonly 10.0.0.1:4000", and more of the kind for each further stream; "no
// media" where the description has no stream. What comes from the description is not escaped.
// Codecs are named by their rtpmap, else by their static payload type (RFC 3551); telephone events
// and comfort noise are left out beside others. Never throws for what the text holds.
std::string media_in_short(std::string_view sdp);

}  // namespace drachtio::report
