// How calls end: refused, challenged, cancelled, hung up, lost; and retried (RFC 3261 9, 15, 22).
#include "catch.hpp"
#include "dialog/sip_scenario.hpp"

using namespace drachtio;
using namespace drachtio::test;

TEST_CASE("RFC 3261 13.2.2.3: a final answer of 300 or more refuses the call", "[dialog]") {
  const auto [status, phrase, reason] = GENERATE(
      table<int, std::string, std::string>({{302, "Moved Temporarily", "302 Moved Temporarily"},
                                            {486, "Busy Here", "486 Busy Here"},
                                            {503, "", "503"},
                                            {603, "Decline", "603 Decline"}}));
  Flow flow{GENERATE(Role::uac, Role::uas)};
  flow << invite(sdp()) << answered(status, phrase);
  CHECK(flow.story() == "invited rejected");
  CHECK(flow->state == State::terminated);
  CHECK(flow->cause == Cause::rejected);
  CHECK(flow->status == status);
  CHECK(flow->reason == reason);
  CHECK(flow->times.end_time == flow.now());
  CHECK_FALSE(flow->times.connect_time);
  CHECK(flow->closed_at == 12);
}

TEST_CASE("RFC 3261 22: 401 and 407 challenge the INVITE, its retry is the same call", "[dialog]") {
  const int status = GENERATE(401, 407);
  Flow flow{GENERATE(Role::uac, Role::uas)};
  flow << invite(sdp(1));
  const auto start = flow->times.start_time;
  flow << answered(status, "Proxy Authentication Required");
  CHECK(flow.last().type == EventType::challenged);
  CHECK(flow->cause == Cause::challenged);
  CHECK(flow->reason == std::to_string(status) + " Proxy Authentication Required");
  flow << invite(sdp(2)).cseq(2).branch("b2");
  CHECK(flow.last().type == EventType::invited);
  CHECK(flow->state == State::pending);
  CHECK(flow->times.start_time == start);
  CHECK_FALSE(flow->times.end_time);
  CHECK_FALSE(flow->cause);
  CHECK_FALSE(flow->reason);
  CHECK_FALSE(flow->status);
  CHECK_FALSE(flow->closed_at);
  CHECK(flow->invite.cseq == 2);
  CHECK(flow->invite.transaction_id == "tx-b2");
  CHECK(flow->number == 11);
  // What belonged to the first INVITE is over.
  flow << answered(180, "Ringing") << cancel();
  CHECK(flow->state == State::pending);
  flow << answered(200, "OK").cseq(2).branch("b2") << ack().cseq(2);
  CHECK(flow->state == State::stable);
}

TEST_CASE("RFC 3261 8.1.3.5: a retry after what the caller can mend reopens the leg", "[dialog]") {
  Flow flow{Role::uas};
  flow << invite(sdp(1)) << ringing();
  SECTION("422") { flow << answered(422, "Session Interval Too Small"); }
  SECTION("302") { flow << answered(302, "Moved Temporarily"); }
  SECTION("503") { flow << answered(503, "Service Unavailable"); }
  SECTION("proxied") { flow.proxied(); }
  CHECK(flow->state == State::terminated);
  flow << invite(sdp(2)).cseq(2).branch("b2");
  CHECK(flow.last().type == EventType::invited);
  CHECK(flow->state == State::pending);
  CHECK(flow->remote.sdp == sdp(2));
  CHECK_FALSE(flow->local.tag);
}

TEST_CASE("RFC 3261 8.1.3.5: a retry tells of a refusal that was not seen", "[dialog]") {
  Flow flow{Role::uas};
  flow << invite(sdp(1)) << ringing(sdp());
  flow << invite(sdp(2)).cseq(2).branch("b2");
  CHECK(flow.last().type == EventType::invited);
  CHECK(flow->state == State::pending);
  CHECK(flow->remote.sdp == sdp(2));
  CHECK_FALSE(flow->local.tag);
  CHECK(flow->early_answers.empty());
}

