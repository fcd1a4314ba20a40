// A SIP message cut into its parts, none of which is understood yet: what every reader of a message
// begins with. A scan refuses nothing.
#pragma once

#include "sip/header_lines.hpp"

#include <drachtio/sip_message.hpp>

#include <string_view>
#include <vector>

namespace drachtio::sip {

// All views are into the bytes that were scanned.
struct Scan {
  std::string_view start_line;
  std::vector<HeaderLine> headers;
  std::string_view body;  // as long as the first Content-Length says, or what there is
};

Scan scan(std::string_view bytes);

// Returns the message as a program sees it. A start line that is none leaves method and status
// empty.
SipMessage value_of(const Scan& message);

}  // namespace drachtio::sip
