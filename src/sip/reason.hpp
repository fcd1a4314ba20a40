// The Reason header (RFC 3326): why a BYE, a CANCEL or a final answer was sent.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace drachtio::sip {

struct Reason {
  std::optional<std::string> text;   // of the first value that has one
  std::optional<int> q850_cause;     // cause of the first Q.850 value (ITU-T Q.850: 16, 17, 31 ...)
  bool completed_elsewhere = false;  // SIP;cause=200: another device has answered the call
};

// Adds what one Reason header says. What earlier headers of the message have said stays.
// `header` is the header's value on one line; it may hold several values, separated by commas.
void read_reason(std::string_view header, Reason& reason);

}  // namespace drachtio::sip
