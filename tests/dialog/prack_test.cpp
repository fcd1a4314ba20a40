// Reliable provisional answers: when a dialog is early, and what a PRACK answers or offers (RFC
// 3262).
#include "catch.hpp"
#include "dialog/sip_scenario.hpp"

using namespace drachtio;
using namespace drachtio::test;

namespace {

Said prack_in_call(Side side, std::uint32_t cseq, const std::string& body = {}) {
  return request(side, "PRACK", cseq, body);
}

}  // namespace

TEST_CASE("RFC 3262: the first PRACK, in or out, makes the dialog early", "[dialog]") {
  Flow flow{GENERATE(Role::uac, Role::uas)};
  flow << invite(sdp()) << ringing() << prack();
  CHECK(flow->state == State::early);
  CHECK(flow->was_early);
  flow << answer(prack(), 200);
  flow << ringing(sdp()) << prack(3) << answer(prack(3), 200);
  CHECK(flow.story() == "invited progressed early responded progressed requested responded");
  flow << ok();
  CHECK(flow->state == State::early);
  flow << ack();
  CHECK(flow->state == State::stable);
}

TEST_CASE("RFC 3262: a PRACK after the 2xx makes nothing early", "[dialog]") {
  Flow flow{Role::uac};
  flow << invite(sdp()) << ringing() << ok(sdp()) << prack();
  CHECK(flow.story() == "invited progressed answered requested");
  CHECK(flow->state == State::pending);
}

TEST_CASE("RFC 3262 5: a late offer in a reliable 1xx is answered by the PRACK", "[dialog]") {
  Flow flow{Role::uas};
  flow << invite() << ringing(sdp(1, "sendrecv", "callee"))
       << prack(2, sdp(1, "sendrecv", "caller"));
  CHECK(flow->remote.sdp == sdp(1, "sendrecv", "caller"));
  CHECK(flow->local.sdp == sdp(1, "sendrecv", "callee"));
  flow << ok() << ack();
  CHECK(flow->remote.sdp == sdp(1, "sendrecv", "caller"));
  CHECK(flow->local.sdp == sdp(1, "sendrecv", "callee"));
}

TEST_CASE("RFC 3262 5: the answer in a second PRACK counts too, the first was for a 180 without",
          "[dialog]") {
  Flow flow{GENERATE(Role::uac, Role::uas)};
  flow << invite() << ringing() << prack(2) << ringing(sdp(1, "sendrecv", "callee"))
       << prack(3, sdp(1, "sendrecv", "caller"));
  CHECK(ann(flow).sdp == sdp(1, "sendrecv", "caller"));
}

TEST_CASE("RFC 3262 5: a PRACK may carry an offer, and its 2xx the answer", "[dialog]") {
  const Role role = GENERATE(Role::uac, Role::uas);
  Flow flow{role};
  const std::string first = sdp(1, "sendrecv", "callee");
  const std::string second = sdp(2, "sendrecv", "callee");
  flow << invite(sdp(1)) << ringing(first) << prack(2, sdp(2));
  flow << answer(prack(2, sdp(2)), 200, "OK", second);
  CHECK((role == Role::uac ? flow->remote : flow->local).sdp == second);
  CHECK((role == Role::uac ? flow->local : flow->remote).sdp == sdp(2));
  flow << ok() << ack();
  CHECK((role == Role::uac ? flow->remote : flow->local).sdp == second);
  CHECK(flow->state == State::stable);
}

TEST_CASE("A PRACK that is refused agrees to nothing", "[dialog]") {
  Flow flow{GENERATE(Role::uac, Role::uas)};
  const bool offers = GENERATE(true, false);
  const Said offer = prack(2, offers ? sdp(2, "sendonly") : "");
  flow << invite(sdp(1)) << ringing(sdp(1, "sendrecv", "callee")) << offer;
  flow << answer(offer, 488, "Not Acceptable Here", sdp(2, "sendrecv", "callee"));
  flow << ok() << ack();
  CHECK(flow->hold() == Hold::none);
  CHECK(ann(flow).sdp == sdp(1));
  CHECK(bob(flow).sdp == sdp(1, "sendrecv", "callee"));
  CHECK(flow->offers.empty());
}

