// Calls as the server's call records tell them: cdr:attempt, cdr:start, cdr:stop.
#include "catch.hpp"
#include "dialog/sip_scenario.hpp"

using namespace drachtio;
using namespace drachtio::test;
using dialog::Channel;

namespace {

Said attempt(const std::string& body = sdp()) { return invite(body).recorded(Channel::attempt); }
Said start(const std::string& role) { return ok(sdp(2)).recorded(Channel::start, role); }
Said stop(Said said, const std::string& reason) {
  return std::move(said).recorded(Channel::stop, reason);
}

}  // namespace

TEST_CASE("Call records: attempt, start, stop are a whole call", "[dialog]") {
  const Role role = GENERATE(Role::uac, Role::uas);
  Flow flow{role};
  flow << attempt();
  CHECK(flow->state == State::pending);
  CHECK(flow->invite.transaction_id.empty());
  CHECK(flow.last().from_call_record);
  flow << start(role == Role::uac ? "uac" : "uas");
  CHECK(flow->state == State::stable);  // no ACK is ever seen
  CHECK(flow->times.connect_time == flow.now());
  CHECK(flow->status == 200);
  flow << stop(bye(callee), "normal-release");
  CHECK(flow.story() == "invited answered terminated");
  CHECK(flow->cause == (role == Role::uac ? Cause::far_end_release : Cause::near_end_release));
}

TEST_CASE("Call records: call-rejected carries the final answer", "[dialog]") {
  Flow flow{GENERATE(Role::uac, Role::uas)};
  flow << attempt() << stop(answered(486, "Busy Here"), "call-rejected");
  CHECK(flow.story() == "invited rejected");
  CHECK(flow->reason == "486 Busy Here");
}

TEST_CASE("Call records: a challenge and its retry are one call with two attempts", "[dialog]") {
  Flow flow{Role::uas};
  flow << attempt();
  const auto begin = flow.now();
  flow << stop(answered(407, "Proxy Authentication Required"), "call-rejected")
       << attempt().cseq(2).branch("b2") << start("uas").cseq(2).branch("b2");
  CHECK(flow.story() == "invited challenged invited answered");
  CHECK(flow->times.start_time == begin);
  CHECK(flow->state == State::stable);
}

TEST_CASE("Call records: call-canceled carries the INVITE", "[dialog]") {
  Flow flow{Role::uas};
  flow << attempt() << stop(invite(sdp()), "call-canceled");
  CHECK(flow.story() == "invited cancelled");
  CHECK(flow->state == State::terminated);
  CHECK(flow->cause == Cause::cancelled);
  CHECK(flow->status == 487);
  CHECK(flow->reason == "487 Request Terminated");
}

TEST_CASE("Call records: the INVITE's own Reason is not why it was cancelled", "[dialog]") {
  Flow flow{Role::uas};
  const auto diverted = [] {
    return invite(sdp()).header("Reason: SIP;cause=302;text=\"Call diverted\"");
  };
  flow << diverted().recorded(Channel::attempt) << stop(diverted(), "call-canceled");
  CHECK(flow->reason == "487 Request Terminated");
}

TEST_CASE("Call records: call-canceled after the CANCEL itself tells nothing new", "[dialog]") {
  Flow flow{Role::uas};
  flow << invite(sdp()) << cancel() << stop(invite(sdp()), "call-canceled");
  CHECK(flow.heard_nothing());
  CHECK(flow.story() == "invited cancelled");
}

TEST_CASE("Call records: the INVITE of call-canceled is another sighting than that of the attempt",
          "[dialog]") {
  const Said said = invite(sdp());
  const auto key = [&](Channel channel) {
    Said as = said;
    as.channel = channel;
    return observation_of(Role::uas, as, as.text(), {}).key;
  };
  CHECK(key(Channel::attempt) == key(Channel::sip));
  CHECK_FALSE(key(Channel::stop) == key(Channel::sip));
}

