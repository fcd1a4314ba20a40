#include "projection/open_row.hpp"

#include "projection/tracking.hpp"

namespace drachtio::projection {

namespace {

OpenRow::Side side_of(const Endpoint& endpoint) {
  return {endpoint.tag, endpoint.sdp_position, endpoint.user, endpoint.signaling_address,
          endpoint.signaling_port};
}

}  // namespace

OpenRow open_row(const dialog::Dialog& leg) {
  return {leg.number,        leg.state,          leg.times.connect_time,
          leg.status,        side_of(leg.local), side_of(leg.remote),
          leg.hold(),        leg.session,        leg.version,
          leg.last_position, leg.last_heard,     tracking_json(leg)};
}

}  // namespace drachtio::projection
