// The input, cut into pieces by itself, must give the frames it gives in one piece. Its first byte
// says how large the pieces are.
#include "wire/frame_reader.hpp"
#include "wire/protocol_error.hpp"

#include <cstdlib>
#include <string>
#include <vector>

namespace {

using drachtio::wire::FrameReader;

struct Result {
  std::vector<std::string> frames;
  std::string error;
  std::uint64_t offset = 0;
  bool operator==(const Result&) const = default;
};

void drain(FrameReader& reader, Result& result) {
  try {
    while (const auto payload = reader.next()) result.frames.emplace_back(*payload);
  } catch (const drachtio::wire::ProtocolError& error) {
    result.error = to_string(error.fault());
    result.offset = error.offset();
  }
}

Result read(std::string_view bytes, std::size_t size) {
  FrameReader reader{4096};
  Result result;
  while (!bytes.empty() && result.error.empty()) {
    reader.push(bytes.substr(0, size));
    bytes.remove_prefix(std::min(size, bytes.size()));
    drain(reader, result);
  }
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  if (!(read(bytes, data[0] + 1U) == read(bytes, bytes.size()))) std::abort();
  return 0;
}
