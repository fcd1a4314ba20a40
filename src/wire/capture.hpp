// Recorded traffic between a drachtio-server and a program: one JSON object a line.
//
// First {"format": "drachtio-wire-capture", "version": 1, "started_at": <seconds since 1970>},
// then {"t": <seconds since started_at>, "conn": <number>, "from": "client"|"server",
// "data": <base64>} for each chunk as it was read, and {..., "closed": true} at a direction's end.
// A connection's first line may name its server, as {..., "server": <name>}.
// Times are rounded to milliseconds, or to microseconds where the first line has
// "resolution": 0.000001, as that of a capture written here. docs/captures.md tells more.
#pragma once

#include "wire/envelope.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace drachtio::wire {

// The first line.
struct CaptureHeader {
  double started_at = 0;          // when the recording began, in seconds since 1970
  Microseconds resolution{1000};  // to which its times are rounded
};

struct CaptureChunk {
  Instant read_at;
  std::uint64_t connection = 0;
  Sender from = Sender::server;
  std::string bytes;
  bool closed = false;
  std::string server;  // the name of the connection's server; empty where the line does not tell it
};

// What is wrong with a line of a capture; whoever reads the file adds its name and the line number.
class CaptureError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Reads the first line. Throws CaptureError.
CaptureHeader parse_capture_header(std::string_view line);

// Reads any other line. Throws CaptureError.
CaptureChunk parse_capture_chunk(std::string_view line, const CaptureHeader& header);

// The first line of a capture with times to the microsecond, without a line end.
std::string capture_header(Instant started_at);

// A chunk, or the end of a direction where it is `closed`, in which case its bytes are left out;
// without a line end. parse_capture_chunk reads the same chunk back.
std::string capture_line(const CaptureChunk& chunk, Instant started_at);

}  // namespace drachtio::wire
