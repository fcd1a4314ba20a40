// <length>#<payload>: frames are the same however the bytes arrive, and bad lengths end it.
#include "wire/frame_reader.hpp"

#include "catch.hpp"
#include "wire/protocol_error.hpp"

#include <string>
#include <vector>

using namespace drachtio::wire;

namespace {

using Frames = std::vector<std::string>;

Frames drain(FrameReader& reader) {
  Frames frames;
  while (const auto payload = reader.next()) frames.emplace_back(*payload);
  return frames;
}

// All frames of `bytes`, pushed `size` bytes at a time.
Frames read(std::string_view bytes, std::size_t size) {
  FrameReader reader;
  Frames frames;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size()))) {
    reader.push(bytes.substr(0, size));
    for (auto& payload : drain(reader)) frames.push_back(std::move(payload));
  }
  CHECK(reader.pending() == 0);
  return frames;
}

struct Caught {
  Fault fault;
  std::uint64_t offset;
};

Caught caught(FrameReader& reader) {
  try {
    reader.next();
  } catch (const ProtocolError& error) {
    return {error.fault(), error.offset()};
  }
  FAIL("no error");
  return {};
}

}  // namespace

TEST_CASE("Frames: one, by its length in bytes", "[wire]") {
  FrameReader reader;
  reader.push("5#hello");
  CHECK(reader.next() == "hello");
  CHECK_FALSE(reader.next());
  CHECK(reader.offset() == 7);
  CHECK(reader.pending() == 0);
  CHECK(frame("hello") == "5#hello");
}

TEST_CASE("Frames: the length counts bytes, not characters", "[wire]") {
  const std::string text = "Jos\xC3\xA9 \xF0\x9F\x93\x9E";
  CHECK(frame(text) == "10#" + text);
  CHECK(read(frame(text) + frame("x"), 1) == Frames{text, "x"});
}

TEST_CASE("Frames: the same split at every possible byte, in two and in three", "[wire]") {
  const Frames expected{"a",
                        "1|ping",
                        "5#not a frame",
                        std::string{"\0\r\n\r\n\0", 6},
                        "Jos\xC3\xA9",
                        std::string(300, 'x')};
  std::string bytes;
  for (const auto& payload : expected) bytes += frame(payload);
  for (std::size_t first = 0; first <= bytes.size(); ++first) {
    for (std::size_t second = first; second <= bytes.size(); second += 7) {
      FrameReader reader;
      Frames frames;
      for (const auto& piece :
           {bytes.substr(0, first), bytes.substr(first, second - first), bytes.substr(second)}) {
        reader.push(piece);
        for (auto& payload : drain(reader)) frames.push_back(std::move(payload));
      }
      REQUIRE(frames == expected);
      REQUIRE(reader.offset() == bytes.size());
    }
  }
}

TEST_CASE("Frames: joined by the dozen, or byte by byte", "[wire]") {
  std::string bytes;
  Frames expected;
  for (std::size_t size = 1; size <= 600; ++size) {
    expected.push_back(std::string(size, static_cast<char>('a' + size % 26)));
    bytes += frame(expected.back());
  }
  for (const std::size_t size : {std::size_t{1}, std::size_t{3}, std::size_t{4096}, bytes.size()}) {
    CHECK(read(bytes, size) == expected);
  }
}

TEST_CASE("Frames: up to the limit, and not a byte more", "[wire]") {
  FrameReader reader{10};
  reader.push("10#0123456789");
  CHECK(reader.next() == "0123456789");
  reader.push("11#");
  CHECK(caught(reader).fault == Fault::length_over_limit);
}

TEST_CASE("Frames: of 16 MiB", "[wire][slow]") {
  const std::string payload(default_frame_limit, 'x');
  CHECK(read(frame(payload) + frame("next"), 65536) == Frames{payload, "next"});
  FrameReader reader;
  reader.push("16777217#");
  CHECK(caught(reader).fault == Fault::length_over_limit);
}

TEST_CASE("Frames: a length that is none ends the stream", "[wire]") {
  const auto [bytes, fault, offset] = GENERATE(table<std::string, Fault, std::uint64_t>(
      {{"#x", Fault::length_empty, 0},
       {"0#", Fault::length_zero, 0},
       {"000#x", Fault::length_zero, 0},
       {"+5#hello", Fault::length_not_a_number, 0},
       {"-5#hello", Fault::length_not_a_number, 0},
       {" 5#hello", Fault::length_not_a_number, 0},
       {"5 #hello", Fault::length_not_a_number, 1},
       {"5\n", Fault::length_not_a_number, 1},
       {"0x5#hello", Fault::length_not_a_number, 1},
       {"hello", Fault::length_not_a_number, 0},
       {"\xD9\xA5#hello", Fault::length_not_a_number, 0},
       {std::string{"\0", 1}, Fault::length_not_a_number, 0},
       {"16777217#", Fault::length_over_limit, 0},
       {"99999999", Fault::length_over_limit, 0},
       {"18446744073709551621#hello", Fault::length_over_limit, 0},
       {std::string(100000, '9'), Fault::length_over_limit, 0},
       {std::string(100000, '0'), Fault::length_over_limit, 0}}));
  for (const std::size_t before : {std::size_t{0}, std::size_t{9}}) {
    FrameReader reader;
    if (before != 0) reader.push("7#kept it");
    reader.push(bytes);
    if (before != 0) CHECK(reader.next() == "kept it");
    const Caught error = caught(reader);
    CHECK(error.fault == fault);
    CHECK(error.offset == before + offset);
    CHECK(reader.offset() == before);
    reader.push("5#hello");  // it cannot be resynchronised
    CHECK(caught(reader).fault == fault);
  }
}

TEST_CASE("Frames: what came before an error is given out, split as it may be", "[wire]") {
  const std::string bytes = "1#a2#bcX";
  for (std::size_t split = 0; split < bytes.size(); ++split) {
    FrameReader reader;
    Frames frames;
    bool failed = false;
    for (const auto& piece : {bytes.substr(0, split), bytes.substr(split)}) {
      reader.push(piece);
      try {
        while (const auto payload = reader.next()) frames.emplace_back(*payload);
      } catch (const ProtocolError& error) {
        failed = true;
        CHECK(error.offset() == 7);
      }
    }
    CHECK(failed);
    CHECK(frames == Frames{"a", "bc"});
  }
}

TEST_CASE("Frames: a length alone is no frame yet, and takes no memory", "[wire]") {
  FrameReader reader;
  reader.push("1677721");
  CHECK_FALSE(reader.next());
  reader.push("6#");
  CHECK_FALSE(reader.next());
  CHECK(reader.pending() == 9);
  CHECK(reader.offset() == 0);
  reader.push(std::string(100, 'x'));
  CHECK_FALSE(reader.next());
  CHECK(reader.pending() == 109);
}

TEST_CASE("Protocol errors say what, where, and show a safe excerpt", "[wire]") {
  const ProtocolError error{Fault::length_not_a_number, 7,
                            std::string{"\x1B[2J\0", 5} + std::string(4000, 'x')};
  CHECK(error.offset() == 7);
  const std::string text = error.what();
  CHECK(text.find("frame length is not a number at byte 7") == 0);
  CHECK(text.find("\\x1B[2J\\x00") != std::string::npos);
  CHECK(text.size() < 200);
}
