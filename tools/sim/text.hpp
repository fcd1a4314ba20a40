// SIP text as a drachtio-server shows it, and the tokens before it.
#pragma once

#include <drachtio/headers.hpp>

#include <string>
#include <string_view>

namespace drachtio::sim {

// Fresh, and in the form the real thing gives them.
std::string make_tag();
std::string make_branch();
std::string make_uuid();

std::string message_text(std::string_view start_line, const Headers& headers,
                         std::string_view body);

// An audio session of the far end's.
std::string far_sdp(int version, std::string_view direction);

// The direction that answers an offer (RFC 3264 6.1): "sendonly" by "recvonly"...
std::string answering_direction(std::string_view sdp);

}  // namespace drachtio::sim
