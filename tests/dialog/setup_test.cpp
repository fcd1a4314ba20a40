// Setting a call up: INVITE, provisional and final answers, ACK (RFC 3261 13).
#include "catch.hpp"
#include "dialog/sip_scenario.hpp"

#include <algorithm>

using namespace drachtio;
using namespace drachtio::test;

TEST_CASE("RFC 3261 13: INVITE, 180, 200, ACK make a stable dialog, whoever called", "[dialog]") {
  const Role role = GENERATE(Role::uac, Role::uas);
  Flow flow{role};
  flow << invite(sdp(1, "sendrecv", "caller"));
  CHECK(flow->state == State::pending);
  CHECK(flow->role == role);
  CHECK(flow->number == 11);
  CHECK(flow->call_id == "call-1@caller.example");
  CHECK(flow->dialog_id == "call-1@caller.example;from-tag=caller-tag");
  CHECK(flow->invite.transaction_id == "tx-b1");
  const Instant start = flow.now();
  flow << ringing();
  CHECK(flow->state == State::pending);
  flow << ok(sdp(1, "sendrecv", "callee"));
  const Instant connect = flow.now();
  CHECK(flow->state == State::pending);
  CHECK(flow->status == 200);
  flow << ack();
  CHECK(flow.story() == "invited progressed answered confirmed");
  CHECK(flow->state == State::stable);
  CHECK(flow->times == Times{start, connect, std::nullopt});
  CHECK(ann(flow).tag == "caller-tag");
  CHECK(bob(flow).tag == "callee-tag");
  CHECK(ann(flow).user == "ann");
  CHECK(bob(flow).user == "bob");
  CHECK(ann(flow).sdp == sdp(1, "sendrecv", "caller"));
  CHECK(bob(flow).sdp == sdp(1, "sendrecv", "callee"));
  CHECK(ann(flow).content_type == "application/sdp");
}

TEST_CASE("RFC 3264 4: INVITE without SDP: the 2xx offers, the ACK answers", "[dialog]") {
  const Role role = GENERATE(Role::uac, Role::uas);
  Flow flow{role};
  flow << invite() << ok(sdp(1, "sendrecv", "callee"));
  CHECK_FALSE(ann(flow).sdp);
  flow << ack(sdp(1, "sendrecv", "caller"));
  CHECK(ann(flow).sdp == sdp(1, "sendrecv", "caller"));
  CHECK(bob(flow).sdp == sdp(1, "sendrecv", "callee"));
}

TEST_CASE("RFC 3261 13: SDP in the ACK counts only where the INVITE had none", "[dialog]") {
  Flow flow{Role::uas};
  flow << invite(sdp(1)) << ok(sdp(2)) << ack(sdp(3));
  CHECK(flow->remote.sdp == sdp(1));
}

TEST_CASE("RFC 3261 13.2.2.4: a 2xx without SDP takes what its own fork sent before", "[dialog]") {
  Flow flow{Role::uac};
  flow << invite(sdp());
  flow << ringing(sdp(1, "sendrecv", "fork-a")).tag("a");
  flow << ringing(sdp(1, "sendrecv", "fork-b")).tag("b");
  CHECK(flow->remote.tag == "b");
  SECTION("fork a answers") {
    flow << ok().tag("a") << ack().tag("a");
    CHECK(flow->remote.tag == "a");
    CHECK(flow->remote.sdp == sdp(1, "sendrecv", "fork-a"));
  }
  SECTION("fork b answers") {
    flow << ok().tag("b");
    CHECK(flow->remote.sdp == sdp(1, "sendrecv", "fork-b"));
  }
  SECTION("a fork nobody heard of answers") {
    flow << ok().tag("c");
    CHECK_FALSE(flow->remote.sdp);
    CHECK_FALSE(flow->remote.content_type);
  }
  SECTION("its own SDP comes before what it sent earlier") {
    flow << ok(sdp(9, "sendrecv", "fork-a")).tag("a");
    CHECK(flow->remote.sdp == sdp(9, "sendrecv", "fork-a"));
  }
}

