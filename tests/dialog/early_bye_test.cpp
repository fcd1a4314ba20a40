// Our BYE before the answer: it ends one early dialog, and the call goes on with the other forks,
// if there are any (RFC 3261 12.3 and 15).
#include "catch.hpp"
#include "dialog/sip_scenario.hpp"
#include "projection/tracking.hpp"

using namespace drachtio;
using namespace drachtio::test;

namespace {

Flow forked() {
  Flow flow{Role::uac};
  flow << invite(sdp()) << ringing().tag("a") << ringing().tag("b");
  return flow;
}

// What a recorder finds after a restart of what a leg keeps beside its SDP.
dialog::Dialog kept(const dialog::Dialog& leg) {
  dialog::Dialog restored;
  projection::read_tracking(projection::tracking_json(leg), restored);
  return restored;
}

}  // namespace

TEST_CASE("RFC 3261 15: a BYE ends one early dialog, and the call goes on with the other forks",
          "[dialog]") {
  Flow flow = forked();
  const Said hangs_up = bye(caller).tag("b");
  flow << hangs_up;
  CHECK(flow.last().type == EventType::requested);
  CHECK(flow.last().to_tag == "b");
  CHECK(flow->state == State::pending);
  CHECK_FALSE(flow->cause);
  CHECK(flow->remote.tag == "a");
  flow << answer(hangs_up, 200);
  CHECK(flow->state == State::pending);
  SECTION("another answers") {
    flow << ok(sdp()).tag("a") << ack().tag("a");
    CHECK(flow->state == State::stable);
    CHECK(flow->early_dialogs.empty());
    flow << bye(caller).tag("a");
    CHECK(flow->cause == Cause::near_end_release);
  }
  SECTION("one answers that had not rung") {
    flow << ok(sdp()).tag("c") << ack().tag("c");
    CHECK(flow->state == State::stable);
  }
  SECTION("the INVITE is refused, with the 487 of the fork that was hung up on") {
    flow << answered(487, "Request Terminated").tag("b");
    CHECK(flow->state == State::terminated);
    CHECK(flow->cause == Cause::cancelled);
  }
  SECTION("the call is given up") {
    flow << cancel() << answered(487, "Request Terminated").tag("a");
    CHECK(flow->cause == Cause::cancelled);
  }
  SECTION("the same BYE once more, as it was challenged") {
    flow << bye(caller, 100).tag("B");
    CHECK(flow.last().type == EventType::requested);
    CHECK(flow->state == State::pending);
  }
  CHECK(kept(*flow).early_dialogs == flow->early_dialogs);
}

TEST_CASE("RFC 3261 15: the BYE in the last early dialog ends the call", "[dialog]") {
  Flow flow = forked();
  flow << ringing().tag("c") << bye(caller, 2).tag("a");
  CHECK(flow->remote.tag == "c");
  flow << bye(caller, 3).tag("b");
  CHECK(flow->state == State::pending);
  CHECK(kept(*flow).early_dialogs ==
        std::vector<EarlyDialog>{{"c", false}, {"a", true}, {"b", true}});
  flow << bye(caller, 4).tag("c");
  CHECK(flow.last().type == EventType::terminated);
  CHECK(flow->cause == Cause::near_end_release);
  CHECK(flow->early_dialogs.empty());
  flow << answered(487, "Request Terminated").tag("c");
  CHECK(flow->status == 487);
}

TEST_CASE("RFC 3261 15: a BYE ends a call whose 2xx was not seen, though several forks had rung",
          "[dialog]") {
  Flow flow = forked();
  flow.without_plain_reading().inferred() << bye(caller).tag("b");
  CHECK(flow.last().type == EventType::terminated);
}

TEST_CASE("RFC 3261 13.2.2.4: a 2xx that crosses the BYE of its early dialog answers the call",
          "[dialog]") {
  Flow flow = forked();
  flow << bye(caller).tag("b") << ok(sdp(2)).tag("b");
  CHECK(flow.last().type == EventType::answered);
  CHECK(flow->remote.tag == "b");
  CHECK(flow->remote.sdp == sdp(2));
  flow << answer(bye(caller).tag("b"), 200) << ack().tag("b");
  CHECK(flow->state == State::stable);
  flow << bye(caller, 100).tag("b");
  CHECK(flow->cause == Cause::near_end_release);
}

