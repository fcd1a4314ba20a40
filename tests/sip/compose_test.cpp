// The SIP text a program sends, and what is never let through.
#include "sip/compose.hpp"

#include "catch.hpp"

#include <stdexcept>

using namespace drachtio;

TEST_CASE("Start line, headers in order, the true Content-Length, body", "[sip]") {
  CHECK(
      sip::compose("SIP/2.0 200 OK", {{"CSeq", "1 INVITE"}, {"content-length", "99"}}, "v=0\r\n") ==
      "SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\nContent-Length: 5\r\n\r\nv=0\r\n");
  CHECK(sip::compose("BYE sip:placeholder SIP/2.0", {}, {}) ==
        "BYE sip:placeholder SIP/2.0\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("Nothing that is given makes a second header or message", "[sip]") {
  CHECK_THROWS_AS(sip::compose("INVITE sip:a\r\nX: y SIP/2.0", {}, {}), std::invalid_argument);
  CHECK_THROWS_AS(sip::compose("INVITE sip:a SIP/2.0", {{"Subject", "a\nb"}}, {}),
                  std::invalid_argument);
  CHECK_THROWS_AS(sip::compose("INVITE sip:a SIP/2.0", {{"Sub ject", "a"}}, {}),
                  std::invalid_argument);
  CHECK_THROWS_AS(sip::compose("INVITE sip:a SIP/2.0", {{"", "a"}}, {}), std::invalid_argument);
  CHECK_THROWS_AS(sip::compose("INVITE sip:a SIP/2.0", {{"X", std::string{"a\0b", 3}}}, {}),
                  std::invalid_argument);
}

TEST_CASE("A body that is no SDP needs a Content-Type", "[sip]") {
  CHECK_THROWS_AS(sip::compose("MESSAGE sip:a SIP/2.0", {}, "hello"), std::invalid_argument);
  CHECK_NOTHROW(sip::compose("MESSAGE sip:a SIP/2.0", {{"c", "text/plain"}}, "hello"));
}

TEST_CASE("RFC 3261 21: phrases", "[sip]") {
  CHECK(sip::phrase_of(200) == "OK");
  CHECK(sip::phrase_of(486) == "Busy Here");
  CHECK(sip::phrase_of(299).empty());
}
