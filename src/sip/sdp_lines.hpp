// The lines of a session description (RFC 4566 5), for those who read and who write them.
#pragma once

#include "sip/sdp.hpp"

#include <optional>
#include <string_view>

namespace drachtio::sip {

// Takes a line off the front of `text`, without its CRLF or LF.
std::string_view take_sdp_line(std::string_view& text);

// "sendrecv" and its like.
std::string_view name_of(Flow flow);
// Nothing where the attribute is no direction.
std::optional<Flow> flow_named(std::string_view attribute);

// "audio 6000/2 RTP/AVP 0 8"
struct MediaLine {
  std::string_view media;
  std::string_view port;
  std::string_view protocol;
  std::string_view formats;

  explicit MediaLine(std::string_view line);

  [[nodiscard]] bool has_port() const;
};

}  // namespace drachtio::sip