TEST_CASE("What is no retry is another leg", "[dialog]") {
  Flow flow{Role::uas};
  flow << invite(sdp(1));
  SECTION("the same ids, after the end") {
    flow << answered(407, "Proxy Authentication Required")
         << invite(sdp(1)).transaction("tx-again");
  }
  SECTION("same CSeq, on another branch: handed on, and come by again") {
    flow.proxied();
    flow << invite(sdp(1)).branch("b2");
  }
  SECTION("lower CSeq") {
    flow << answered(407, "Proxy Authentication Required") << invite(sdp(1)).cseq(0).branch("b2");
  }
  SECTION("answered and hung up") {
    flow << ok(sdp()) << ack() << bye(caller) << invite(sdp(1)).cseq(2).branch("b2");
  }
  SECTION("given up by CANCEL") { flow << cancel() << invite(sdp(1)).cseq(2).branch("b2"); }
  SECTION("given up by BYE") {
    flow << ringing() << bye(caller) << invite(sdp(1)).cseq(2).branch("b2");
  }
  SECTION("busy, declined, or not there") {
    const int status = GENERATE(480, 486, 487, 600, 603);
    flow << answered(status, "No") << invite(sdp(1)).cseq(2).branch("b2");
  }
  SECTION("later than five minutes") {
    flow << answered(503, "Service Unavailable");
    flow.wait(std::chrono::minutes{5}) << invite(sdp(1)).cseq(2).branch("b2");
  }
  SECTION("lost, an hour ago") {
    flow.lost();
    flow << invite(sdp(1)).cseq(2).branch("b2");
  }
  CHECK(flow.began_another());
  CHECK(flow->state == State::terminated);
}

TEST_CASE("RFC 3263 4.3: a caller's proxy fails over, on another branch of the same", "[dialog]") {
  Flow flow{Role::uas};
  flow << invite(sdp(1)) << answered(503, "Service Unavailable");
  flow << invite(sdp(1)).branch("b2");
  CHECK(flow.last().type == EventType::invited);
  CHECK(flow->state == State::pending);
  flow << answered(200, "OK", sdp()).branch("b2");
  CHECK(flow.last().type == EventType::answered);
  flow << invite(sdp(1)).branch("b3");
  CHECK(flow.began_another());
}

TEST_CASE("RFC 3263 4.3: what is no fail-over is another leg", "[dialog]") {
  Flow flow{Role::uas};
  flow << invite(sdp(1));
  SECTION("after a refusal that would be repeated elsewhere") {
    flow << answered(404, "Not Found") << invite(sdp(1)).branch("b2");
  }
  SECTION("later than 64 s") {
    flow << answered(503, "Service Unavailable");
    flow.wait(std::chrono::seconds{64}) << invite(sdp(1)).branch("b2");
  }
  SECTION("to somebody else") {
    flow << answered(408, "Request Timeout")
         << invite(sdp(1)).branch("b2").uri("sip:eve@callee.example");
  }
  CHECK(flow.began_another());
}

TEST_CASE("RFC 3261 9.2: a CANCEL before the final answer ends the call", "[dialog]") {
  Flow flow{Role::uas};
  flow << invite(sdp()) << ringing();
  SECTION("without a Reason") {
    flow << cancel();
    CHECK(flow->reason == "487 Request Terminated");
  }
  SECTION("with a Reason") {
    flow << cancel().header("Reason: SIP;cause=200;text=\"Call completed elsewhere\"");
    CHECK(flow->reason == "Call completed elsewhere");
  }
  SECTION("with a Reason that says nothing") {
    flow << cancel().header("Reason: SIP;cause=200;text=\"\"");
    CHECK(flow->reason == "487 Request Terminated");
  }
  CHECK(flow.last().type == EventType::cancelled);
  CHECK(flow->state == State::terminated);
  CHECK(flow->cause == Cause::cancelled);
  CHECK(flow->status == 487);
  CHECK(flow->times.end_time == flow.now());
}

TEST_CASE("RFC 3261 9.1: a CANCEL after the final answer has no effect", "[dialog]") {
  Flow flow{Role::uas};
  flow << invite(sdp()) << ok(sdp()) << cancel();
  CHECK(flow.last().type == EventType::requested);
  CHECK(flow->state == State::pending);
  CHECK(flow->status == 200);
}

TEST_CASE("RFC 3261 9.1: our own CANCEL asks: the 487 ends the call", "[dialog]") {
  Flow flow{Role::uac};
  flow << invite(sdp()) << ringing() << cancel();
  CHECK(flow.last().type == EventType::requested);
  CHECK(flow->state == State::pending);
  flow << answer(cancel(), 200) << answered(487, "Request Terminated");
  CHECK(flow.story() == "invited progressed requested responded rejected");
  CHECK(flow->cause == Cause::cancelled);
  CHECK(flow->status == 487);
  CHECK(flow->reason == "487 Request Terminated");
}

TEST_CASE("Glare: our CANCEL crosses the 200: we ACK and the server hangs up", "[dialog]") {
  Flow flow{Role::uac};
  flow << invite(sdp()) << ringing() << cancel() << ok(sdp()) << ack() << bye(caller).unsolicited();
  CHECK(flow.story() == "invited progressed requested answered confirmed terminated");
  CHECK(flow->cause == Cause::server_release);
  CHECK_FALSE(flow->reason);
  CHECK(flow->status == 200);
}

