// The SDP and the address of one side of a dialog, as its state keeps them.
#pragma once

#include <drachtio/event.hpp>

#include <optional>

namespace drachtio::dialog {

// Does nothing where there is no SDP.
void set_sdp(Endpoint& endpoint, std::optional<Sdp> sdp);
void forget_sdp(Endpoint& endpoint);
// These return the SDP as a dialog's state keeps it, with the position of the event.
std::optional<Sdp> sdp_of(const Event& event);
std::optional<Sdp> sdp_of(const Endpoint& endpoint);

// Does nothing where there is no address.
void set_address(Endpoint& endpoint, const std::optional<HostPort>& address);

}  // namespace drachtio::dialog
