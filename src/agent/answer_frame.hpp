// Composes an answer of ours to a request that came.
#pragma once

#include "agent/incoming.hpp"
#include "wire/compose.hpp"

#include <string>

namespace drachtio::agent {

// The answer repeats what the server needs of the request (RFC 3261 8.2.6.2), unless the content
// has it. An empty reason stands for the usual phrase of the status. Throws std::invalid_argument
// where that would be no answer.
wire::ClientFrame answer_frame(const Incoming& incoming, int status, const std::string& reason,
                               const Content& content);

}  // namespace drachtio::agent
