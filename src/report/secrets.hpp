// This file masks what must not leave with a message when it is handed to somebody else: answers to
// digest challenges, media keys, texts between people, and digits that were dialled during a call.
#pragma once

#include <string>
#include <string_view>

namespace drachtio::report {

// Returns the message with each byte of its secrets replaced by an asterisk (of keys in base64, by
// an A), so that its length, its Content-Length and its line breaks stay true. Secrets are:
// - in Authorization, Proxy-Authorization, Authentication-Info and Proxy-Authentication-Info, also
//   within a body or a URI: all but the scheme and the harmless parameters of a Digest
//   (RFC 7616 3.4);
// - in a body: the keys of `a=crypto` (RFC 4568), `a=key-mgmt` (RFC 4567) and `k=` (RFC 4566 5.12),
//   and `a=ice-pwd` (RFC 8839 5.4);
// - the body of a MESSAGE (RFC 3428), of an INFO that carries DTMF, and of a report of KPML
//   (RFC 4730);
// - a body that is encoded, as its secrets cannot be told from the rest.
// Never throws for what the message holds.
std::string without_secrets(std::string_view message);

}  // namespace drachtio::report
