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

// A method as SIP has it: in capitals. Throws std::invalid_argument for what is no token (RFC 3261
// section 7.1).
std::string method_name(std::string_view method);

// Whether it is a sip: or sips: URI that stays within its token of drachtio's first line and its
// place in a start line: no space, no bar, no control character. (A drachtio-server 0.9.10 dies of
// a tel: URI.)
bool is_sip_uri(const std::string& uri);

// Throws std::invalid_argument where it is none.
void require_uri(const std::string& uri);

// The phrase of a status (RFC 3261 section 21 and its extensions); "" for one unknown.
std::string_view phrase_of(int status);

}  // namespace drachtio::sip
