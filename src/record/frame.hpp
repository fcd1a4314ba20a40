// A drachtio frame as it was read, with what the reader knows of it.
#pragma once

#include "wire/envelope.hpp"

#include <cstdint>
#include <string>

namespace drachtio::record {

struct Frame {
  std::string server;            // configured name; empty: learnt from the login reply
  std::uint64_t connection = 0;  // tells conversations apart; unique per writer
  wire::Sender from = wire::Sender::server;
  std::string payload;
  Instant read_at;
};

}  // namespace drachtio::record
