// Reliable provisional answers: when a dialog is early, and what a PRACK answers or offers (RFC
// 3262).
#include "catch.hpp"
#include "dialog/sip_scenario.hpp"

using namespace drachtio;
using namespace drachtio::test;

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
