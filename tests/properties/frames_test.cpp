// For any frames and any split of their bytes: the same frames.
#include "catch.hpp"
#include "wire/frame_reader.hpp"
#include "wire/protocol_error.hpp"

#include <rapidcheck.h>

using namespace drachtio::wire;

namespace {

using Frames = std::vector<std::string>;

struct Result {
  Frames frames;
  bool failed = false;
  std::uint64_t error_offset = 0;
  bool operator==(const Result&) const = default;
};

// Reads `bytes` in pieces of these sizes (the last one takes what is left).
Result read(std::string_view bytes, const std::vector<std::size_t>& sizes) {
  FrameReader reader{200};
  Result result;
  std::size_t piece = 0;
  while (!bytes.empty() && !result.failed) {
    const std::size_t size =
        piece < sizes.size() ? std::min(sizes[piece], bytes.size()) : bytes.size();
    ++piece;
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
  const bool holds = rc::check([] {
    const auto payloads = *rc::gen::container<Frames>(rc::gen::suchThat(
        rc::gen::string<std::string>(),
        [](const std::string& text) { return !text.empty() && text.size() < 200; }));
    std::string bytes;
    for (const auto& payload : payloads) bytes += frame(payload);
    const auto sizes =
        *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, 12));
    const Result result = read(bytes, sizes);
    RC_ASSERT(result.frames == payloads);
    RC_ASSERT_FALSE(result.failed);
  });
  CHECK(holds);
}

TEST_CASE("Property: what is no stream of frames fails alike however it is split", "[property]") {
  const bool holds = rc::check([] {
    const auto bytes = *rc::gen::container<std::string>(rc::gen::oneOf(
        rc::gen::element('0', '1', '2', '3', '#', '#', 'x'), rc::gen::arbitrary<char>()));
    const auto sizes =
        *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, 4));
    const Result at_once = read(bytes, {});
    const Result split = read(bytes, sizes);
    RC_ASSERT(split.failed == at_once.failed);
    RC_ASSERT(split.frames == at_once.frames);
    // Where a length grows beyond the limit depends on no split, nor does where it is none.
    RC_ASSERT(split.error_offset == at_once.error_offset);
  });
  CHECK(holds);
}
