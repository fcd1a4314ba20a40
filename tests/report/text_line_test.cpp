// Lines of a terminal, drawn column by column.
#include "report/text_line.hpp"

#include "catch.hpp"
#include "text/width.hpp"

using namespace drachtio;
using report::Colour;
using report::TextLine;

namespace {

constexpr const char* chinese = "\xE5\xBC\xA0\xE4\xBC\x9F";  // two code points of two columns
constexpr const char* e_acute = "e\xCC\x81";                 // e and a combining accent
constexpr const char* arabic = "\xD8\xB9\xD9\x84\xD9\x8A";   // three letters

}  // namespace

TEST_CASE("Text line: later text covers earlier, and blanks at the end are left out") {
  TextLine line;
  line.put(2, "abcdef");
  line.put(4, "XY");
  line.put(12, "  ");
  CHECK(line.text(false) == "  abXYef\n");
}

TEST_CASE("Text line: a wide code point takes two columns, a combining one none") {
  TextLine line;
  line.put(0, chinese);
  line.put(4, e_acute);
  line.put(5, "|");
  CHECK(line.text(false) == std::string{chinese} + e_acute + "|\n");
}

TEST_CASE("Text line: half a wide code point does not stay") {
  TextLine first;
  first.put(0, chinese);
  first.put(1, "|");
  CHECK(text::width(first.text(false).substr(0, first.text(false).size() - 1)) == 4);
  TextLine second;
  second.put(0, chinese);
  second.put(2, "|");
  CHECK(second.text(false) == std::string{chinese}.substr(0, 3) + "|\n");
}

TEST_CASE("Text line: a combining mark with nothing before it disturbs nothing") {
  TextLine line;
  line.put(0, "\xCC\x81x");
  CHECK(line.text(false) == "x\n");
}

TEST_CASE("Text line: colours begin and end with the text that has them") {
  TextLine line;
  line.put(0, "a", Colour::red);
  line.put(1, "b");
  line.put(2, "c", Colour::bold);
  CHECK(line.text(true) == "\x1b[31ma\x1b[0mb\x1b[1mc\x1b[0m\n");
  CHECK(line.text(false) == "abc\n");
}

TEST_CASE("Wrapped: at blanks where there are any, else where the room ends") {
  using Lines = std::vector<std::string>;
  CHECK(report::wrapped("one two three", 8) == Lines{"one two", "three"});
  CHECK(report::wrapped("onetwothree", 4) == Lines{"onet", "woth", "ree"});
  CHECK(report::wrapped("ab cdefghij", 4) == Lines{"ab", "cdef", "ghij"});
  CHECK(report::wrapped("  onetwo three", 6) == Lines{"  onet", "wo", "three"});  // no empty line
  CHECK(report::wrapped("", 4).empty());
  CHECK(report::wrapped(chinese, 3).size() == 2);
  CHECK(report::wrapped(chinese, 1).size() == 2);
}

TEST_CASE("Shortened: an ellipsis stands for the rest") {
  CHECK(report::shortened("INVITE", 6, "...") == "INVITE");
  CHECK(report::shortened("SUBSCRIBE", 6, "...") == "SUB...");
  CHECK(report::shortened(chinese, 3, "\xE2\x80\xA6") ==
        std::string{chinese}.substr(0, 3) + "\xE2\x80\xA6");
  CHECK(report::shortened("INVITE", 2, "...").empty());
}

TEST_CASE("Width: of wide, combining and other letters") {
  CHECK(text::width(chinese) == 4);
  CHECK(text::width(e_acute) == 1);
  CHECK(text::width(arabic) == 3);
  CHECK(text::width("\xFF") == 1);
  CHECK(text::fitting(chinese, 3) == 3);
  CHECK(text::fitting(e_acute, 1) == 3);
  CHECK(text::fitting("abc", 0) == 0);
}
