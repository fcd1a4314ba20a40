// Offers in the dialog: re-INVITE and UPDATE (RFC 3261 14, RFC 3311), hold (RFC 3264 8.4).
#include "catch.hpp"
#include "dialog/sip_scenario.hpp"

using namespace drachtio;
using namespace drachtio::test;

namespace {

Said reinvite(Side side, std::uint32_t cseq, const std::string& body = {}) {
  return request(side, "INVITE", cseq, body);
}
Said update(Side side, std::uint32_t cseq, const std::string& body = {}) {
  return request(side, "UPDATE", cseq, body);
}
const std::string ann_sdp = sdp(1, "sendrecv", "caller");
const std::string bob_sdp = sdp(1, "sendrecv", "callee");

}  // namespace

TEST_CASE("RFC 3261 14: a re-INVITE counts once accepted, whoever sends it", "[dialog]") {
  const Role role = GENERATE(Role::uac, Role::uas);
  const Side side = GENERATE(caller, callee);
  Flow flow = established(role);
  const Said offer = reinvite(side, 2, sdp(2)).contact("sip:new@offerer.example:5070");
  flow << offer;
  CHECK(flow.last().type == EventType::offered);
  CHECK(ann(flow).sdp == ann_sdp);
  CHECK(bob(flow).sdp == bob_sdp);
  CHECK_FALSE(ann(flow).signaling_address == "offerer.example");
  CHECK_FALSE(bob(flow).signaling_address == "offerer.example");
  flow << answer(offer, 200, "OK", sdp(3)).contact("sip:new@answerer.example");
  CHECK(flow.last().type == EventType::modified);
  CHECK(flow.last().modification == Modification::modify);
  CHECK(flow.last().offered_by_us == (direction_of(role, side) == Direction::out));
  const Endpoint& offerer = side == caller ? ann(flow) : bob(flow);
  const Endpoint& answerer = side == caller ? bob(flow) : ann(flow);
  CHECK(offerer.sdp == sdp(2));
  CHECK(answerer.sdp == sdp(3));
  CHECK(offerer.signaling_address == "offerer.example");
  CHECK(offerer.signaling_port == 5070);
  CHECK(answerer.signaling_address == "answerer.example");
  CHECK(answerer.signaling_port == 5060);
  flow << ack_of(offer);
  CHECK(flow.last().type == EventType::acknowledged);
  CHECK(flow->state == State::stable);
  CHECK(flow->offers.empty());
  CHECK(flow->times.connect_time != flow.now());
}

TEST_CASE("RFC 3261 14.1: a refused re-INVITE leaves no trace", "[dialog]") {
  const int status = GENERATE(488, 491, 401, 603);
  const Side side = GENERATE(caller, callee);
  Flow flow = established(Role::uas);
  const dialog::Dialog before = *flow;
  const Said offer = reinvite(side, 2, sdp(2, "sendonly")).contact("sip:x@x.example");
  flow << offer << answer(offer, 180, "Ringing");
  CHECK(flow->offers.size() == 1);
  flow << answer(offer, status, "No") << ack_of(offer);
  CHECK(flow.story() == "invited answered confirmed offered responded responded acknowledged");
  CHECK(flow->local == before.local);
  CHECK(flow->remote == before.remote);
  CHECK(flow->hold() == Hold::none);
  CHECK(flow->state == State::stable);
  CHECK(flow->status == 200);
  CHECK(flow->offers.empty());
}

TEST_CASE("RFC 3261 14.2: glare: both re-INVITEs get 491, the retry counts", "[dialog]") {
  Flow flow = established(Role::uas);
  const Said theirs = reinvite(caller, 2, sdp(2, "sendonly", "caller"));
  const Said ours = reinvite(callee, 2, sdp(2, "sendonly", "callee"));  // the same CSeq number
  flow << theirs << ours << answer(theirs, 491, "Request Pending")
       << answer(ours, 491, "Request Pending");
  CHECK(flow->offers.empty());
  const Said retry = reinvite(callee, 3, sdp(2, "sendonly", "callee"));
  flow << retry << answer(retry, 200, "OK", sdp(2, "recvonly", "caller"));
  CHECK(flow->hold() == Hold::local);
  CHECK(flow->local.sdp == sdp(2, "sendonly", "callee"));
}

