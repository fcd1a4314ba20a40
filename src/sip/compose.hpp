// Writes the SIP text a program sends: a skeleton, that the server completes (Via, tags, Call-ID,
// CSeq, Contact, Max-Forwards).
#pragma once

#include <drachtio/headers.hpp>

#include <string>
#include <string_view>

namespace drachtio::sip {

// Start line, headers, Content-Length, body. Throws std::invalid_argument for what would not be
// one message: a line break or NUL in the start line, a name or a value, a name that is no token,
// or a body that is no SDP ("v=0") and has no Content-Type.
std::string compose(std::string_view start_line, const Headers& headers, std::string_view body);

// Throws std::invalid_argument for a text that is no sip: or sips: URI, or would not stay within
// its token of drachtio's first line or its place in a start line: with a space, a bar, a control
// character. (A drachtio-server 0.9.10 dies of a tel: URI.)
void require_uri(const std::string& uri);

// The phrase of a status (RFC 3261 section 21 and its extensions); "" for one unknown.
std::string_view phrase_of(int status);

}  // namespace drachtio::sip