TEST_CASE("RFC 3261 15: the first BYE ends the call, the second is only told", "[dialog]") {
  const Role role = GENERATE(Role::uac, Role::uas);
  const Side side = GENERATE(caller, callee);
  Flow flow = established(role);
  flow << bye(side, 7);
  const bool by_us = direction_of(role, side) == Direction::out;
  CHECK(flow->state == State::terminated);
  CHECK(flow->cause == (by_us ? Cause::near_end_release : Cause::far_end_release));
  CHECK(flow->reason == (by_us ? "normal near end release" : "normal far end release"));
  const dialog::Dialog ended = *flow;
  CHECK(ended.times.end_time == flow.now());
  flow << bye(other(side), 8) << answer(bye(side, 7), 200) << answer(bye(other(side), 8), 481);
  CHECK(flow.story() == "invited answered confirmed terminated requested responded responded");
  CHECK(flow->times == ended.times);
  CHECK(flow->cause == ended.cause);
  CHECK(flow->closed_at == ended.closed_at);
}

TEST_CASE("RFC 3261 15: the caller may hang up in the early dialog", "[dialog]") {
  Flow flow{Role::uas};
  flow << invite(sdp()) << ringing() << prack() << bye(caller);
  CHECK(flow->state == State::terminated);
  CHECK(flow->cause == Cause::far_end_release);
  CHECK_FALSE(flow->times.connect_time);
}

TEST_CASE("RFC 3261 12.2.2: what another fork offers does not concern the call that was answered",
          "[dialog]") {
  Flow flow{Role::uac};
  flow << invite(sdp()) << ok(sdp(2)) << ack();
  const dialog::Dialog before = *flow;
  const Said offer = request(callee, GENERATE("INVITE", "UPDATE"), 7, sdp(3, "sendonly"))
                         .tag("other-fork")
                         .contact("sip:bob@203.0.113.9");
  flow << offer << answer(offer, 200, "OK", sdp(4, "recvonly"));
  CHECK(flow.story() == "invited answered confirmed requested responded");
  CHECK(flow->hold() == Hold::none);
  CHECK(flow->remote == before.remote);
  CHECK(flow->local == before.local);
}

TEST_CASE("RFC 3261 13.2.2.4: the ACK of another fork's 2xx confirms nothing", "[dialog]") {
  Flow flow{Role::uas};
  flow << invite() << ok(sdp(2)) << ack(sdp(3)).tag("other-fork");
  CHECK(flow->state == State::pending);
  CHECK_FALSE(flow->remote.sdp);
  flow << ack(sdp(4));
  CHECK(flow->state == State::stable);
  CHECK(flow->remote.sdp == sdp(4));
  flow << ack(sdp(5)).tag("other-fork").branch("x");
  CHECK(flow->remote.sdp == sdp(4));
}

TEST_CASE("A hold agreed on before a challenge is no hold of the retry", "[dialog]") {
  Flow flow{GENERATE(Role::uac, Role::uas)};
  const Said hold = request(GENERATE(caller, callee), "UPDATE", 3, sdp(2, "sendonly"));
  flow << invite(sdp()) << ringing(sdp(1)) << prack() << hold << answer(hold, 200, "OK", sdp(2));
  REQUIRE(flow->hold() != Hold::none);
  flow << answered(401, "Unauthorized") << invite(sdp()).cseq(9).branch("b9");
  CHECK(flow->state == State::pending);
  CHECK(flow->hold() == Hold::none);
}

TEST_CASE("RFC 3261 12.2.2: the BYE of another fork does not end the call that was answered",
          "[dialog]") {
  Flow flow = established(Role::uac);
  flow << bye(callee).tag("other-fork");
  CHECK(flow.last().type == EventType::requested);
  CHECK(flow->state == State::stable);
}

TEST_CASE("A BYE the server sends in our name says why in its Reason", "[dialog]") {
  Flow flow = established(Role::uas);
  SECTION("RFC 4028: session timer") {
    flow << bye(callee).unsolicited().header(
        "Reason: SIP;cause=200;text=\"Session timer expired\"");
    CHECK(flow->cause == Cause::session_expired);
    CHECK(flow->reason == "Session timer expired");
  }
  SECTION("a reason of its own") {
    flow << bye(callee).unsolicited().header("Reason: SIP;cause=481;text=\"Lost; \\\"race\\\"\"");
    CHECK(flow->cause == Cause::server_release);
    CHECK(flow->reason == "Lost; \"race\"");
  }
  SECTION("RFC 3326: the text may be in the second of two values") {
    flow << bye(callee).unsolicited().header(
        "Reason: Q.850;cause=16, SIP;cause=200;text=\"ACK timeout\"");
    CHECK(flow->cause == Cause::ack_timeout);
  }
  CHECK(flow->state == State::terminated);
}