TEST_CASE("RFC 3261 7.3.1: a fork is the same however it spells its tag", "[dialog]") {
  Flow flow{Role::uac};
  flow << invite(sdp()) << ringing(sdp(1, "sendrecv", "fork-a")).tag("AbC");
  SECTION("the answer in its 183 is that of its 2xx") {
    flow << ok().tag("aBC") << ack().tag("aBC");
    CHECK(flow->remote.sdp == sdp(1, "sendrecv", "fork-a"));
  }
  SECTION("another description of it replaces the one before") {
    flow << ringing(sdp(2, "sendrecv", "fork-a")).tag("abc");
    REQUIRE(flow->early_answers.size() == 1);
    CHECK(flow->early_answers.front().sdp.text == sdp(2, "sendrecv", "fork-a"));
  }
  SECTION("what it agreed to in an UPDATE is in force once it answers") {
    const Said holds = request(caller, "UPDATE", 3, sdp(2, "sendonly")).tag("ABC");
    flow << holds << answer(holds, 200, "OK", sdp(2, "recvonly", "fork-a"));
    const Said plain = request(caller, "UPDATE", 4, sdp(3)).tag("other");
    flow << ringing(sdp(1)).tag("other") << plain << answer(plain, 200, "OK", sdp(2));
    const Said still = request(caller, "UPDATE", 5, sdp(4, "sendonly")).tag("abC");
    flow << still << answer(still, 200, "OK", sdp(3, "recvonly", "fork-a"));
    CHECK(flow->early_agreements.size() == 3);  // the INVITE's own, and two forks'
    flow << ok().tag("aBc");
    CHECK(flow->hold() == Hold::local);
    CHECK(flow->local.sdp == sdp(4, "sendonly"));
    CHECK(flow->remote.sdp == sdp(3, "recvonly", "fork-a"));
  }
  CHECK(flow->to_tags.front() == "AbC");
  CHECK(std::ranges::count_if(flow->to_tags, [](const std::string& tag) {
          return dialog::same_tag(tag, "abc");
        }) == 1);
}

TEST_CASE("RFC 2543: what a callee without a tag has agreed to is in force once it answers",
          "[dialog]") {
  Flow flow{Role::uas};
  const Said holds = request(caller, "UPDATE", 2, sdp(2, "sendonly")).branch("b1").tag("");
  Said held = answer(holds, 200, "OK", sdp(2, "recvonly", "callee"));
  held.callee_tag.clear();
  Said answers = ok();
  answers.callee_tag.clear();
  Said rings = ringing(sdp(1, "sendrecv", "callee"));
  rings.callee_tag.clear();
  flow << invite(sdp()) << rings << holds << held << answers;
  CHECK(flow->hold() == Hold::remote);
  CHECK(flow->remote.sdp == sdp(2, "sendonly"));
}

TEST_CASE("RFC 3261 13.2.2.4: what another fork accepts after the answer changes nothing",
          "[dialog]") {
  const auto* method = GENERATE("UPDATE", "PRACK");
  Flow flow{Role::uac};
  flow << invite(sdp(1)) << ringing(sdp(1, "sendrecv", "fork-a")).tag("a")
       << ringing(sdp(1, "sendrecv", "fork-b")).tag("b");
  const Said offer = request(caller, method, 2, sdp(2, "sendonly")).tag("b");
  flow << offer << ok().tag("a") << answer(offer, 200, "OK", sdp(2, "recvonly", "fork-b"));
  CHECK(flow->hold() == Hold::none);
  CHECK(flow->local.sdp == sdp(1));
  CHECK(flow->remote.sdp == sdp(1, "sendrecv", "fork-a"));
}

TEST_CASE("RFC 3261 12.1: a fork that rings after the 2xx changes nothing", "[dialog]") {
  Flow flow = established(Role::uac);
  const Endpoint before = flow->remote;
  flow << ringing(sdp(5, "sendrecv", "late")).tag("late").contact("sip:late@late.example");
  CHECK(flow.last().type == EventType::responded);
  CHECK(flow->remote == before);
  flow << ok(sdp(5, "sendrecv", "late")).tag("late");
  CHECK(flow.last().type == EventType::responded);
  CHECK(flow->remote == before);
}

