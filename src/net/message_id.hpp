// Ids of the frames we send: UUIDs, version 4 (RFC 9562).
#pragma once

#include <string>

namespace drachtio::net {

// A fresh one, in lower case. Thread-safe. Throws std::runtime_error if there is no randomness.
std::string message_id();

}  // namespace drachtio::net
