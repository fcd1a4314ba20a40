// A scan cuts a message into its parts, whatever it says (RFC 3261 7).
#include "sip/scan.hpp"

#include "catch.hpp"

#include <string>

using namespace drachtio;

TEST_CASE("Scan: start line, headers in order, and a body as long as Content-Length says") {
  const std::string bytes =
      "\r\nINFO sip:a@b SIP/2.0\r\nVia: one\r\nVia : two\r\nl: 3\r\nSubject: a\r\n  "
      "b\r\n\r\nbodymore";
  const sip::Scan message = sip::scan(bytes);
  CHECK(message.start_line == "INFO sip:a@b SIP/2.0");
  REQUIRE(message.headers.size() == 4);
  CHECK(message.headers[1].name == "Via");
  CHECK(message.headers[1].value == "two");
  CHECK(message.headers[3].value == "a\r\n  b");
  CHECK(message.body == "bod");
}

TEST_CASE(
    "Scan: without a Content-Length, or with one that is too long, the body is what is there") {
  CHECK(sip::scan("INFO sip:a SIP/2.0\r\nVia: x\r\n\r\nbody").body == "body");
  CHECK(sip::scan("INFO sip:a SIP/2.0\r\nContent-Length: 99\r\n\r\nbody").body == "body");
  CHECK(sip::scan("INFO sip:a SIP/2.0\r\nContent-Length: no\r\n\r\nbody").body == "body");
}

TEST_CASE("Scan: nothing is refused") {
  CHECK(sip::scan("").start_line.empty());
  CHECK(sip::scan("\r\n\r\n").headers.empty());
  CHECK(sip::scan("nonsense").start_line == "nonsense");
  CHECK(sip::scan(std::string{"a\r\n\0: b\r\n", 9}).headers.size() == 1);
}

TEST_CASE("Scan: as a value, names and values are as they came, but for folds") {
  const SipMessage message = sip::value_of(
      sip::scan("SIP/2.0 183 Session Progress\r\nCSEQ: 7  INVITE\r\nm: <sip:a\r\n @b>\r\n\r\n"));
  CHECK(message.status == 183);
  CHECK(message.reason == "Session Progress");
  CHECK(message.method == "INVITE");
  CHECK(message.headers["Contact"] == "<sip:a @b>");
}
