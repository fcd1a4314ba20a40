// A stream cut where its frames end.
#include "wire/frame_cutter.hpp"

#include "catch.hpp"

#include <string>
#include <vector>

using drachtio::wire::FrameCutter;

namespace {

std::vector<std::string> pieces(FrameCutter& cutter, std::string_view bytes) {
  std::vector<std::string> result;
  while (!bytes.empty()) {
    const std::size_t count = cutter.take(bytes);
    REQUIRE(count > 0);
    result.emplace_back(bytes.substr(0, count));
    bytes.remove_prefix(count);
  }
  return result;
}

}  // namespace

TEST_CASE("Frames that come joined are cut apart", "[wire]") {
  FrameCutter cutter;
  CHECK(pieces(cutter, "5#hello3#a#b10#0123456789") ==
        std::vector<std::string>{"5#hello", "3#a#b", "10#0123456789"});
}

TEST_CASE("A frame that comes in pieces is cut at its end, wherever it was split", "[wire]") {
  const std::string stream = "12#hello, world3#abc";
  for (std::size_t split = 1; split < stream.size(); ++split) {
    FrameCutter cutter;
    std::string seen;
    std::vector<std::size_t> ends;
    for (const std::string& part : {stream.substr(0, split), stream.substr(split)}) {
      for (const std::string& piece : pieces(cutter, part)) {
        seen += piece;
        ends.push_back(seen.size());
      }
    }
    CHECK(seen == stream);
    CHECK(std::ranges::find(ends, 15U) != ends.end());
  }
}

TEST_CASE("A stream without frames goes through as it comes", "[wire]") {
  for (const std::string stream : {"GET / HTTP/1.1\r\n", "0#", "#", "99999999999999999999#x"}) {
    FrameCutter cutter;
    std::string seen;
    for (const std::string& piece : pieces(cutter, stream)) seen += piece;
    CHECK(seen == stream);
    CHECK(cutter.take("5#hello3#abc") == 12);
  }
}
