// Bytes from the network made safe to show.
#include "text/escape.hpp"

#include "catch.hpp"
#include "text/utf8.hpp"

using drachtio::text::escaped;

TEST_CASE("Escape: controls are shown, text stays", "[text]") {
  CHECK(escaped("plain | text #1") == "plain | text #1");
  CHECK(escaped("a\r\nb\tc\\d") == "a\\r\\nb\\tc\\d");
  CHECK(escaped("\x1B[2J\x07") == "\\x1B[2J\\x07");
  CHECK(escaped(std::string_view{"\0", 1}) == "\\x00");
  CHECK(escaped("\x7F") == "\\x7F");
  CHECK(escaped("Jos\xC3\xA9 \xF0\x9F\x93\x9E") == "Jos\xC3\xA9 \xF0\x9F\x93\x9E");
}

TEST_CASE("Escape: C1 controls, which a terminal may obey, are shown too", "[text]") {
  CHECK(escaped("\xC2\x9B") == "\\xC2\\x9B");
  CHECK(escaped("\xC2\x80") == "\\xC2\\x80");
  CHECK(escaped("\xC2\xA0") == "\xC2\xA0");
}

TEST_CASE("Escape: what turns text round, or hides in it, is shown", "[text]") {
  CHECK(escaped("user\u202Egnp.exe") == "user\\xE2\\x80\\xAEgnp.exe");
  for (const char* hidden : {"\u200B", "\u200F", "\u2028", "\u2029", "\u202A", "\u2060", "\u2066",
                             "\u2069", "\uFEFF", "\u061C"}) {
    CHECK(escaped(hidden).starts_with("\\x"));
    CHECK(drachtio::text::unprintable(hidden) == std::string_view{hidden}.size());
  }
  for (const char* shown : {"\u200A", "\u2010", "\u2027", "\u2030", "\u2070", "\uFEFE", "\u0627"}) {
    CHECK(escaped(shown) == shown);
  }
}

TEST_CASE("Escape: to escape twice is to escape once", "[text]") {
  for (const char* text : {"a\r\nb", "\x1B[2J", "\xFF", "back\\slash", "\u202E"}) {
    CHECK(escaped(escaped(text)) == escaped(text));
  }
}

TEST_CASE("Escape: what is no UTF-8 is shown byte by byte", "[text]") {
  CHECK(escaped("\xFFz") == "\\xFFz");
  CHECK(escaped("\xC3") == "\\xC3");
  CHECK(escaped("\xE2\x82z") == "\\xE2\\x82z");
}

TEST_CASE("Escape: what is too long is cut, in the middle of a character if need be", "[text]") {
  CHECK(escaped("hello", 5) == "hello");
  CHECK(escaped("hello", 4) == "hell...");
  CHECK(escaped("hello", 0) == "...");
  CHECK(escaped("\xC3\xA9", 1) == "\\xC3...");
}

TEST_CASE("Escape: every byte value gives printable UTF-8", "[text]") {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const char bytes[] = {static_cast<char>(first), static_cast<char>(second)};
      const std::string shown = escaped({bytes, 2});
      REQUIRE(drachtio::text::is_utf8(shown));
      for (const char c : shown) REQUIRE((static_cast<unsigned char>(c) >= 0x20 && c != 0x7F));
    }
  }
}
