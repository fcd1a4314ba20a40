// Tests who holds a call (RFC 3264 6.1 and 8.4, RFC 6337 5.3): every direction is offered and
// answered, one after the other, and compared with a model that says the same in other words.
#include "dialog/hold.hpp"

#include "catch.hpp"
#include "dialog/sip_scenario.hpp"
#include "properties/property.hpp"

using namespace drachtio;
using namespace drachtio::test;
using dialog::after_exchange;
using dialog::Exchange;
using dialog::Holding;

namespace {

const std::vector<std::string> directions{"sendrecv", "sendonly", "recvonly", "inactive"};

struct Step {
  bool by_us = false;
  std::size_t offer = 0;
  std::size_t answer = 0;
};

std::string described(std::size_t direction, int version = 1) {
  return sdp(version, directions.at(direction));
}

Holding after(const Holding& before, const Step& step) {
  const std::string offer = described(step.offer, 2);
  const std::string answer = described(step.answer);
  return after_exchange(before, Exchange{step.by_us, offer, answer, {}});
}

// Row: what is offered; column: what is answered. 'h'olds, 'f'rees, or '.' leaves as it was.
const std::string answerer[] = {"fhfh", "f.fh", "f..h", "...."};
const std::string offerer = "fhfh";

void say(bool& held, char what) {
  if (what != '.') held = what == 'h';
}

struct Model {
  bool ours = false;
  bool theirs = false;
  void hear(const Step& step) {
    say(step.by_us ? ours : theirs, offerer[step.offer]);
    say(step.by_us ? theirs : ours, answerer[step.offer][step.answer]);
  }
};

void compare_from(const Holding& holding, const Model& model, int depth) {
  for (int i = 0; i < 32; ++i) {
    const Step step{i % 2 == 1, static_cast<std::size_t>(i / 2 % 4),
                    static_cast<std::size_t>(i / 8)};
    const Holding next = after(holding, step);
    Model expected = model;
    expected.hear(step);
    if (next.locally != expected.ours || next.remotely != expected.theirs) {
      FAIL("offered " << directions[step.offer] << (step.by_us ? " by us" : " by them")
                      << ", answered " << directions[step.answer]);
    }
    if (depth > 1) compare_from(next, expected, depth - 1);
  }
}

}  // namespace

TEST_CASE("Every direction against every other, one to three exchanges long", "[hold]") {
  compare_from({}, {}, 3);
  SUCCEED("32,768 sequences agree with the model");
}

TEST_CASE("Property: sequences of four exchanges and more", "[hold][property]") {
  CHECK(holds([] {
    Holding holding;
    Model model;
    for (int count = 4 + pick(4); count > 0; --count) {
      const Step step{pick_bool(), static_cast<std::size_t>(pick(4)),
                      static_cast<std::size_t>(pick(4))};
      holding = after(holding, step);
      model.hear(step);
      must(holding.locally == model.ours && holding.remotely == model.theirs,
           "it is as the model says");
    }
  }));
}

TEST_CASE("The same through SIP: re-INVITE and UPDATE, from either side", "[hold][dialog]") {
  const std::string method = GENERATE("INVITE", "UPDATE");
  const Role role = GENERATE(Role::uac, Role::uas);
  for (int i = 0; i < 32; ++i) {
    const Step step{i % 2 == 1, static_cast<std::size_t>(i / 2 % 4),
                    static_cast<std::size_t>(i / 8)};
    Flow flow = established(role);
    const Side we = role == Role::uac ? caller : callee;
    const Side offering = step.by_us ? we : other(we);
    const Said offer = request(offering, method, 5, described(step.offer, 2));
    flow << offer << answer(offer, 200, "OK", described(step.answer));
    Model model;
    model.hear(step);
    INFO(directions[step.offer] << " answered " << directions[step.answer]);
    CHECK(flow->held_locally == model.ours);
    CHECK(flow->held_remotely == model.theirs);
  }
}

TEST_CASE("RFC 3264 8: an offer of the same version and direction says nothing", "[hold]") {
  const std::string held = described(1);
  const std::string free = described(0);
  const Holding by_them{false, true, ""};
  CHECK(after_exchange({}, {false, held, described(2), held}) == Holding{});
  CHECK(after_exchange(by_them, {false, free, described(0), free}) == by_them);
  CHECK_FALSE(after_exchange(by_them, {false, free, described(0), held}) == by_them);
}