TEST_CASE("RFC 3262 5: what a PRACK offers counts once its 2xx has come", "[dialog]") {
  Flow flow{GENERATE(Role::uac, Role::uas)};
  const Said hold = prack(2, sdp(2, "sendonly"));
  flow << invite(sdp(1)) << ringing(sdp(1, "sendrecv", "callee")) << hold;
  CHECK(flow->state == State::early);
  CHECK(ann(flow).sdp == sdp(1));
  CHECK(flow->hold() == Hold::none);
  flow << answer(hold, 200, "OK", sdp(2, "recvonly", "callee"));
  CHECK(flow.last().type == EventType::responded);
  CHECK(flow.last().modification == Modification::hold);
  CHECK(flow->hold() == (flow->role == Role::uac ? Hold::local : Hold::remote));
  flow << ok() << ack();
  CHECK(flow->hold() == (flow->role == Role::uac ? Hold::local : Hold::remote));
  CHECK(ann(flow).sdp == sdp(2, "sendonly"));
  CHECK(bob(flow).sdp == sdp(2, "recvonly", "callee"));
}

TEST_CASE("RFC 3262 5: a hold in a PRACK after an UPDATE is in force once the call is answered",
          "[dialog]") {
  Flow flow{GENERATE(Role::uac, Role::uas)};
  const Said plain = request(caller, "UPDATE", 3, sdp(2));
  const Said hold = prack(4, sdp(3, "sendonly"));
  flow << invite(sdp(1)) << ringing(sdp(1, "sendrecv", "callee")) << prack(2);
  flow << plain << answer(plain, 200, "OK", sdp(2, "sendrecv", "callee"));
  flow << ringing() << hold << answer(hold, 200, "OK", sdp(3, "recvonly", "callee"));
  flow << ok() << ack();
  CHECK(flow->hold() == (flow->role == Role::uac ? Hold::local : Hold::remote));
  CHECK(ann(flow).sdp == sdp(3, "sendonly"));
  CHECK(bob(flow).sdp == sdp(3, "recvonly", "callee"));
}

TEST_CASE("RFC 3264 8: a PRACK that repeats the INVITE's offer is a refresh", "[dialog]") {
  Flow flow{GENERATE(Role::uac, Role::uas)};
  const Said again = prack(2, sdp(1, "sendonly"));
  flow << invite(sdp(1, "sendonly")) << ringing(sdp(1, "recvonly", "callee")) << again;
  flow << answer(again, 200, "OK", sdp(1, "recvonly", "callee"));
  CHECK(flow.last().modification == Modification::refresh);
  CHECK(flow->hold() == Hold::none);
}

TEST_CASE("RFC 3261 13.2.2.4: the answer in a PRACK is of its own fork", "[dialog]") {
  Flow flow{Role::uac};
  flow << invite() << ringing(sdp(1, "sendrecv", "fork-a")).tag("a")
       << prack(2, sdp(1, "sendrecv", "to-a")).tag("a");
  flow << ringing(sdp(1, "sendrecv", "fork-b")).tag("b")
       << prack(3, sdp(1, "sendrecv", "to-b")).tag("b");
  CHECK(flow->local.sdp == sdp(1, "sendrecv", "to-b"));
  flow << ok().tag("a") << ack().tag("a");
  CHECK(flow->local.sdp == sdp(1, "sendrecv", "to-a"));
  CHECK(flow->remote.sdp == sdp(1, "sendrecv", "fork-a"));
}

TEST_CASE("RFC 3261 14.1: an answer in a 1xx to a re-INVITE counts with the 2xx", "[dialog]") {
  const Role role = GENERATE(Role::uac, Role::uas);
  const Side side = GENERATE(caller, callee);
  const bool by_us = direction_of(role, side) == Direction::out;
  Flow flow = established(role);
  const dialog::Dialog before = *flow;
  const Said offer = request(side, "INVITE", 5, sdp(2, "sendonly", "offer"));
  const Said progress = answer(offer, 183, "Session Progress", sdp(2, "inactive", "answer"));
  flow << offer << progress << prack_in_call(side, 6) << answer(prack_in_call(side, 6), 200);
  CHECK(flow->local == before.local);
  CHECK(flow->remote == before.remote);
  CHECK(flow->hold() == Hold::none);
  const Endpoint& offerer = by_us ? flow->local : flow->remote;
  const Endpoint& answerer = by_us ? flow->remote : flow->local;
  SECTION("which need not repeat it") {
    flow << answer(offer, 200) << ack_of(offer);
    CHECK(flow->hold() == Hold::both);
    CHECK(offerer.sdp == sdp(2, "sendonly", "offer"));
    CHECK(answerer.sdp == sdp(2, "inactive", "answer"));
    CHECK(flow->offers.empty());
  }
  SECTION("or does") {
    flow << answer(offer, 200, "OK", sdp(2, "inactive", "answer")) << ack_of(offer);
    CHECK(flow->hold() == Hold::both);
    CHECK(answerer.sdp == sdp(2, "inactive", "answer"));
  }
  SECTION("not where the re-INVITE is refused") {
    flow << answer(offer, 488, "Not Acceptable Here");
    CHECK(flow->hold() == Hold::none);
    CHECK(flow->local == before.local);
    CHECK(flow->remote == before.remote);
    CHECK(flow->offers.empty());
  }
  SECTION("of two answers the later one") {
    flow.without_plain_reading();  // RFC 3261 13.2.1 has them the same, or the first count
    flow << answer(offer, 183, "Session Progress", sdp(2, "recvonly", "answer"));
    flow << answer(offer, 200) << ack_of(offer);
    CHECK(flow->hold() == (by_us ? Hold::local : Hold::remote));
    CHECK(answerer.sdp == sdp(2, "recvonly", "answer"));
  }
}

