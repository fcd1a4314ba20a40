// The streams that our side has had at an m= line come back when the far end wants them (RFC
// 3264 8.2).
#include "dialog/former_streams.hpp"

#include "catch.hpp"
#include "dialog/sip_scenario.hpp"
#include "sip/sdp.hpp"

using namespace drachtio;
using namespace drachtio::test;

namespace {

const std::string pcmu = "m=audio 6000 RTP/AVP 0\r\n";
const std::string both_laws = "m=audio 6000 RTP/AVP 0 8\r\n";
const std::string no_audio = "m=audio 0 RTP/AVP 0\r\n";
const std::string fax = "m=image 6000 udptl t38\r\n";
const std::string no_fax = "m=image 0 udptl t38\r\n";
const std::string film = "m=video 6002 RTP/AVP 31\r\n";
const std::string no_film = "m=video 0 RTP/AVP 31\r\n";

std::string of(const std::string& streams) {
  return "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n" + streams;
}

// A call in that our side, the callee, has answered with these streams.
struct Talk {
  explicit Talk(const std::string& ours) { flow << invite(of(ours)) << ok(of(ours)) << ack(); }
  void theirs(const std::string& offer, const std::string& answer_of_ours) {
    exchange(caller, offer, answer_of_ours);
  }
  void ours(const std::string& offer, const std::string& answer_of_theirs) {
    exchange(callee, offer, answer_of_theirs);
  }
  // The m= lines and what they were: "0 audio 6000 RTP/AVP 0".
  [[nodiscard]] std::vector<std::string> former() const {
    std::vector<std::string> lines;
    for (const FormerStream& one : flow->former_streams) {
      const sip::Stream stream = sip::streams(one.sdp.text).at(one.line);
      lines.push_back(std::to_string(one.line) + " " + std::string{stream.media} + " " +
                      std::string{stream.port} + " " + std::string{stream.formats});
    }
    return lines;
  }

  Flow flow{Role::uas};

 private:
  void exchange(Side side, const std::string& offer, const std::string& answered_with) {
    const Said said = request(side, "UPDATE", ++cseq_, of(offer));
    flow << said << answer(said, 200, "OK", of(answered_with));
  }
  std::uint32_t cseq_ = 10;
};

using Former = std::vector<std::string>;

}  // namespace

TEST_CASE("A stream that the far end turns off is kept, until it is there again", "[dialog]") {
  Talk talk{both_laws + film};
  CHECK(talk.former() == Former{});
  talk.theirs(pcmu + no_film, pcmu + no_film);
  CHECK(talk.former() == Former{"0 audio 6000 0 8", "1 video 6002 31"});
  talk.theirs(pcmu + no_film, pcmu + no_film);
  CHECK(talk.former() == Former{"0 audio 6000 0 8", "1 video 6002 31"});
  talk.theirs(both_laws + film, both_laws + film);
  CHECK(talk.former() == Former{});
}

TEST_CASE("A stream in whose place the far end wants another kind is kept", "[dialog]") {
  Talk talk{pcmu};
  SECTION("which is refused") {
    talk.theirs(fax, no_fax);
    CHECK(talk.former() == Former{"0 audio 6000 0"});
  }
  SECTION("which is accepted, and kept in its turn") {
    talk.theirs(fax, fax);
    CHECK(talk.former() == Former{"0 audio 6000 0"});
    talk.theirs(pcmu, pcmu);
    CHECK(talk.former() == Former{"0 image 6000 t38"});
  }
  SECTION("which our side has offered") {
    talk.ours(fax, fax);
    CHECK(talk.former() == Former{"0 audio 6000 0"});
  }
}

TEST_CASE("A stream that our side turns off, or has described anew, is not kept", "[dialog]") {
  Talk talk{both_laws + film};
  SECTION("off, by an offer") {
    talk.ours(both_laws + no_film, both_laws + no_film);
    CHECK(talk.former() == Former{});
  }
  SECTION("off, by its answer") {
    talk.theirs(both_laws + film, both_laws + no_film);
    CHECK(talk.former() == Former{});
  }
  SECTION("fewer formats, by an offer") {
    talk.ours(pcmu + film, pcmu + film);
    CHECK(talk.former() == Former{});
  }
  SECTION("another port, by its answer") {
    talk.theirs(pcmu + film, "m=audio 6010 RTP/AVP 0\r\n" + film);
    CHECK(talk.former() == Former{});
  }
}

TEST_CASE("RFC 3261 14.1: what answers a late offer of the far end keeps what that turns off",
          "[dialog]") {
  Talk talk{pcmu + film};
  const Said ask = request(callee, "INVITE", 20);
  talk.flow << ask << answer(ask, 200, "OK", of(pcmu + no_film)) << ack_of(ask, of(pcmu + no_film));
  CHECK(talk.former() == Former{"1 video 6002 31"});
  talk.flow << bye(caller);
  CHECK(talk.former() == Former{});
}
