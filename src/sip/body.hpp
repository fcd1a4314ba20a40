// The session description that a message's body carries.
#pragma once

#include <drachtio/dialog_state.hpp>
#include <drachtio/headers.hpp>

#include <optional>
#include <string_view>

namespace drachtio::sip {

// The headers of a message, or of a part of its body, say this of the body.
struct BodyHeaders {
  std::string_view type;              // Content-Type
  bool is_encoded = false;            // a Content-Encoding other than the identity
  bool describes_the_session = true;  // no Content-Disposition, or "session" (RFC 3261 20.11)

  // Takes in a header. Whether it is one of these.
  bool read(std::string_view name, std::string_view value);
};

BodyHeaders body_headers(const Headers& headers);

// The body itself where its type is application/sdp, or where it has no type and begins with
// "v=0"; else the first application/sdp part of a multipart body, at any depth (RFC 2046 5.1,
// RFC 5621). Nothing for a body or a part whose encoding is not the identity: its bytes are not
// the text; nor for one that describes another session (RFC 3959).
std::optional<Sdp> session_description(std::string_view body, const BodyHeaders& headers);

}  // namespace drachtio::sip
