// These tests say what a session description becomes in a few words.
#include "report/media.hpp"

#include "catch.hpp"

using drachtio::report::media_in_short;

namespace {

std::string sdp(const std::string& streams) {
  return "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n" + streams;
}

}  // namespace

TEST_CASE("Media in short: codecs, address and port of an audio stream") {
  CHECK(media_in_short(sdp("m=audio 6000 RTP/AVP 0 8\r\n")) == "PCMU/PCMA 192.0.2.1:6000");
}

TEST_CASE("Media in short: the direction stands there where it is not sendrecv") {
  CHECK(media_in_short(sdp("m=audio 6000 RTP/AVP 0\r\na=sendonly\r\n")) ==
        "PCMU sendonly 192.0.2.1:6000");
  CHECK(media_in_short(sdp("m=audio 6000 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n")) ==
        "PCMU inactive 0.0.0.0:6000");
}

TEST_CASE("Media in short: an rtpmap names a codec, whatever its payload type") {
  CHECK(media_in_short(sdp("m=audio 6000 RTP/AVP 111 0\r\na=rtpmap:111 opus/48000/2\r\n"
                           "a=rtpmap:0 G711U/8000\r\n")) == "opus/G711U 192.0.2.1:6000");
  CHECK(media_in_short(sdp("m=audio 6000 RTP/AVP 96\r\n")) == "96 192.0.2.1:6000");
}

TEST_CASE("Media in short: telephone events and comfort noise count only alone") {
  CHECK(media_in_short(
            sdp("m=audio 6000 RTP/AVP 8 101 13\r\na=rtpmap:101 telephone-event/8000\r\n")) ==
        "PCMA 192.0.2.1:6000");
  CHECK(media_in_short(sdp("m=audio 6000 RTP/AVP 101\r\na=rtpmap:101 telephone-event/8000\r\n")) ==
        "telephone-event 192.0.2.1:6000");
}

TEST_CASE("Media in short: of many codecs the first four are named") {
  CHECK(media_in_short(sdp("m=audio 6000 RTP/AVP 0 3 4 8 9 18\r\n")) ==
        "PCMU/GSM/G723/PCMA+2 192.0.2.1:6000");
}

TEST_CASE("Media in short: each stream has its own words") {
  CHECK(media_in_short(sdp("m=audio 6000 RTP/AVP 0\r\nm=video 0 RTP/AVP 34\r\n")) ==
        "PCMU 192.0.2.1:6000, video refused");
  CHECK(media_in_short(sdp("m=image 7000 udptl t38\r\nc=IN IP6 2001:db8::1\r\n")) ==
        "image udptl [2001:db8::1]:7000");
  CHECK(media_in_short(sdp("m=audio 0 RTP/AVP 0\r\n")) == "audio refused");
}

TEST_CASE("Media in short: what is no description has no media") {
  CHECK(media_in_short("") == "no media");
}