TEST_CASE("100 Trying is hop by hop: no event", "[dialog]") {
  Flow flow{Role::uac};
  flow << invite(sdp()) << answered(100, "Trying");
  CHECK(flow.heard_nothing());
  CHECK(flow.story() == "invited");
}

TEST_CASE("RFC 3261 13.3.1.4: an ACK may come late, or never", "[dialog]") {
  Flow flow{Role::uas};
  flow << invite(sdp()) << ok(sdp());
  SECTION("after the call's end") {
    flow << bye(caller) << ack();
    CHECK(flow.story() == "invited answered terminated acknowledged");
    CHECK(flow->state == State::terminated);
  }
  SECTION("again") {
    flow << ack() << ack().branch("ack2");
    CHECK(flow.story() == "invited answered confirmed acknowledged");
    CHECK(flow->state == State::stable);
  }
  SECTION("never: the server hangs up") {
    flow << bye(callee).unsolicited().header("Reason: SIP;cause=200;text=\"ACK timeout\"");
    CHECK(flow->cause == Cause::ack_timeout);
    CHECK(flow->reason == "ACK timeout");
  }
}

TEST_CASE("Another branch of one INVITE is another leg (upstream fork)", "[dialog]") {
  Flow flow{Role::uas};
  flow << invite(sdp(1));
  const dialog::Dialog before = *flow;
  flow << invite(sdp(2)).branch("other").contact("sip:x@x.example");
  CHECK(flow.began_another());
  SECTION("its refusal refuses nothing here") {
    Said merged = invite();
    merged.top_branch = "other";
    flow << answer(merged, 482, "Merged Request");
  }
  SECTION("its CANCEL cancels nothing here") { flow << cancel().branch("other"); }
  SECTION("its cdr:stop ends nothing here") {
    flow << invite(sdp(2)).branch("other").recorded(dialog::Channel::stop, "call-canceled");
  }
  CHECK(flow->state == State::pending);
  CHECK(flow->remote == before.remote);
}

TEST_CASE("The server names the INVITE that a CANCEL is for, whatever its branch", "[dialog]") {
  Flow flow{Role::uas};
  flow << invite(sdp(1)) << ringing();
  flow.without_plain_reading();
  flow << cancel().branch("other").transaction("tx-b1");
  CHECK(flow.last().type == EventType::cancelled);
}

TEST_CASE("An ACK of an INVITE that is not answered: the server has refused it by itself",
          "[dialog]") {
  // RFC 3261 17.1.1.3: the ACK to a final answer of 300 or more has the INVITE's branch.
  Flow flow{Role::uas};
  flow << invite(sdp()) << ringing() << ack().branch("b1");
  CHECK(flow->state == State::terminated);
  CHECK(flow->cause == Cause::rejected);
  CHECK_FALSE(flow->status);
}

TEST_CASE("What opens no dialog: any message of an unknown one but an INVITE or a cdr:start",
          "[dialog]") {
  Flow flow{GENERATE(Role::uac, Role::uas)};
  flow << ringing() << ok() << ack() << bye(caller) << cancel() << prack() << answered(486, "Busy")
       << request(callee, "INFO", 7) << request(caller, "SUBSCRIBE", 7).tag("")
       << request(caller, "INVITE", 5, sdp())  // a re-INVITE: it has a To tag
       << invite().recorded(dialog::Channel::stop, "call-canceled")
       << bye(caller).recorded(dialog::Channel::stop, "normal-release")
       << answered(486, "Busy").recorded(dialog::Channel::start, "uas");
  CHECK_FALSE(flow.known());
}

TEST_CASE("A request out of dialog that shares the Call-ID is no event of the dialog", "[dialog]") {
  Flow flow = established(Role::uac);
  flow << request(caller, "OPTIONS", 5).tag("");
  CHECK(flow.heard_nothing());
}
