// This file tells which codecs a session description offers, by their names.
#pragma once

#include <string_view>
#include <vector>

namespace drachtio::sip {

// Returns the names of the codecs of each m= line, in their order: by its rtpmap, else by the
// static payload type (RFC 3551 6), else the payload type itself. They are parts of the
// description, or of static storage. Each stands once. A stream that is not RTP has none.
std::vector<std::vector<std::string_view>> codecs(std::string_view sdp);

// Returns whether the codec carries media: comfort noise and telephone events do so only beside
// another one.
bool carries_media(std::string_view codec);

// Returns whether two sides of a session can exchange media: whether there is a stream that neither
// refuses, and for which both name a codec. Where a stream is not RTP, the same protocol is enough.
bool share_a_codec(std::string_view sdp, std::string_view other);

}  // namespace drachtio::sip
