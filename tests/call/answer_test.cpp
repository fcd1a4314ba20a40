// Our answers to requests: what is sent, and what the server's reply to it says.
#include "call/answer.hpp"

#include "call/words.hpp"
#include "catch.hpp"

#include <drachtio/error.hpp>

#include <stdexcept>

using namespace drachtio;
using call::answer_frame;

namespace {

SipMessage invite_to_answer() {
  return parse_sip_message(
      "INVITE sip:ann@10.0.0.1 SIP/2.0\r\n"
      "Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK-1\r\n"
      "From: <sip:b@10.0.0.2>;tag=b\r\n"
      "To: <sip:ann@10.0.0.1>\r\n"
      "Call-ID: 1@b\r\n"
      "CSeq: 7 INVITE\r\n"
      "Content-Length: 0\r\n\r\n");
}

}  // namespace

TEST_CASE("RFC 3261 8.2.6.2: an answer repeats what tells which request it answers") {
  const wire::ClientFrame frame = answer_frame("t1", invite_to_answer(), {.status = 180});
  CHECK(frame.kind == wire::answer("t1", "").kind);
  CHECK(frame.first_line().find("t1") != std::string::npos);
  for (const char* line : {"SIP/2.0 180 Ringing\r\n", "Call-ID: 1@b\r\n", "CSeq: 7 INVITE\r\n",
                           "From: <sip:b@10.0.0.2>;tag=b\r\n", "To: <sip:ann@10.0.0.1>\r\n"}) {
    CAPTURE(line);
    CHECK(frame.text.find(line) != std::string::npos);
  }
  CHECK(frame.text.find("Via:") == std::string::npos);
}

TEST_CASE("An answer's own headers go before those that it would repeat") {
  const wire::ClientFrame frame = answer_frame(
      "t1", invite_to_answer(),
      {.status = 486, .reason = "Not now", .headers = {{"To", "<sip:ann@10.0.0.1>;tag=mine"}}});
  CHECK(frame.text.find("SIP/2.0 486 Not now\r\n") != std::string::npos);
  CHECK(frame.text.find("To: <sip:ann@10.0.0.1>;tag=mine\r\n") != std::string::npos);
  CHECK(frame.text.find("To: <sip:ann@10.0.0.1>\r\n") == std::string::npos);
}

TEST_CASE("RFC 3261 7.2: an answer's status is 101 to 699, as the server sends 100 by itself") {
  for (const int status : {-1, 0, 99, 100, 700}) {
    CAPTURE(status);
    CHECK_THROWS_AS(answer_frame("t1", invite_to_answer(), {.status = status}),
                    std::invalid_argument);
  }
  CHECK_NOTHROW(answer_frame("t1", invite_to_answer(), {.status = 101}));
  CHECK_NOTHROW(answer_frame("t1", invite_to_answer(), {.status = 699}));
}

TEST_CASE("RFC 3262 3: 100rel may be one of several options") {
  CHECK(call::requires_100rel("100rel"));
  CHECK(call::requires_100rel("timer, 100rel"));
  CHECK_FALSE(call::requires_100rel("timer"));
  CHECK_FALSE(call::requires_100rel(""));
}

TEST_CASE("The reply of a drachtio-server may show an earlier answer: then this one was not sent") {
  SipMessage shown;
  shown.status = 180;
  CHECK_FALSE(call::outcome_of_answer(180, {{}, shown}).error);
  const call::Outcome outcome = call::outcome_of_answer(200, {{}, shown});
  CHECK(test::word(outcome.error) == "refused");
  CHECK(outcome.message.reason == "the server sent nothing, and shows its 180 of before");
  CHECK(test::word(call::outcome_of_answer(200, {Errc::no_link, {}}).error) == "no_link");
}
