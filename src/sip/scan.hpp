// A scan cuts a SIP message into its parts, and understands none of them yet: every reader of a
// message begins with it. It refuses nothing.
#pragma once

#include <drachtio/sip_message.hpp>

#include <string_view>
#include <vector>

namespace drachtio::sip {

// All views are into the bytes that were scanned.
struct HeaderField {
  std::string_view name;
  std::string_view value;  // may hold the line breaks of continuation lines
};
struct Scan {
  std::string_view start_line;
  std::vector<HeaderField> headers;
  std::string_view body;  // as long as the first Content-Length says, or what there is
};

Scan scan(std::string_view bytes);

// Returns the message as a program sees it. A start line that is none leaves method and status
// empty.
SipMessage value_of(const Scan& scanned);

}  // namespace drachtio::sip