TEST_CASE("RFC 3262 5: a 1xx to a re-INVITE without SDP offers, the PRACK answers", "[dialog]") {
  const Role role = GENERATE(Role::uac, Role::uas);
  const Side side = GENERATE(caller, callee);
  const bool asker_is_us = direction_of(role, side) == Direction::out;
  Flow flow = established(role);
  const dialog::Dialog before = *flow;
  const Said ask = request(side, "INVITE", 5);
  const Said answering = prack_in_call(side, 6, sdp(2, "recvonly", "answer"));
  flow << ask
       << answer(ask, 183, "Session Progress", sdp(2, "sendonly", "offer")).header("RSeq: 1");
  flow << answering << answer(answering, 200);
  CHECK(flow->local == before.local);
  CHECK(flow->remote == before.remote);
  CHECK(flow->hold() == Hold::none);
  SECTION("both count with the 2xx") {
    const bool repeated = GENERATE(true, false);
    flow << answer(ask, 200, "OK", repeated ? sdp(2, "sendonly", "offer") : "");
    CHECK(flow.last().offered_by_us == !asker_is_us);
    CHECK(flow.last().modification == Modification::hold);
    flow << ack_of(ask);
    CHECK(flow->hold() == (asker_is_us ? Hold::remote : Hold::local));
    CHECK((asker_is_us ? flow->local : flow->remote).sdp == sdp(2, "recvonly", "answer"));
    CHECK((asker_is_us ? flow->remote : flow->local).sdp == sdp(2, "sendonly", "offer"));
    CHECK(flow->offers.empty());
  }
  SECTION("neither does where the re-INVITE is refused") {
    flow << answer(ask, 500, "Server Internal Error");
    CHECK(flow->local == before.local);
    CHECK(flow->remote == before.remote);
    CHECK(flow->hold() == Hold::none);
    CHECK(flow->offers.empty());
  }
}

TEST_CASE("RFC 3262 5: a re-INVITE comes to what a PRACK or UPDATE in it agreed on", "[dialog]") {
  const auto* method = GENERATE("PRACK", "UPDATE");
  Flow flow = established(Role::uas);
  const Said offer = request(caller, "INVITE", 5, sdp(2, "sendonly", "caller"));
  const Said another = request(caller, method, 6, sdp(3, "sendrecv", "caller"));
  flow << offer
       << answer(offer, 183, "Session Progress", sdp(2, "recvonly", "callee")).header("RSeq: 1");
  flow << another << answer(another, 200, "OK", sdp(3, "sendrecv", "callee"));
  flow << answer(offer, 200) << ack_of(offer);
  CHECK(flow->hold() == Hold::none);
  CHECK(ann(flow).sdp == sdp(3, "sendrecv", "caller"));
  CHECK(bob(flow).sdp == sdp(3, "sendrecv", "callee"));
  CHECK(flow->offers.empty());
}

TEST_CASE("RFC 3261 12.2.2: the PRACK of another fork offers nothing in the call that was answered",
          "[dialog]") {
  Flow flow{Role::uac};
  flow << invite(sdp(1)) << ringing(sdp(1, "sendrecv", "a")).tag("a") << ok().tag("a");
  flow << prack(2, sdp(2, "sendonly")).tag("b");
  CHECK(flow->offers.empty());
}
