// Calls out whose far end offers: what the program answers in an ACK or a PRACK, and what it
// cannot.
#include "agent/scripted_server.hpp"

#include <drachtio/asio.hpp>

#include <boost/asio/use_future.hpp>

#include <future>

using namespace std::chrono_literals;
using namespace drachtio;
using namespace drachtio::test;
using boost::system::error_code;

TEST_CASE_METHOD(Scripted, "An ACK that answers is told as it was sent, or why it was not",
                 "[agent]") {
  Outcome outcome;
  const SipCall call = place(program, outcome, {.late_offer = true});
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  server.say(ScriptedServer::response(200, "tx1", {.body = our_sdp}));
  REQUIRE(program.until([&] { return outcome.told; }));
  Outcome acknowledged;
  for (const char* no_answer : {"", "no SDP"}) {
    acknowledged = {};
    call.ack(no_answer, acknowledged.handler());
    REQUIRE(program.until([&] { return acknowledged.told; }));
    CHECK(acknowledged.error == Errc::malformed);
  }
  CHECK(server.hears_nothing());
  acknowledged = {};
  call.ack(our_sdp, acknowledged.handler());
  const Heard ack = server.hear();
  CHECK(ack.message.body == our_sdp);
  server.say(ScriptedServer::sent(ack, "tx2"));
  REQUIRE(program.until([&] { return acknowledged.told; }));
  CHECK_FALSE(acknowledged.error);
  CHECK(acknowledged.message.method == "ACK");
}

TEST_CASE_METHOD(Scripted, "A PRACK that answers is told of its answer, or why it was not sent",
                 "[agent]") {
  Outcome outcome;
  const SipCall call = place(program, outcome, {.late_offer = true});
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  Outcome pracked;
  call.prack(our_sdp, pracked.handler());
  REQUIRE(program.until([&] { return pracked.told; }));
  CHECK(pracked.error == Errc::malformed);  // there is nothing to answer
  server.say(ScriptedServer::response(
      183, "tx1", {.headers = "Require: 100rel\r\nRSeq: 77\r\n", .body = our_sdp}));
  REQUIRE(program.until([&] { return program.story() == "invited progressed"; }));
  for (const char* no_answer : {"", "no SDP"}) {
    pracked = {};
    call.prack(no_answer, pracked.handler());
    REQUIRE(program.until([&] { return pracked.told; }));
    CHECK(pracked.error == Errc::malformed);
  }
  pracked = {};
  call.prack(our_sdp, pracked.handler());
  server.say(ScriptedServer::refused(server.hear(), "Server error: busy"));
  REQUIRE(program.until([&] { return pracked.told; }));
  CHECK(pracked.error == Errc::refused_by_server);
  pracked = {};
  call.prack(our_sdp, pracked.handler());
  const Heard prack = server.hear();
  CHECK(prack.message.headers["RAck"] == "77 1 INVITE");
  CHECK(prack.message.body == our_sdp);
  server.say(ScriptedServer::sent(prack, "tx2", 2));
  server.say(ScriptedServer::response(200, "tx2", {.cseq = 2}, "PRACK"));
  REQUIRE(program.until([&] { return pracked.told; }));
  CHECK_FALSE(pracked.error);
  CHECK(pracked.message.status == 200);
}

TEST_CASE("A call of no Agent has nothing to acknowledge", "[agent]") {
  Outcome outcome;
  SipCall{}.ack(our_sdp, outcome.handler());
  CHECK(outcome.error == Errc::no_dialog);
  outcome = {};
  SipCall{}.prack(our_sdp, outcome.handler());
  CHECK(outcome.error == Errc::no_dialog);
}

TEST_CASE_METHOD(Scripted, "A future of the ACK, of a call whose handle came before its result",
                 "[agent]") {
  SipCall call;
  RequestOptions options{.late_offer = true};
  options.on_call = [&](const SipCall& placed) { call = placed; };
  auto answer =
      async_call(*program.agent, "sip:far@127.0.0.1:5070", options, boost::asio::use_future);
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  server.say(ScriptedServer::response(200, "tx1", {.body = our_sdp}));
  REQUIRE(program.until([&] { return answer.wait_for(0s) == std::future_status::ready; }));
  auto acknowledged = async_ack(call, our_sdp, boost::asio::use_future);
  const Heard ack = server.hear();
  CHECK(ack.message.body == our_sdp);
  server.say(ScriptedServer::sent(ack, "tx2"));
  REQUIRE(program.until([&] { return acknowledged.wait_for(0s) == std::future_status::ready; }));
  CHECK(acknowledged.get().method == "ACK");
  CHECK_THROWS_AS(async_prack(SipCall{}, our_sdp, boost::asio::use_future).get(),
                  boost::system::system_error);
}
