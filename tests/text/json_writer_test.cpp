// JSON objects written member by member (RFC 8259).
#include "text/json_writer.hpp"

#include "catch.hpp"

using namespace drachtio::text;

namespace {

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

}  // namespace

TEST_CASE("RFC 8259 7: strings are escaped, UTF-8 stays, what is none becomes U+FFFD", "[text]") {
  CHECK(quoted("") == R"("")");
  CHECK(quoted("a \"b\" \\ /") == R"("a \"b\" \\ /")");
  CHECK(quoted("\r\n\t\b\x1F") == R"("\r\n\t\u0008\u001f")");
  CHECK(quoted(std::string_view{"a\0b", 3}) == R"("a\u0000b")");
  CHECK(quoted("Jos\xC3\xA9") == "\"Jos\xC3\xA9\"");
  CHECK(quoted("Jos\xE9\"") == "\"Jos\xEF\xBF\xBD\\\"\"");
  CHECK(quoted("\x7F") == "\"\x7F\"");
}

TEST_CASE("Controls that JSON lets stand are escaped for printing, and only then", "[text]") {
  const std::string stored = quoted(
      "a\x7F\xC2\x9B"
      "2J\xC2\x80\xC2\x9F.");
  CHECK(stored ==
        "\"a\x7F\xC2\x9B"
        "2J\xC2\x80\xC2\x9F.\"");
  CHECK(printable_json(stored) == R"("a\u007f\u009b2J\u0080\u009f.")");
  CHECK(printable_json("\x7F") == R"(\u007f)");
  CHECK(printable_json("\"\u202E\u200B\uFEFF\"") == R"("\u202e\u200b\ufeff")");
  CHECK(printable_json("\xC2") == R"(\ufffd)");
  for (const char* as_it_is : {"", "{\"a\":\"\\u001b\"}", "\xC2\xA0\xC3\x9B\xE2\x82\x9B"}) {
    CHECK(printable_json(as_it_is) == as_it_is);
  }
}

TEST_CASE("Objects: members, nesting, absent values", "[text]") {
  std::string out = "x=";
  {
    JsonObject object{out};
    object.string("a", "1");
    object.string("none", std::optional<std::string>{});
    object.string("some", std::optional<std::string>{""});
    object.string_or_null("null", std::nullopt);
    object.number("n", -9223372036854775807LL - 1);
    object.boolean("b", false);
    {
      JsonObject child = object.child("c");
      child.raw("r", "[1,2]");
    }
    object.child("empty").close();
    object.boolean("last", true);
    object.close();
    object.close();
  }
  CHECK(out == R"(x={"a":"1","some":"","null":null,"n":-9223372036854775808,"b":false,)"
               R"("c":{"r":[1,2]},"empty":{},"last":true})");
}