TEST_CASE("RFC 3261 12.2.1.1: CSeq is each side's own: an answer finds its side's offer",
          "[dialog]") {
  Flow flow = established(Role::uac);
  const Said theirs = reinvite(callee, 2, sdp(2, "sendrecv", "callee"));
  const Said ours = reinvite(caller, 2, sdp(2, "sendrecv", "caller"));
  flow << theirs << ours << answer(ours, 491, "Request Pending")
       << answer(theirs, 200, "OK", ann_sdp);
  CHECK(flow->remote.sdp == sdp(2, "sendrecv", "callee"));
  CHECK(flow->local.sdp == ann_sdp);
}

TEST_CASE("RFC 3264 8.4: hold, unhold and both at once", "[dialog]") {
  Flow flow = established(Role::uac);
  const auto exchange = [&](Side side, std::uint32_t cseq, const std::string& offered,
                            const std::string& answered) {
    const Said offer = reinvite(side, cseq, offered);
    flow << offer << answer(offer, 200, "OK", answered) << ack_of(offer);
  };
  exchange(caller, 2, sdp(2, "sendonly", "caller"), sdp(2, "recvonly", "callee"));
  CHECK(flow->hold() == Hold::local);
  exchange(callee, 2, sdp(3, "inactive", "callee"), sdp(3, "inactive", "caller"));
  CHECK(flow->hold() == Hold::both);
  exchange(caller, 3, sdp(4, "recvonly", "caller"), sdp(4, "inactive", "callee"));
  CHECK(flow->hold() == Hold::remote);
  exchange(callee, 3, sdp(5, "sendrecv", "callee"), sdp(5, "sendrecv", "caller"));
  CHECK(flow->hold() == Hold::none);
}

TEST_CASE("What a re-offer did is classified by its side's hold and by its o= line", "[dialog]") {
  Flow flow = established(Role::uas);
  const auto modification = [&](std::uint32_t cseq, const std::string& offered) {
    const Said offer = reinvite(caller, cseq, offered);
    flow << offer << answer(offer, 200, "OK", sdp(static_cast<int>(cseq), "recvonly", "callee"))
         << ack_of(offer);
    return flow->hold();
  };
  const auto last_modification = [&](std::uint32_t cseq, const std::string& offered) {
    const Said offer = reinvite(caller, cseq, offered);
    flow << offer << answer(offer, 200, "OK", bob_sdp);
    return flow.last().modification.value();
  };
  CHECK(last_modification(2, ann_sdp) == Modification::refresh);
  CHECK(last_modification(3, sdp(2, "sendrecv", "caller")) == Modification::modify);
  CHECK(last_modification(4, sdp(3, "sendonly", "caller")) == Modification::hold);
  CHECK(last_modification(5, sdp(3, "sendonly", "caller")) == Modification::refresh);
  CHECK(last_modification(6, sdp(4, "inactive", "caller")) == Modification::modify);
  CHECK(last_modification(7, sdp(5, "recvonly", "caller")) == Modification::unhold);
  CHECK(last_modification(8, "s=no origin\r\n") == Modification::modify);
  const Said asked = reinvite(caller, 9);
  flow << asked << answer(asked, 200, "OK", bob_sdp) << ack_of(asked, ann_sdp);
  CHECK(flow.last().modification == Modification::refresh);
  CHECK(modification(10, sdp(9, "sendonly", "caller")) == Hold::remote);
}

TEST_CASE("The same o= line but another hold is a hold, not a refresh", "[dialog]") {
  Flow flow = established(Role::uas);
  const Said offer = reinvite(caller, 2, sdp(1, "sendonly", "caller"));
  flow << offer << answer(offer, 200, "OK", bob_sdp);
  CHECK(flow.last().modification == Modification::hold);
}

TEST_CASE("RFC 3261 14.1: a re-INVITE without SDP: the 2xx offers, it counts at the ACK",
          "[dialog]") {
  const Role role = GENERATE(Role::uac, Role::uas);
  const Side side = GENERATE(caller, callee);
  Flow flow = established(role);
  const dialog::Dialog before = *flow;
  const Said ask = reinvite(side, 2);
  flow << ask << answer(ask, 200, "OK", sdp(2, "sendonly", "offer"));
  const bool asker_is_us = direction_of(role, side) == Direction::out;
  CHECK(flow.last().type == EventType::modified);
  CHECK_FALSE(flow.last().modification);
  CHECK(flow->local == before.local);
  CHECK(flow->remote == before.remote);
  CHECK(flow->hold() == Hold::none);
  flow << ack_of(ask, sdp(2, "recvonly", "answer"));
  CHECK(flow.last().type == EventType::acknowledged);
  CHECK(flow.last().modification == Modification::hold);
  CHECK(flow.last().offered_by_us == !asker_is_us);
  CHECK(flow->hold() == (asker_is_us ? Hold::remote : Hold::local));
  const Endpoint& asker = asker_is_us ? flow->local : flow->remote;
  const Endpoint& offerer = asker_is_us ? flow->remote : flow->local;
  CHECK(offerer.sdp == sdp(2, "sendonly", "offer"));
  CHECK(asker.sdp == sdp(2, "recvonly", "answer"));
  CHECK(flow->offers.empty());
}

