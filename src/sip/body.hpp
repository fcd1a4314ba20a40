// The session description that a message's body carries.
#pragma once

#include <drachtio/dialog_state.hpp>

#include <optional>
#include <string_view>

namespace drachtio::sip {

// The body itself where its type is application/sdp, or where it has no type and begins with
// "v=0"; else the first application/sdp part of a multipart body, at any depth (RFC 2046 5.1,
// RFC 5621). Nothing for a body or a part whose encoding is not the identity: its bytes are not
// the text. The values are those of the headers, empty where there is no such header.
std::optional<Sdp> session_description(std::string_view body, std::string_view content_type,
                                       std::string_view content_encoding);

}  // namespace drachtio::sip
