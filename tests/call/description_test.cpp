// These show what a program answers and offers by default (RFC 3264 6, 8, RFC 3261 14.2, RFC
// 6337 5.3).
#include "call/description.hpp"

#include "catch.hpp"

#include <string>

using namespace drachtio;

namespace {

std::string description(const std::string& direction) {
  return "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n"
         "m=audio 4000 RTP/AVP 0\r\na=" +
         direction + "\r\n";
}

dialog::Dialog with(const std::string& ours) {
  dialog::Dialog dialog;
  dialog.local.sdp = ours;
  return dialog;
}

SipMessage reinvite(const std::string& offer) {
  SipMessage request;
  request.method = "INVITE";
  request.headers.add("Content-Type", "application/sdp");
  request.body = offer;
  return request;
}

bool shows(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("RFC 3264 6.1: an offer that holds is answered so that it holds") {
  const dialog::Dialog dialog = with(description("sendrecv"));
  CHECK(shows(call::default_answer(dialog, reinvite(description("sendonly"))), "a=recvonly"));
  CHECK(shows(call::default_answer(dialog, reinvite(description("inactive"))), "a=inactive"));
  CHECK_FALSE(shows(call::default_answer(dialog, reinvite(description("sendrecv"))), "recvonly"));
}

TEST_CASE("RFC 3264 6: a stream that the program does not have is refused by port 0") {
  const std::string video = description("sendrecv") + "m=video 5000 RTP/AVP 96\r\n";
  const std::string answer = call::default_answer(with(description("sendrecv")), reinvite(video));
  CHECK(shows(answer, "m=audio 4000"));
  CHECK(shows(answer, "m=video 0 "));
}

TEST_CASE("RFC 3261 14.2: a re-INVITE without an offer is answered with what the program has") {
  const std::string offer = call::default_answer(with(description("sendrecv")), reinvite(""));
  CHECK(shows(offer, "m=audio 4000 RTP/AVP 0"));
}

TEST_CASE("A program that has no description gives none") {
  CHECK(call::default_answer(dialog::Dialog{}, reinvite(description("sendrecv"))).empty());
}

TEST_CASE("RFC 3264 8.4: a hold offers to send only, and its end to do both again") {
  const std::string held = call::offer_of_hold(with(description("sendrecv")), true);
  CHECK(shows(held, "a=sendonly"));
  dialog::Dialog on_hold = with(held);
  on_hold.held_locally = true;
  CHECK_FALSE(shows(call::offer_of_hold(on_hold, false), "a=sendonly"));
}
