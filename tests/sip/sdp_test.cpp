// Tests how streams are read, and small changes to a description (RFC 3264, RFC 4566 5.2, RFC
// 8839).
#include "sip/sdp.hpp"

#include "catch.hpp"

#include <string>

using drachtio::sip::Flow;
using drachtio::sip::same_version;
using drachtio::sip::Stream;
using drachtio::sip::streams;

namespace {

// A session with these lines before its media.
std::string session(const std::string& lines) {
  return "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n" + lines + "t=0 0\r\n";
}
const std::string live = "c=IN IP4 192.0.2.1\r\n";
const std::string audio = "m=audio 6000 RTP/AVP 0\r\n";
const std::string video = "m=video 6002 RTP/AVP 31\r\n";

Flow flow(const std::string& sdp, std::size_t stream = 0) { return streams(sdp).at(stream).flow; }

}  // namespace

TEST_CASE("RFC 4566 6: the media's direction goes over the session's, and else it is sendrecv",
          "[sdp]") {
  CHECK(flow(session(live) + audio) == Flow::sendrecv);
  CHECK(flow(session(live) + audio + "a=sendonly\r\n") == Flow::sendonly);
  CHECK(flow(session(live) + audio + "a=recvonly\r\n") == Flow::recvonly);
  CHECK(flow(session(live) + audio + "a=rtpmap:0 PCMU/8000\r\na=inactive \r\na=ptime:20\r\n") ==
        Flow::inactive);
  CHECK(flow(session(live) + audio + "a=sendonlyish\r\n") == Flow::sendrecv);
  const std::string two = session(live + "a=sendonly\r\n") + audio + "a=sendrecv\r\n" + video;
  CHECK(flow(two, 0) == Flow::sendrecv);
  CHECK(flow(two, 1) == Flow::sendonly);
}

TEST_CASE("RFC 2543 B.5: the null address, in any spelling, makes a stream inactive", "[sdp]") {
  const auto* address = GENERATE("IP4 0.0.0.0", "IP4 0.0.0.0/127", "IP6 ::", "IP6 0:0:0:0:0:0:0:0",
                                 "IP6 ::0", "IP6 0::0", "IP6 ::0.0.0.0", "IP6 0000::0000/3");
  const std::string line = std::string{"c=IN "} + address + "\r\n";
  CHECK(flow(session(line) + audio) == Flow::inactive);
  CHECK(flow(session(line) + audio + "a=sendrecv\r\n") == Flow::inactive);
  CHECK(flow(session(live) + audio + line) == Flow::inactive);
  CHECK(flow(session(line) + audio + live) == Flow::sendrecv);
}

TEST_CASE("Other addresses are none of that", "[sdp]") {
  for (const char* address : {"IP6 ::1", "IP4 10.0.0.0", "IP4 0", "IP4 host.example", "IP4"}) {
    CHECK(flow(session(std::string{"c=IN "} + address + "\r\n") + audio) == Flow::sendrecv);
  }
}

TEST_CASE("RFC 8829 5.2.1: with ICE the null address stands for candidates to come", "[sdp]") {
  const std::string null = "c=IN IP4 0.0.0.0\r\n";
  CHECK(flow(session(null) + audio + "a=ice-ufrag:x\r\n") == Flow::sendrecv);
  CHECK(flow(session(null + "a=ice-ufrag:x\r\n") + audio) == Flow::sendrecv);
  CHECK(flow(session(null + "a=ice-options:ice2 trickle\r\n") + audio) == Flow::sendrecv);
  CHECK(flow(session(null) + audio + "a=ice-ufrag:x\r\na=sendonly\r\n") == Flow::sendonly);
  CHECK(flow(session(null) + audio + "a=ice-options:ice2\r\n") == Flow::inactive);
  CHECK(flow(session(null) + audio + video + "a=ice-ufrag:x\r\n", 0) == Flow::inactive);
}

TEST_CASE("Port 0 refuses a stream, but for bundle-only ones (RFC 8843 6)", "[sdp]") {
  CHECK(streams(session(live) + "m=audio 0 RTP/AVP 0\r\n").at(0).is_refused);
  CHECK(streams(session(live) + "m=audio 0/2 RTP/AVP 0\r\n").at(0).is_refused);
  CHECK_FALSE(streams(session(live) + audio).at(0).is_refused);
  CHECK_FALSE(streams(session(live) + "m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=bundle-only\r\n")
                  .at(0)
                  .is_refused);
}

