// Session descriptions (RFC 4566, RFC 3264): what each of their streams is, and small changes to
// them. Nothing here knows of dialogs.
#pragma once

#include "dialog/dialog.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace drachtio::sip {

// The direction of a stream as its sender describes it (RFC 3264 5.1).
enum class Flow : std::uint8_t { sendrecv, sendonly, recvonly, inactive };

// One m= line. Its texts are parts of the description.
struct Stream {
  Flow flow = Flow::sendrecv;  // a null address counts as inactive
  bool is_rtp = false;
  bool is_refused = false;  // port 0, and not bundle-only (RFC 8843 6)
  std::string_view media;   // "audio"
  std::string_view port;
  std::string_view protocol;
  std::string_view formats;
};

// The same kind of media over the same protocol.
bool same_kind(const Stream& one, const Stream& other);

// The streams in their order. What a stream says of itself goes over what the session says. The
// address 0.0.0.0 or :: (in any spelling; RFC 2543 B.5) makes a stream inactive, unless the stream
// does ICE, which tells the real address by candidates (RFC 8839 4.2.1.2, RFC 8829 5.2.1).
std::vector<Stream> streams(std::string_view sdp);

// The o= lines have the same session id and version (RFC 3264 section 8). False where either has
// none.
bool same_version(std::string_view sdp, std::string_view other);

// The same description, a version later, with the stream at each index in that direction; the
// streams beyond the end of `flows` keep theirs. A stream that is turned off, or that an answer has
// left fewer formats, is as `former` has it.
std::string with_flows(std::string_view sdp, const std::vector<Flow>& flows,
                       const std::vector<FormerStream>& former = {});

// The direction that a side which wants `wanted` may answer to an offer of `offered` (RFC
// 3264 6.1).
Flow answered_flow(Flow wanted, Flow offered);

// The direction that holds the far end: what was to be sent still is, nothing is received
// (RFC 3264 8.4).
Flow held(Flow wanted);

// An answer to `offer` made of our present description: as many m= lines as the offer has, each
// with what we have for it, in a direction that the offer allows; what we do not have, or the offer
// does not offer, is refused with port 0 (RFC 3264 6). `wanted` holds the direction that we want of
// each stream; sendrecv beyond its end. `former` is what we had for an m= line before, and so have
// again where it is offered (RFC 3264 8.2).
std::string answer_with(std::string_view ours, std::string_view offer,
                        const std::vector<Flow>& wanted,
                        const std::vector<FormerStream>& former = {});

}  // namespace drachtio::sip
