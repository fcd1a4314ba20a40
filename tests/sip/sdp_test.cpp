// Is it a hold, is it the same as before? (RFC 3264 8.4, RFC 2543 B.5, RFC 4566 5.2)
#include "sip/sdp.hpp"

#include "catch.hpp"

#include <string>

using drachtio::sip::is_hold;
using drachtio::sip::same_version;

namespace {

// A session with these lines before its media.
std::string session(const std::string& lines) {
  return "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n" + lines + "t=0 0\r\n";
}
const std::string live = "c=IN IP4 192.0.2.1\r\n";
const std::string audio = "m=audio 6000 RTP/AVP 0\r\n";
const std::string video = "m=video 6002 RTP/AVP 31\r\n";

}  // namespace

TEST_CASE("RFC 3264 8.4: sendonly and inactive hold, sendrecv and recvonly do not", "[sdp]") {
  CHECK(is_hold(session(live) + audio + "a=sendonly\r\n"));
  CHECK(is_hold(session(live) + audio + "a=inactive\r\n"));
  CHECK_FALSE(is_hold(session(live) + audio + "a=recvonly\r\n"));
  CHECK_FALSE(is_hold(session(live) + audio + "a=sendrecv\r\n"));
  CHECK_FALSE(is_hold(session(live) + audio));
  CHECK(is_hold(session(live) + audio + "a=rtpmap:0 PCMU/8000\r\na=inactive \r\na=ptime:20\r\n"));
  CHECK_FALSE(is_hold(session(live) + audio + "a=sendonlyish\r\n"));
}

TEST_CASE("RFC 4566 6: the media's direction comes before the session's", "[sdp]") {
  CHECK(is_hold(session(live + "a=sendonly\r\n") + audio));
  CHECK_FALSE(is_hold(session(live + "a=sendonly\r\n") + audio + "a=sendrecv\r\n"));
  CHECK(is_hold(session(live + "a=sendrecv\r\n") + audio + "a=inactive\r\n"));
  CHECK_FALSE(is_hold(session(live + "a=inactive\r\n") + audio + "a=recvonly\r\n" + video));
}

TEST_CASE("RFC 2543 B.5: the address 0.0.0.0 or :: holds", "[sdp]") {
  CHECK(is_hold(session("c=IN IP4 0.0.0.0\r\n") + audio));
  CHECK(is_hold(session("c=IN IP6 ::\r\n") + audio));
  CHECK(is_hold(session("c=IN IP4 0.0.0.0/127\r\n") + audio + "a=sendrecv\r\n"));
  CHECK(is_hold(session(live) + audio + "c=IN IP4 0.0.0.0\r\n"));
  CHECK_FALSE(is_hold(session("c=IN IP4 0.0.0.0\r\n") + audio + live));
  CHECK_FALSE(is_hold(session("c=IN IP6 ::1\r\n") + audio));
  CHECK_FALSE(is_hold(session("c=IN IP4 10.0.0.0\r\n") + audio));
}

TEST_CASE("RFC 3264 8.4: every stream in use must be held: a stream with port 0 is none", "[sdp]") {
  CHECK(is_hold(session(live) + audio + "a=sendonly\r\n" + video + "a=inactive\r\n"));
  CHECK_FALSE(is_hold(session(live) + audio + "a=sendonly\r\n" + video));
  CHECK_FALSE(is_hold(session(live) + audio + video + "a=inactive\r\n"));
  CHECK(is_hold(session(live) + audio + "a=sendonly\r\nm=video 0 RTP/AVP 31\r\na=sendrecv\r\n"));
  CHECK(is_hold(session(live) + "m=video 0/2 RTP/AVP 31\r\n" + audio + "a=inactive\r\n"));
  CHECK_FALSE(is_hold(session(live) + "m=audio 0 RTP/AVP 0\r\na=inactive\r\n"));
  CHECK_FALSE(is_hold(session(live + "a=inactive\r\n")));
  CHECK_FALSE(is_hold(session("c=IN IP4 0.0.0.0\r\n") + "m=audio 0 RTP/AVP 0\r\n"));
}

TEST_CASE("SDP with LF line ends, without a last one, or no SDP at all", "[sdp]") {
  CHECK(is_hold("v=0\nc=IN IP4 1.2.3.4\nm=audio 6000 RTP/AVP 0\na=sendonly"));
  for (const std::string_view text : {"", "m", "m=", "m=audio", "=\n=\n", "\r\n\r\n", "a=sendonly",
                                      "c=\r\nm=audio 6000\r\na=", "m=audio x y"}) {
    CHECK_FALSE(is_hold(text));
  }
}

TEST_CASE("RFC 3264 8: the same session id and version mean nothing has changed", "[sdp]") {
  const std::string one = "v=0\r\no=ann 7 3 IN IP4 192.0.2.1\r\n";
  CHECK(same_version(one, one));
  CHECK(same_version(one, "v=0\r\no=bob  7 3 IN IP6 ::1\r\ns=other\r\n"));
  CHECK_FALSE(same_version(one, "o=ann 7 4 IN IP4 192.0.2.1\r\n"));
  CHECK_FALSE(same_version(one, "o=ann 8 3 IN IP4 192.0.2.1\r\n"));
  CHECK_FALSE(same_version(one, "o=ann 73 IN IP4 192.0.2.1\r\n"));
  CHECK_FALSE(same_version("v=0\r\n", "v=0\r\n"));
  CHECK_FALSE(same_version("o=\r\n", "o=\r\n"));
  CHECK_FALSE(same_version("", ""));
}

TEST_CASE("RFC 3264 8: the same session in another direction, a version later") {
  const std::string offer =
      "v=0\r\no=app 1 9 IN IP4 192.0.2.1\r\ns=-\r\na=recvonly\r\nt=0 0\r\n"
      "m=audio 6000 RTP/AVP 0\r\na=sendrecv\r\na=rtpmap:0 PCMU/8000\r\nm=video 0 RTP/AVP 31\r\n";
  const std::string held = drachtio::sip::with_direction(offer, "sendonly");
  CHECK(held ==
        "v=0\r\no=app 1 10 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"
        "m=audio 6000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendonly\r\n"
        "m=video 0 RTP/AVP 31\r\na=sendonly\r\n");
  CHECK(is_hold(held));
  CHECK_FALSE(is_hold(drachtio::sip::with_direction(held, "sendrecv")));
  CHECK_FALSE(same_version(offer, held));
}