TEST_CASE("RFC 4566 8.2.2: what is RTP says so", "[sdp]") {
  for (const char* protocol : {"RTP/AVP", "RTP/SAVPF", "UDP/TLS/RTP/SAVPF", "TCP/RTP/AVP"}) {
    CHECK(streams(std::string{"m=audio 1 "} + protocol + " 0\r\n").at(0).is_rtp);
  }
  for (const char* protocol : {"udptl", "UDP/DTLS/SCTP", "TCP/MSRP", "XRTP/AVP"}) {
    CHECK_FALSE(streams(std::string{"m=x 1 "} + protocol + " 0\r\n").at(0).is_rtp);
  }
}

TEST_CASE("SDP with LF line ends, without a last one, or no SDP at all", "[sdp]") {
  CHECK(flow("v=0\nc=IN IP4 1.2.3.4\nm=audio 6000 RTP/AVP 0\na=sendonly") == Flow::sendonly);
  for (const std::string_view text : {"", "m", "=\n=\n", "\r\n\r\n", "a=sendonly"}) {
    CHECK(streams(text).empty());
  }
  for (const std::string_view text : {"m=", "m=audio", "c=\r\nm=audio 6000\r\na=", "m=audio x y"}) {
    CHECK(streams(text).size() == 1);
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

TEST_CASE("RFC 3264 8: the same session in other directions, a version later", "[sdp]") {
  const std::string offer =
      "v=0\r\no=app 1 9 IN IP4 192.0.2.1\r\ns=-\r\na=recvonly\r\nt=0 0\r\n"
      "m=audio 6000 RTP/AVP 0\r\na=sendrecv\r\na=rtpmap:0 PCMU/8000\r\nm=video 0 RTP/AVP 31\r\n";
  const std::string changed = drachtio::sip::with_flows(offer, {Flow::sendonly});
  CHECK(changed ==
        "v=0\r\no=app 1 10 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"
        "m=audio 6000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendonly\r\n"
        "m=video 0 RTP/AVP 31\r\na=recvonly\r\n");
  CHECK_FALSE(same_version(offer, changed));
  CHECK(drachtio::sip::with_flows(offer, {Flow::sendrecv, Flow::recvonly}) == offer);
}

TEST_CASE("RFC 3264 6.1: what may be answered to what is offered", "[sdp]") {
  using drachtio::sip::answered_flow;
  const auto [wanted, offered, answer] =
      GENERATE(table<Flow, Flow, Flow>({{Flow::sendrecv, Flow::sendrecv, Flow::sendrecv},
                                        {Flow::sendrecv, Flow::sendonly, Flow::recvonly},
                                        {Flow::sendrecv, Flow::recvonly, Flow::sendonly},
                                        {Flow::sendrecv, Flow::inactive, Flow::inactive},
                                        {Flow::sendonly, Flow::sendrecv, Flow::sendonly},
                                        {Flow::sendonly, Flow::sendonly, Flow::inactive},
                                        {Flow::sendonly, Flow::recvonly, Flow::sendonly},
                                        {Flow::recvonly, Flow::sendonly, Flow::recvonly},
                                        {Flow::recvonly, Flow::recvonly, Flow::inactive},
                                        {Flow::inactive, Flow::sendrecv, Flow::inactive}}));
  CHECK(answered_flow(wanted, offered) == answer);
}

TEST_CASE("RFC 3264 6: an answer has the offer's streams, and refuses what we do not have",
          "[sdp]") {
  const std::string ours =
      "v=0\r\no=app 1 9 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
      "m=audio 6000 RTP/AVP 0 8\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n";
  const auto answer = [&](const std::string& offer, std::vector<Flow> wanted = {}) {
    return drachtio::sip::answer_with(ours, session(live) + offer, wanted);
  };
  SECTION("an offer of the same is answered with the same") {
    CHECK(answer("m=audio 7000 RTP/AVP 0 8\r\n") == ours);
  }
  SECTION("a new stream is refused") {
    const std::string added = answer(audio + video);
    const auto answered = streams(added);
    REQUIRE(answered.size() == 2);
    CHECK(answered[0].flow == Flow::sendrecv);
    CHECK(answered[1].is_refused);
    CHECK(added.find("m=video 0 RTP/AVP 31\r\n") != std::string::npos);
    CHECK_FALSE(same_version(ours, added));
  }
  SECTION("each direction is one that the offer allows") {
    CHECK(flow(answer(audio + "a=sendonly\r\n")) == Flow::recvonly);
    CHECK(flow(answer(audio + "a=inactive\r\n")) == Flow::inactive);
    CHECK(flow(answer(audio + "a=sendrecv\r\n", {Flow::recvonly})) == Flow::recvonly);
  }
  SECTION("a stream that is offered no more is none of the answer's") {
    CHECK(streams(answer("m=audio 0 RTP/AVP 0\r\n")).at(0).is_refused);
    CHECK(streams(answer("m=image 7000 udptl t38\r\n")).at(0).is_refused);
  }
  SECTION("formats are those of both") {
    CHECK(answer("m=audio 7000 RTP/AVP 8 101\r\n").find("m=audio 6000 RTP/AVP 8\r\n") !=
          std::string::npos);
  }
}

TEST_CASE("RFC 3264 8.2: a stream that was turned off is as it was where it is offered again",
          "[sdp]") {
  const std::string two = session(live) + "m=audio 6000 RTP/AVP 0 8\r\nm=video 6002 RTP/AVP 31\r\n";
  const std::string one = session(live) + "m=audio 6000 RTP/AVP 0\r\nm=video 0 RTP/AVP 31\r\n";
  const std::vector<drachtio::FormerStream> former{{0, {two, {}}}, {1, {two, {}}}};
  const auto answer = [&](const std::string& offer) {
    return drachtio::sip::answer_with(one, session(live) + offer, {}, former);
  };
  const auto has = [](const std::string& sdp, const std::string& line) {
    return sdp.find(line + "\r\n") != std::string::npos;
  };
  SECTION("in an answer, with the formats that it had") {
    const std::string both = answer("m=audio 7000 RTP/AVP 8\r\nm=video 7002 RTP/AVP 31 34\r\n");
    CHECK(has(both, "m=audio 6000 RTP/AVP 8"));
    CHECK(has(both, "m=video 6002 RTP/AVP 31"));
    CHECK_FALSE(same_version(both, one));
  }
  SECTION("in an offer of ours") {
    const std::string both = drachtio::sip::with_flows(one, {Flow::sendonly}, former);
    CHECK(has(both, "m=audio 6000 RTP/AVP 0 8"));
    CHECK(has(both, "m=video 6002 RTP/AVP 31"));
    CHECK(flow(both) == Flow::sendonly);
    CHECK_FALSE(same_version(both, one));
  }
  SECTION("not where it is another kind of stream") {
    CHECK(has(answer("m=audio 7000 RTP/SAVP 0\r\n"), "m=audio 0 RTP/SAVP 0"));
    CHECK(
        has(answer("m=audio 7000 RTP/AVP 0\r\nm=image 7002 udptl t38\r\n"), "m=image 0 udptl t38"));
  }
  SECTION("and what is answered as before is the same description") {
    const std::string offer = "m=audio 7000 RTP/AVP 0\r\nm=video 0 RTP/AVP 31\r\n";
    const std::string again = drachtio::sip::answer_with(one, session(live) + offer, {}, former);
    CHECK(again == one);
  }
  SECTION("at its own address, where the session has another") {
    const std::string there =
        "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\nc=IN IP4 192.0.2.9\r\n"
        "m=audio 6000 RTP/AVP 0\r\nm=video 6002 RTP/AVP 31\r\n";
    const std::string both = drachtio::sip::answer_with(
        one, session(live) + "m=audio 7000 RTP/AVP 0\r\nm=video 7002 RTP/AVP 31\r\n", {},
        {{1, {there, {}}}});
    CHECK(has(both, "m=video 6002 RTP/AVP 31\r\nc=IN IP4 192.0.2.9"));
  }
}