TEST_CASE("The far end's Reason does not turn its BYE into the server's", "[dialog]") {
  Flow flow = established(Role::uas);
  flow << bye(caller).header("Reason: SIP;cause=200;text=\"ACK timeout\"");
  CHECK(flow->cause == Cause::far_end_release);
  CHECK(flow->reason == "normal far end release");
}

TEST_CASE("The program's own Reason does not turn its BYE into the server's", "[dialog]") {
  Flow flow = established(Role::uas);
  flow << bye(callee).header("Reason: SIP;cause=200;text=\"ACK timeout\"");
  CHECK(flow->cause == Cause::near_end_release);
}

TEST_CASE("lost: the call ended when it was last heard of", "[dialog]") {
  Flow flow = established(Role::uas);
  const Instant heard = flow.now();
  flow.patched(R"({"leg":1})").lost();
  CHECK(flow->state == State::terminated);
  CHECK(flow->cause == Cause::lost);
  CHECK(flow->reason == "not heard of for 3600 s");
  CHECK(flow->times.end_time == heard);
  CHECK(flow->last_heard == heard);
  SECTION("a real end that turns up later replaces both") {
    flow << bye(caller);
    CHECK(flow.last().type == EventType::terminated);
    CHECK(flow->cause == Cause::far_end_release);
    CHECK(flow->times.end_time == flow.now());
    CHECK(flow->closed_at == flow.last().position);
  }
  SECTION("other requests do not bring it back") {
    flow << request(caller, "INFO", 5) << request(caller, "INVITE", 6, sdp(2));
    CHECK(flow->cause == Cause::lost);
    CHECK(flow->offers.empty());
  }
}

TEST_CASE("lost before the answer: a late answer revives the call", "[dialog]") {
  Flow flow{Role::uac};
  flow << invite(sdp()) << ringing();
  flow.lost();
  SECTION("answered") {
    flow << ok(sdp());
    CHECK(flow->state == State::pending);
    CHECK_FALSE(flow->times.end_time);
    CHECK_FALSE(flow->cause);
    CHECK_FALSE(flow->closed_at);
    flow << ack();
    CHECK(flow->state == State::stable);
  }
  SECTION("refused") {
    flow << answered(486, "Busy Here");
    CHECK(flow->cause == Cause::rejected);
    CHECK(flow->times.end_time == flow.now());
  }
  SECTION("ringing on is no answer") {
    flow << answered(182, "Queued");
    CHECK(flow->state == State::terminated);
    CHECK(flow->cause == Cause::lost);
  }
}

TEST_CASE("lost before the answer: a CANCEL that turns up is the real end", "[dialog]") {
  Flow flow{Role::uas};
  flow << invite(sdp());
  flow.lost();
  flow << cancel();
  CHECK(flow->cause == Cause::cancelled);
  CHECK(flow->times.end_time == flow.now());
}

TEST_CASE("proxied: the program handed the call on: on its connection the dialog ends",
          "[dialog]") {
  Flow flow{Role::uas};
  flow << invite(sdp());
  flow.proxied();
  CHECK(flow.last().type == EventType::proxied);
  CHECK(flow->state == State::terminated);
  CHECK(flow->cause == Cause::proxied);
  CHECK(flow->times.end_time == flow.now());
  flow.proxied();
  CHECK(flow.heard_nothing());
}

TEST_CASE("proxied: a call that was answered cannot be proxied any more", "[dialog]") {
  Flow flow = established(Role::uas);
  flow.proxied();
  CHECK(flow.heard_nothing());
  CHECK(flow->state == State::stable);
}

TEST_CASE(
    "RFC 3261 15: a BYE in the early dialog ends it, and the 487 is still the INVITE's status",
    "[dialog]") {
  Flow flow{Role::uas};
  flow << invite(sdp()) << ringing() << prack() << answer(prack(), 200) << bye(caller);
  CHECK(flow->state == State::terminated);
  CHECK_FALSE(flow->status);
  Said merged = invite();
  merged.top_branch = "other";
  flow << answer(merged, 482, "Merged Request");
  CHECK_FALSE(flow->status);
  flow << answered(487, "Request Terminated");
  CHECK(flow->status == 487);
  CHECK(flow->cause == Cause::far_end_release);
}
