#include "dialog/endpoint.hpp"

namespace drachtio::dialog {

void set_sdp(Endpoint& endpoint, std::optional<Sdp> sdp) {
  if (!sdp) return;
  endpoint.sdp = std::move(sdp->text);
  endpoint.content_type = std::move(sdp->content_type);
  endpoint.sdp_position = sdp->position;
}

void forget_sdp(Endpoint& endpoint) {
  endpoint.sdp.reset();
  endpoint.content_type.reset();
  endpoint.sdp_position = 0;
}

std::optional<Sdp> sdp_of(const Event& event) {
  std::optional<Sdp> sdp = event.sdp;
  if (sdp) sdp->position = event.position;
  return sdp;
}

std::optional<Sdp> sdp_of(const Endpoint& endpoint) {
  if (!endpoint.sdp) return std::nullopt;
  return Sdp{*endpoint.sdp, endpoint.content_type, endpoint.sdp_position};
}

void set_address(Endpoint& endpoint, const std::optional<HostPort>& address) {
  if (!address) return;
  endpoint.signaling_address = address->host;
  endpoint.signaling_port = address->port;
}

}  // namespace drachtio::dialog