TEST_CASE("RFC 3261 15.1.1: what comes late of an early dialog that was hung up on has no effect",
          "[dialog]") {
  Flow flow = forked();
  const Said holds = request(caller, "UPDATE", 2, sdp(2, "sendonly")).tag("b");
  flow << holds << bye(caller).tag("b");
  const dialog::Dialog before = *flow;
  SECTION("it rings, and is no fork that goes on") {
    flow << ringing(sdp(7)).tag("b");
    CHECK(flow.last().type == EventType::responded);
    CHECK(flow->remote == before.remote);
    flow << bye(caller, 100).tag("a");
    CHECK(flow->cause == Cause::near_end_release);
    return;
  }
  SECTION("it accepts an UPDATE") { flow << answer(holds, 200, "OK", sdp(2, "recvonly")); }
  SECTION("it offers") {
    flow << request(callee, "UPDATE", 7, sdp(7, "sendonly")).tag("b");
    CHECK(flow->offers == before.offers);
  }
  SECTION("our PRACK for what it had answered") {
    flow << prack(100).tag("b");
    CHECK(flow->state == State::pending);
    CHECK_FALSE(flow->was_early);
  }
  SECTION("it hangs up, too") { flow << bye(callee, 7).tag("b"); }
  CHECK(flow->state == State::pending);
  CHECK(flow->hold() == Hold::none);
  CHECK(flow->remote == before.remote);
  CHECK(flow->local == before.local);
  flow << ok(sdp(3)).tag("a") << ack().tag("a");
  CHECK(flow->state == State::stable);
  CHECK(flow->hold() == Hold::none);
}

TEST_CASE("RFC 3311: a hold agreed on in an early dialog ends with it", "[dialog]") {
  Flow flow{Role::uac};
  const Said holds = request(caller, "UPDATE", 3, sdp(2, "sendonly")).tag("b");
  flow << invite(sdp(1)) << ringing(sdp(1, "sendrecv", "a")).tag("a")
       << ringing(sdp(1, "sendrecv", "b")).tag("b");
  flow << holds << answer(holds, 200, "OK", sdp(2, "recvonly", "b"));
  REQUIRE(flow->hold() == Hold::local);
  SECTION("the fork that goes on is not on hold") {
    flow << bye(caller).tag("b");
    CHECK(flow->hold() == Hold::none);
    CHECK(flow->local.sdp == sdp(1));
    CHECK(flow->remote.sdp == sdp(1, "sendrecv", "a"));
    flow << ok().tag("a") << ack().tag("a");
    CHECK(flow->hold() == Hold::none);
    CHECK(flow->remote.sdp == sdp(1, "sendrecv", "a"));
  }
  SECTION("nor is a dialog that its 2xx makes anew") {
    flow << bye(caller).tag("b") << ok(sdp(3, "sendrecv", "b")).tag("b");
    CHECK(flow->hold() == Hold::none);
    CHECK(flow->local.sdp == sdp(1));
    CHECK(flow->remote.sdp == sdp(3, "sendrecv", "b"));
  }
  SECTION("nor has that dialog a description that the ended one had") {
    flow << bye(caller).tag("b") << ok().tag("b");
    CHECK(flow->local.sdp == sdp(1));
    CHECK_FALSE(flow->remote.sdp);
  }
  SECTION("it stays where another one ends") {
    flow << bye(caller).tag("a");
    CHECK(flow->hold() == Hold::local);
    CHECK(flow->local.sdp == sdp(2, "sendonly"));
    CHECK(flow->remote.sdp == sdp(2, "recvonly", "b"));
    flow << ok().tag("b") << ack().tag("b");
    CHECK(flow->hold() == Hold::local);
  }
}

TEST_CASE("RFC 3261 12.3: the early dialogs of an INVITE that was refused are over", "[dialog]") {
  Flow flow = forked();
  flow << answered(401, "Unauthorized") << invite(sdp(1)).cseq(9).branch("b9");
  CHECK(flow->early_dialogs.empty());
  const Said second = invite(sdp(1)).cseq(9).branch("b9");
  flow << answer(second, 180, "Ringing").tag("c") << bye(caller).tag("c");
  CHECK(flow->state == State::terminated);
  CHECK(flow->cause == Cause::near_end_release);
}

TEST_CASE("RFC 3261 8.2.6.2: a call in is one early dialog, whatever tags our answers have",
          "[dialog]") {
  Flow flow{Role::uas};
  flow << invite(sdp()) << ringing().tag("a") << ringing().tag("b") << bye(caller).tag("b");
  CHECK(flow.last().type == EventType::terminated);
  CHECK(flow->cause == Cause::far_end_release);
}

TEST_CASE("RFC 2543: a callee without a tag has an early dialog, too", "[dialog]") {
  Flow flow{Role::uac};
  Said untagged = ringing();
  untagged.callee_tag.clear();
  flow << invite(sdp()) << untagged << ringing().tag("a");
  SECTION("it is hung up on") {
    flow << bye(caller).tag("");
    CHECK(flow->remote.tag == "a");
  }
  SECTION("another one is") {
    flow << bye(caller).tag("a");
    CHECK_FALSE(flow->remote.tag);
  }
  CHECK(flow.last().type == EventType::requested);
  CHECK(flow->state == State::pending);
}

TEST_CASE("However many forks ring, a bounded number of early dialogs is remembered", "[dialog]") {
  Flow flow{Role::uac};
  flow << invite(sdp());
  for (int fork = 0; fork < 40; ++fork) flow << ringing().tag("fork-" + std::to_string(fork));
  CHECK(flow->early_dialogs.size() == 16);
  for (std::uint32_t fork = 39; fork > 0; --fork) {
    flow.without_plain_reading() << bye(caller, 100 - fork).tag("fork-" + std::to_string(fork));
  }
  CHECK(flow->early_dialogs.size() <= 16);
  CHECK(flow->state == State::terminated);
}
