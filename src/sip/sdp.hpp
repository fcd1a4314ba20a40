// Questions asked of a session description (RFC 4566): is it a hold, is it the same as before?
#pragma once

#include <string>
#include <string_view>

namespace drachtio::sip {

// Every media line in use (port not 0) is sendonly or inactive (the media's own attribute over the
// session's) or has the address 0.0.0.0 or :: (RFC 3264 section 8.4, RFC 2543 section B.5).
// False where no media line is in use.
bool is_hold(std::string_view sdp);

// The o= lines have the same session id and version: an offer that changes nothing (RFC 3264
// section 8). False where either has none.
bool same_version(std::string_view sdp, std::string_view other);

// The same session, a version later, with every media line in `direction`: "sendonly", "inactive",
// "recvonly" or "sendrecv" (RFC 3264 sections 8 and 8.4).
std::string with_direction(std::string_view sdp, std::string_view direction);

// The first application/sdp part of a multipart body (RFC 2046 5.1); empty where there is none.
// `content_type` is the header's value, with its boundary.
std::string_view sdp_part(std::string_view body, std::string_view content_type);

}  // namespace drachtio::sip