TEST_CASE("A side holds the call if it holds each stream in use", "[hold]") {
  const auto two = [](const std::string& first, const std::string& second) {
    return sdp(2, first) + "m=video 6002 RTP/AVP 31\r\na=" + second + "\r\n";
  };
  const auto offered = [](const std::string& offer, const std::string& answer,
                          const Holding& before = {}) {
    return after_exchange(before, Exchange{false, offer, answer, {}});
  };
  SECTION("one of two is not enough; the other one later is") {
    const Holding one = offered(two("sendonly", "sendrecv"), two("recvonly", "sendrecv"));
    CHECK_FALSE(one.remotely);
    CHECK(offered(two("sendonly", "sendonly"), two("recvonly", "recvonly"), one).remotely);
  }
  SECTION("a refused one does not count, whichever side refuses it") {
    const std::string refused = sdp(2, "sendonly") + "m=video 0 RTP/AVP 31\r\n";
    CHECK(offered(refused, refused).remotely);
    CHECK(offered(two("sendonly", "sendrecv"), refused).remotely);
  }
  SECTION("one that is missing from the answer counts") {
    CHECK_FALSE(offered(two("sendonly", "sendrecv"), sdp(2, "recvonly")).remotely);
  }
  SECTION("what is no RTP does not count") {
    const std::string data = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n";
    CHECK(offered(sdp(2, "sendonly") + data, sdp(2, "recvonly") + data).remotely);
  }
  SECTION("nobody holds what has no stream in use") {
    const std::string none = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\nm=audio 0 RTP/AVP 0\r\n";
    CHECK(offered(none, none, {true, true, ""}) == Holding{false, false, "b"});
    CHECK(offered("v=0\r\n", "v=0\r\n", {true, true, ""}) == Holding{});
  }
  SECTION("bundle-only with port 0 is in use") {
    const std::string bundled = sdp(2, "sendonly") + "m=video 0 RTP/AVP 31\r\na=bundle-only\r\n";
    CHECK_FALSE(offered(bundled, sdp(2, "recvonly")).remotely);
    CHECK(offered(bundled + "a=sendonly\r\n", sdp(2, "recvonly")).remotely);
  }
}

TEST_CASE("RFC 3261 14.1: a late offer counts at its ACK, the answer too", "[hold][dialog]") {
  Flow flow = established(Role::uas);
  const Said hold_offer = request(caller, "INVITE", 5, sdp(2, "sendonly", "caller"));
  flow << hold_offer << answer(hold_offer, 200, "OK", sdp(2, "recvonly", "callee"))
       << ack_of(hold_offer);
  CHECK(flow->hold() == Hold::remote);
  const Said late = request(caller, "INVITE", 6);
  flow << late << answer(late, 200, "OK", sdp(3, "sendrecv", "callee"));
  CHECK(flow->hold() == Hold::remote);
  flow << ack_of(late, sdp(3, "sendrecv", "caller"));
  CHECK(flow->hold() == Hold::none);
}

TEST_CASE("RFC 6337 5.3: what our side wants of its streams", "[hold]") {
  const auto offered = [](const std::string& wanted, std::size_t ours, bool first = false) {
    return dialog::wanted_after(wanted, described(ours), std::nullopt, first);
  };
  const auto answered = [](const std::string& wanted, std::size_t theirs, std::size_t ours) {
    return dialog::wanted_after(wanted, described(ours), described(theirs), false);
  };
  CHECK(offered("", 1, true) == "s");  // the first description holds nothing
  CHECK(offered("", 1).empty());       // a later one holds
  CHECK(offered("", 2) == "r");
  CHECK(offered("r", 3) == "r");
  CHECK(offered("r", 0).empty());
  CHECK(answered("", 1, 2).empty());  // lowered only to answer the far end's hold
  CHECK(answered("", 3, 3).empty());
  CHECK(answered("", 0, 1).empty());
  CHECK(answered("", 0, 2) == "r");
  CHECK(answered("r", 0, 0).empty());
}