TEST_CASE("A late offer whose ACK never comes changes nothing", "[dialog]") {
  Flow flow = established(Role::uas);
  const Said ask = reinvite(caller, 2);
  flow << ask << answer(ask, 200, "OK", sdp(2, "sendonly", "callee")) << bye(caller);
  CHECK(flow->local.sdp == bob_sdp);
  CHECK(flow->hold() == Hold::none);
  CHECK(flow->offers.empty());
}

TEST_CASE("RFC 3311: an UPDATE without SDP is a refresh that moves the contact only", "[dialog]") {
  Flow flow = established(Role::uas);
  const Said refresh = update(caller, 2).contact("sip:ann@moved.example");
  flow << refresh;
  CHECK(flow.last().type == EventType::offered);
  flow << answer(refresh, 200);
  CHECK(flow.last().type == EventType::modified);
  CHECK(flow.last().modification == Modification::refresh);
  CHECK(flow->remote.sdp == ann_sdp);
  CHECK(flow->local.sdp == bob_sdp);
  CHECK(flow->remote.signaling_address == "moved.example");
}

TEST_CASE("RFC 3311: an UPDATE knows no late offer: SDP in its 2xx alone holds nothing",
          "[dialog]") {
  Flow flow = established(Role::uas);
  const Said refresh = update(caller, 2);
  flow << refresh << answer(refresh, 200, "OK", sdp(2, "sendonly", "callee"));
  CHECK(flow.last().modification == Modification::refresh);
  CHECK(flow->hold() == Hold::none);
  CHECK(flow->offers.empty());
}

TEST_CASE("RFC 3311: UPDATE in the early dialog changes the session before the answer",
          "[dialog]") {
  const Side side = GENERATE(caller, callee);
  Flow flow{Role::uac};
  flow << invite(ann_sdp) << ringing(bob_sdp) << prack() << answer(prack(), 200);
  const std::string offered = sdp(2, "sendrecv", side == caller ? "caller" : "callee");
  const std::string agreed = sdp(2, "sendrecv", side == caller ? "callee" : "caller");
  const Said offer = update(side, 3, offered);
  flow << offer << answer(offer, 200, "OK", agreed);
  CHECK(flow.last().type == EventType::modified);
  CHECK(flow->state == State::early);
  CHECK(flow->local.sdp == (side == caller ? offered : agreed));
  CHECK(flow->remote.sdp == (side == caller ? agreed : offered));
  flow << ok() << ack();
  CHECK(flow->remote.sdp == (side == caller ? agreed : offered));
  CHECK(flow->state == State::stable);
}

TEST_CASE("RFC 3261 13.2.2.4: what an UPDATE agreed on belongs to its own fork", "[dialog]") {
  const Side side = GENERATE(caller, callee);
  Flow flow{Role::uac};
  flow << invite(ann_sdp) << ringing(sdp(1, "sendrecv", "fork-a")).tag("a") << prack(2).tag("a")
       << ringing(sdp(1, "sendrecv", "fork-b")).tag("b");
  const bool by_fork = side == callee;
  const std::string a_now = sdp(2, "sendrecv", "fork-a");
  const Said offer = update(side, 3, by_fork ? a_now : sdp(2, "sendrecv", "caller")).tag("a");
  flow << offer << answer(offer, 200, "OK", by_fork ? sdp(2, "sendrecv", "caller") : a_now);
  CHECK(flow->local.sdp == sdp(2, "sendrecv", "caller"));
  SECTION("that fork answers") {
    flow << ok().tag("a");
    CHECK(flow->remote.sdp == a_now);
    CHECK(flow->local.sdp == sdp(2, "sendrecv", "caller"));
  }
  SECTION("the other one answers") {
    flow << ok().tag("b");
    CHECK(flow->remote.sdp == sdp(1, "sendrecv", "fork-b"));
    CHECK(flow->local.sdp == ann_sdp);
  }
}

