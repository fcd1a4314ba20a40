// For any frames and any split of their bytes: the same frames.
#include "catch.hpp"
#include "properties/property.hpp"
#include "wire/frame_reader.hpp"
#include "wire/protocol_error.hpp"

#include <vector>

using namespace drachtio::test;
using namespace drachtio::wire;

namespace {

using Frames = std::vector<std::string>;

struct Result {
  Frames frames;
  bool failed = false;
  std::uint64_t error_offset = 0;
  bool operator==(const Result&) const = default;
};

// Reads `bytes` in pieces of up to `most` bytes; all at once where that is 0.
Result read(std::string_view bytes, int most) {
  FrameReader reader{200};
  Result result;
  while (!bytes.empty() && !result.failed) {
    const std::size_t size =
        most == 0 ? bytes.size() : std::min(static_cast<std::size_t>(pick(most)) + 1, bytes.size());
    reader.push(bytes.substr(0, size));
    bytes.remove_prefix(size);
    try {
      while (const auto payload = reader.next()) result.frames.emplace_back(*payload);
    } catch (const ProtocolError& error) {
      result.failed = true;
      result.error_offset = error.offset();
    }
  }
  return result;
}

}  // namespace

TEST_CASE("Property: any split of a byte stream gives the same frames", "[property]") {
  CHECK(holds([] {
    Frames payloads;
    std::string bytes;
    for (int count = pick(20); count > 0; --count) {
      std::string payload(static_cast<std::size_t>(pick(200)) + 1, 'x');
      for (char& c : payload) c = pick_of({'x', '#', '1', '\0', '\n', '\xC3'});
      bytes += frame(payload);
      payloads.push_back(std::move(payload));
    }
    note(bytes);
    const Result result = read(bytes, pick(30) + 1);
    must(!result.failed, "no error");
    must(result.frames == payloads, "the same frames");
  }));
}

TEST_CASE("Property: what is no stream of frames fails alike however it is split", "[property]") {
  CHECK(holds([] {
    std::string bytes(static_cast<std::size_t>(pick(60)), '0');
    for (char& c : bytes) c = pick_of({'0', '1', '2', '3', '#', '#', 'x', '\xFF'});
    note(bytes);
    must(read(bytes, pick(4) + 1) == read(bytes, 0), "the same frames, then the same error");
  }));
}
