// These tests say which codecs a description names, and whether two sides have one in common.
#include "sip/codecs.hpp"

#include "catch.hpp"

using drachtio::sip::codecs;
using drachtio::sip::share_a_codec;

namespace {

std::string described(const std::string& streams) {
  return "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n" + streams;
}

}  // namespace

TEST_CASE("Codecs: an rtpmap names one, else its static payload type (RFC 3551 6)") {
  const std::string sdp = described(
      "m=audio 1 RTP/AVP 0 96 8 99\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:8 Other/8000\r\n"
      "m=image 2 udptl t38\r\nm=audio 3 RTP/AVP 8\r\n");
  const auto named = codecs(sdp);  // they are parts of it
  REQUIRE(named.size() == 3);
  CHECK(named[0] == std::vector<std::string_view>{"PCMU", "opus", "Other", "99"});
  CHECK(named[1].empty());
  CHECK(named[2] == std::vector<std::string_view>{"PCMA"});
}

TEST_CASE("Codecs: one is shared whatever its payload type, and the case of its name") {
  CHECK(share_a_codec(described("m=audio 1 RTP/AVP 96\r\na=rtpmap:96 OPUS/48000\r\n"),
                      described("m=audio 1 RTP/AVP 111\r\na=rtpmap:111 opus/48000\r\n")));
  CHECK(share_a_codec(described("m=audio 1 RTP/AVP 10\r\n"),
                      described("m=audio 1 RTP/AVP 10\r\na=rtpmap:10 L16/44100/2\r\n")));
  CHECK(
      share_a_codec(described("m=audio 1 RTP/AVP 0 8\r\n"), described("m=audio 1 RTP/AVP 8\r\n")));
}

TEST_CASE("Codecs: telephone events, refused streams and other media are nothing in common") {
  const std::string events = "a=rtpmap:101 telephone-event/8000\r\n";
  CHECK_FALSE(share_a_codec(described("m=audio 1 RTP/AVP 0 101\r\n" + events),
                            described("m=audio 1 RTP/AVP 8 101\r\n" + events)));
  CHECK_FALSE(
      share_a_codec(described("m=audio 1 RTP/AVP 0\r\n"), described("m=audio 0 RTP/AVP 0\r\n")));
  CHECK_FALSE(share_a_codec(described("m=audio 1 RTP/AVP 0\r\n"), described("")));
  CHECK_FALSE(share_a_codec(described("m=audio 1 RTP/AVP 96\r\na=rtpmap:96 X/8000\r\n"),
                            described("m=video 1 RTP/AVP 96\r\na=rtpmap:96 X/8000\r\n")));
  CHECK(share_a_codec(described("m=image 1 udptl t38\r\n"), described("m=image 1 udptl t38\r\n")));
}
