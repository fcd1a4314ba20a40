// A drachtio frame as it was read, with what the reader knows of it.
#pragma once

#include "record/payload.hpp"

#include <drachtio/instant.hpp>

#include <cstdint>
#include <string>

namespace drachtio::record {

struct Frame {
  std::string server;            // configured name; empty: learnt from the login reply
  std::uint64_t connection = 0;  // tells conversations apart; unique per writer
  wire::Sender from = wire::Sender::server;
  Payload payload;
  Instant read_at;

  // Both throw wire::ProtocolError where the payload is not the admin protocol.
  [[nodiscard]] const wire::Envelope& envelope() const { return payload.envelope(from); }
  [[nodiscard]] const sip::Scan& message() const { return payload.message(from); }
};

}  // namespace drachtio::record
