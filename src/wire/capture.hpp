// Recorded traffic between a drachtio-server and a program: one JSON object a line.
//
// First {"format": "drachtio-wire-capture", "version": 1, "started_at": <seconds since 1970>},
// then {"t": <seconds since started_at>, "conn": <number>, "from": "client"|"server",
// "data": <base64>} for each chunk as it was read, and {..., "closed": true} at a direction's end.
#pragma once

#include "wire/envelope.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace drachtio::wire {

struct CaptureChunk {
  Instant read_at;
  std::uint64_t connection = 0;
  Sender from = Sender::server;
  std::string bytes;
  bool closed = false;
};

// What is wrong with a line of a capture; whoever reads the file adds its name and the line number.
class CaptureError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The first line: when the recording began, in seconds since 1970. Throws CaptureError.
double parse_capture_header(std::string_view line);

// Any other line. The time is rounded to the millisecond, as the recording is no finer.
// Throws CaptureError.
CaptureChunk parse_capture_chunk(std::string_view line, double started_at);

}  // namespace drachtio::wire
