// Messages are handed in HEP, version 3, to a Homer, which keeps what a network carried
// (the HEP/EEP specification, revision 32).
#pragma once

#include "report/packet.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace drachtio::report {

// Returns the packet, to be sent as one datagram; nothing where the message is too large for one.
// `capture_id` names the sender to the Homer.
std::optional<std::string> hep_packet(const Packet& packet, std::uint32_t capture_id);

}  // namespace drachtio::report
