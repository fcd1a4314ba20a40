// Without its secrets, a message of any bytes has the same length and the same line breaks.
#include "report/secrets.hpp"

#include "catch.hpp"
#include "properties/property.hpp"

using namespace drachtio::test;

TEST_CASE("Property: masking changes nothing but single bytes", "[property]") {
  CHECK(holds([] {
    std::string text;
    for (int count = pick(30); count > 0; --count) {
      text += pick_text({"MESSAGE x SIP/2.0\r\n",
                         "Authorization: ",
                         "Digest ",
                         "response=",
                         "\"",
                         "\\",
                         ",",
                         "=",
                         "\r\n",
                         "\r",
                         "\n",
                         " ",
                         "a=crypto:",
                         "inline:",
                         "k=",
                         ":",
                         "--",
                         "Content-Type: multipart/mixed;boundary=\"",
                         "CSeq: 1 MESSAGE",
                         "Content-Transfer-Encoding: base64",
                         "x",
                         "\xC3"});
    }
    note(text);
    const std::string masked = drachtio::report::without_secrets(text);
    must(masked.size() == text.size(), "the same length");
    bool is_same_or_masked = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool is_line_break = text[i] == '\r' || text[i] == '\n';
      is_same_or_masked &=
          masked[i] == text[i] || ((masked[i] == '*' || masked[i] == 'A') && !is_line_break);
    }
    must(is_same_or_masked, "nothing but asterisks and As");
    must(drachtio::report::without_secrets(masked).size() == text.size(), "again");
  }));
}