TEST_CASE("RFC 3261 13.2.2.4: a hold in an early dialog is of its own fork", "[dialog]") {
  const Side side = GENERATE(caller, callee);
  Flow flow{Role::uac};
  flow << invite(ann_sdp) << ringing(bob_sdp).tag("a") << prack(2).tag("a");
  const Said holds = update(side, 3, sdp(2, "sendonly", "holds")).tag("a");
  flow << holds << answer(holds, 200, "OK", sdp(2, "recvonly", "held"));
  CHECK(flow->hold() == (side == caller ? Hold::local : Hold::remote));
  SECTION("it answers") {
    flow << ok().tag("a");
    CHECK(flow->hold() == (side == caller ? Hold::local : Hold::remote));
  }
  SECTION("another one answers, that has agreed on something too") {
    const Said plain = update(caller, 4, sdp(3, "sendrecv", "caller")).tag("b");
    flow << ringing(bob_sdp).tag("b") << plain << answer(plain, 200, "OK", bob_sdp);
    flow << ok().tag("a");
    CHECK(flow->hold() == (side == caller ? Hold::local : Hold::remote));
  }
  SECTION("it answers, and the caller has offered again in a PRACK") {
    const Said again = prack(4, sdp(4, "sendonly", "caller")).tag("a");
    flow << again << answer(again, 200, "OK", sdp(4, "inactive", "callee")) << ok().tag("a");
    CHECK(flow->hold() == Hold::both);
    CHECK(flow->local.sdp == sdp(4, "sendonly", "caller"));
    CHECK(flow->remote.sdp == sdp(4, "inactive", "callee"));
  }
  SECTION("one answers that nothing was heard of") {
    flow << ok(bob_sdp).tag("c");
    CHECK(flow->hold() == Hold::none);
    CHECK(flow->local.sdp == ann_sdp);
  }
  CHECK(flow->early_agreements.empty());
}

TEST_CASE("An UPDATE before the first 1xx's fork is known answers under its own CSeq", "[dialog]") {
  // WIRE: an UPDATE before the answer has the INVITE's transaction; its CSeq tells them apart.
  Flow flow{Role::uas};
  flow << invite(ann_sdp) << ringing(bob_sdp);
  const Said offer = update(caller, 2, sdp(2, "sendrecv", "caller")).branch("b1");
  flow << offer << answer(offer, 200, "OK", bob_sdp);
  CHECK(flow.last().type == EventType::modified);
  CHECK_FALSE(flow->times.connect_time);
  CHECK(flow->remote.sdp == sdp(2, "sendrecv", "caller"));
}

TEST_CASE("An offer that nobody answers is dropped when the dialog ends", "[dialog]") {
  Flow flow = established(Role::uas);
  const Said offer = reinvite(caller, 2, sdp(2, "sendonly", "caller"));
  flow << offer << bye(callee) << answer(offer, 200, "OK", sdp(2, "recvonly", "callee"));
  CHECK(flow.last().type == EventType::responded);
  CHECK(flow->remote.sdp == ann_sdp);
  CHECK(flow->hold() == Hold::none);
}

TEST_CASE("A peer that only ever offers does not grow our memory", "[dialog]") {
  Flow flow = established(Role::uas);
  for (std::uint32_t cseq = 2; cseq < 60; ++cseq) flow << update(caller, cseq, sdp(2));
  CHECK(flow->offers.size() <= 8);
  Flow forked{Role::uac};
  forked << invite(ann_sdp);
  for (int fork = 0; fork < 60; ++fork) forked << ringing(bob_sdp).tag(std::to_string(fork));
  CHECK(forked->early_answers.size() <= 16);
  for (std::uint32_t fork = 0; fork < 60; ++fork) {
    const Said offer = update(caller, fork + 2, sdp(2)).tag(std::to_string(fork));
    forked << offer << answer(offer, 200, "OK", bob_sdp);
  }
  CHECK(forked->early_agreements.size() <= 16);
  forked << ok(bob_sdp).tag("elsewhere");
  CHECK(forked->local.sdp == ann_sdp);
}

TEST_CASE("INFO, REFER, NOTIFY, MESSAGE and their answers are told and change nothing",
          "[dialog]") {
  const auto* method = GENERATE("INFO", "REFER", "NOTIFY", "MESSAGE", "OPTIONS", "SUBSCRIBE");
  const Side side = GENERATE(caller, callee);
  Flow flow = established(Role::uac);
  dialog::Dialog before = *flow;
  const Said said = request(side, method, 5, sdp(9, "sendonly")).contact("sip:x@x.example");
  flow << said << answer(said, 200, "OK", sdp(9, "sendonly"));
  CHECK(flow.story() == "invited answered confirmed requested responded");
  before.version = flow->version;
  before.last_position = flow->last_position;
  before.last_heard = flow.now();
  CHECK(*flow == before);
}
