// RFC 3629 and table 3-7 of the Unicode standard: what is UTF-8, and what becomes of what is not.
#include "text/utf8.hpp"

#include "catch.hpp"

#include <string>

using drachtio::text::is_utf8;
using drachtio::text::to_utf8;
using drachtio::text::utf8_sequence;

TEST_CASE("UTF-8: a well-formed sequence has one to four bytes", "[text]") {
  CHECK(utf8_sequence("a") == 1);
  CHECK(utf8_sequence("\xC3\xA9") == 2);
  CHECK(utf8_sequence("\xE2\x82\xAC") == 3);
  CHECK(utf8_sequence("\xF0\x9F\x93\x9E") == 4);
  CHECK(utf8_sequence("") == 0);
  CHECK(utf8_sequence(std::string_view{"\0", 1}) == 1);
}

TEST_CASE("UTF-8: overlong forms, surrogates and what lies beyond U+10FFFF are refused", "[text]") {
  CHECK(utf8_sequence("\xC0\xAF") == 0);
  CHECK(utf8_sequence("\xC1\xBF") == 0);
  CHECK(utf8_sequence("\xE0\x9F\xBF") == 0);
  CHECK(utf8_sequence("\xF0\x8F\xBF\xBF") == 0);
  CHECK(utf8_sequence("\xED\xA0\x80") == 0);
  CHECK(utf8_sequence("\xED\x9F\xBF") == 3);
  CHECK(utf8_sequence("\xF4\x8F\xBF\xBF") == 4);
  CHECK(utf8_sequence("\xF4\x90\x80\x80") == 0);
  CHECK(utf8_sequence("\xF5\x80\x80\x80") == 0);
  CHECK(utf8_sequence("\xFF") == 0);
}

TEST_CASE("UTF-8: a sequence cut short is none", "[text]") {
  for (const std::string_view whole : {"\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x93\x9E"}) {
    for (std::size_t length = 1; length < whole.size(); ++length) {
      CHECK(utf8_sequence(whole.substr(0, length)) == 0);
    }
  }
}

TEST_CASE("UTF-8: a bad byte is found wherever it stands", "[text]") {
  for (std::size_t length = 1; length < 40; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      std::string text(length, 'x');
      REQUIRE(is_utf8(text));
      text[at] = '\x80';
      REQUIRE_FALSE(is_utf8(text));
    }
  }
}

TEST_CASE("UTF-8: each byte of no sequence becomes U+FFFD, all else stays", "[text]") {
  CHECK(to_utf8("Jos\xC3\xA9") == "Jos\xC3\xA9");
  CHECK(to_utf8("Jos\xE9!") == "Jos\xEF\xBF\xBD!");
  CHECK(to_utf8("\xED\xA0\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(to_utf8("a\xF0\x9F\x93") == "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(is_utf8(to_utf8("\xFF\xC3\x28\xA0")));
  CHECK(to_utf8("").empty());
}