TEST_CASE("Call records: session-expired and system-initiated-termination are the server's",
          "[dialog]") {
  Flow flow{Role::uas};
  flow << attempt() << start("uas");
  SECTION("session-expired, with its Reason") {
    flow << stop(bye(callee).header("Reason: SIP;cause=200;text=\"Session timer expired\""),
                 "session-expired");
    CHECK(flow->cause == Cause::session_expired);
    CHECK(flow->reason == "Session timer expired");
  }
  SECTION("session-expired, without") {
    flow << stop(bye(callee), "session-expired");
    CHECK(flow->cause == Cause::session_expired);
    CHECK(flow->reason == "Session timer expired");
  }
  SECTION("system-initiated-termination") {
    flow << stop(bye(callee), "system-initiated-termination");
    CHECK(flow->cause == Cause::server_release);
    CHECK_FALSE(flow->reason);
  }
}

TEST_CASE("Call records: a start of an unknown call opens it in mid-call", "[dialog]") {
  const auto [token, role] = GENERATE(table<std::string, Role>({{"uac", Role::uac},
                                                                {"uas", Role::uas},
                                                                {"proxy-uac", Role::uac},
                                                                {"proxy-uas", Role::uas}}));
  Flow flow{role};
  flow << start(token)
              .header("P-Asserted-Identity: \"Robert\" <sip:4321@callee.example>")
              .contact("sip:bob@192.0.2.7:5080");
  CHECK(flow.story() == "answered");
  CHECK(flow->state == State::stable);
  CHECK(flow->role == role);
  CHECK(flow->dialog_id == "call-1@caller.example;from-tag=caller-tag");
  CHECK(flow->times.start_time == flow.now());
  CHECK(flow->times.connect_time == flow.now());
  CHECK(flow->calling_party == Party{"ann", "Ann", std::nullopt});
  CHECK(flow->called_party == Party{"4321", "Robert", std::nullopt});
  const Endpoint& callee_side = role == Role::uac ? flow->remote : flow->local;
  const Endpoint& caller_side = role == Role::uac ? flow->local : flow->remote;
  CHECK(callee_side.tag == "callee-tag");
  CHECK(callee_side.sdp == sdp(2));
  CHECK(callee_side.signaling_address == "192.0.2.7");
  CHECK(callee_side.signaling_port == 5080);
  CHECK(caller_side.tag == "caller-tag");
  CHECK_FALSE(caller_side.sdp);
  CHECK_FALSE(caller_side.signaling_address);
  flow << stop(bye(caller), "normal-release");
  CHECK(flow->state == State::terminated);
}

TEST_CASE("Both views of one server: each message is one event", "[dialog]") {
  // The second sighting has the same key: whoever keeps the tips passes it over.
  const Said said = GENERATE(invite(sdp()), ok(sdp()), answered(486, "Busy Here"), bye(caller));
  const auto key = [&](Channel channel, const std::string& token) {
    Said as = said;
    as.channel = channel;
    as.token = token;
    return observation_of(Role::uas, as, as.text(), {}).key;
  };
  if (said.method != "INVITE" || said.status != 0) {
    CHECK(key(Channel::sip, "") == key(Channel::stop, "normal-release"));
  }
  CHECK(key(Channel::sip, "") == key(Channel::start, "uas"));
}

TEST_CASE("message_key tells apart what differs in any of the parts that count", "[dialog]") {
  const auto key = [](const Said& said) {
    return observation_of(Role::uas, said, said.text(), {}).key;
  };
  const Said said = request(caller, "INFO", 5, "a body");
  CHECK(key(said) == key(Said{said}.header("X-Other: header")));
  CHECK_FALSE(key(said) == key(Said{said}.cseq(6)));
  CHECK_FALSE(key(said) == key(Said{said}.branch("z")));
  CHECK_FALSE(key(said) == key(Said{said}.tag("z")));
  CHECK_FALSE(key(said) == key(request(caller, "INFO", 5, "another body")));
  CHECK_FALSE(key(said) == key(Said{said}.header("RSeq: 7")));
  CHECK_FALSE(key(ringing()) == key(answered(181, "Call Is Being Forwarded")));
}
