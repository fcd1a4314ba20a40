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

TEST_CASE_METHOD(Scripted, "A call's handler is given the call, to answer its offer", "[agent]") {
  program.agent->siprequest("sip:far@127.0.0.1:5070", {.late_offer = true},
                            [](error_code error, const SipCall& call, const SipMessage& offer) {
                              CHECK(offer.body == our_sdp);
                              if (!error) call.ack(our_sdp);
                            });
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  server.say(ScriptedServer::response(200, "tx1", {.body = our_sdp}));
  const Heard ack = server.hear();
  CHECK(ack.message.method == "ACK");
  CHECK(ack.message.body == our_sdp);
}

TEST_CASE_METHOD(Scripted, "A call's handler may take the dialog in the place of the call",
                 "[agent]") {
  const std::string method = GENERATE("INVITE", "OPTIONS");
  bool told = false;
  SipDialog its;
  const SipCall call = program.agent->siprequest(
      "sip:far@127.0.0.1:5070", {.method = method, .body = method == "INVITE" ? our_sdp : ""},
      [&](error_code, const SipDialog& dialog, const SipMessage&) {
        told = true;
        its = dialog;
      });
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  server.say(ScriptedServer::response(200, "tx1", {}, method));
  REQUIRE(program.until([&] { return told; }));
  CHECK(its == call.dialog());
  CHECK(static_cast<bool>(its) == (method == "INVITE"));
  const SipDialog the_same = call;
  CHECK(the_same == its);
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

namespace {

// The offer waits for its answer in a call in that came without one, or a re-INVITE.
struct OfferedByUs : Scripted {
  // Ours are made when that has come, theirs is told to come again.
  void holds_back() {
    program.dialog().request("UPDATE", {.body = our_sdp});
    server.say(ScriptedServer::request("UPDATE", "tx9",
                                       {.cseq = 7, .branch = "z9hG4bK-9", .body = our_sdp}));
    const Heard refusal = server.hear();
    CHECK(refusal.message.status == 491);
    server.say(ScriptedServer::echo(refusal, "tx9"));
    CHECK(server.hears_nothing());
  }
};

}  // namespace

TEST_CASE_METHOD(OfferedByUs, "RFC 3311 5.1, 5.2: no other offer until the PRACK answers ours",
                 "[agent]") {
  call_in(server, program, {});
  program.response->send_reliably(183, {.body = our_sdp}, {});
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  holds_back();
  server.say(
      ScriptedServer::request("PRACK", "tx2", {.cseq = 8, .branch = "z9hG4bK-2", .body = our_sdp}));
  CHECK(server.hear().message.method == "UPDATE");
  CHECK(server.hear().message.headers["CSeq"] == "8 PRACK");
}

TEST_CASE_METHOD(OfferedByUs, "RFC 3311 5.1, 5.2: no other offer until the ACK answers our 2xx",
                 "[agent]") {
  call_in(server, program, {});
  program.response->send(200, {.body = our_sdp});
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  holds_back();
  SECTION("it comes") {
    server.say(ScriptedServer::request("ACK", "tx1", {.branch = "z9hG4bK-ack", .body = our_sdp}));
    CHECK(server.hear().message.method == "UPDATE");
  }
  SECTION("the link it would come over goes") {
    Outcome outcome;
    program.dialog().request("UPDATE", {.body = our_sdp}, outcome.handler());
    server.drop();
    REQUIRE(program.until([&] { return outcome.told; }));
    CHECK(outcome.error == Errc::no_link);
  }
}

TEST_CASE_METHOD(OfferedByUs,
                 "RFC 3311 5.1, 5.2: no other offer until the ACK answers our 2xx to a re-INVITE",
                 "[agent]") {
  call_up(server, program);
  server.say(ScriptedServer::request("INVITE", "tx2", {.cseq = 2, .branch = "z9hG4bK-2"}));
  const Heard offer = server.hear();
  CHECK(offer.message.body == our_sdp);
  server.say(ScriptedServer::echo(offer, "tx2"));
  holds_back();
  server.say(ScriptedServer::request("ACK", "tx2",
                                     {.cseq = 2, .branch = "z9hG4bK-ack2", .body = our_sdp}));
  CHECK(server.hear().message.method == "UPDATE");
}

TEST_CASE_METHOD(Scripted, "RFC 3311 5.1, 5.2: no other offer until we answer that of the far end",
                 "[agent]") {
  Outcome outcome;
  const SipCall call = place(program, outcome, {.late_offer = true});
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  const bool early = GENERATE(true, false);
  const Saying reliable{.headers = "Require: 100rel\r\nRSeq: 77\r\n", .body = our_sdp};
  server.say(ScriptedServer::response(early ? 183 : 200, "tx1", reliable));
  const std::string known = early ? "invited progressed" : "invited answered";
  REQUIRE(program.until([&] { return program.story() == known; }));
  call.dialog().request("UPDATE", {.body = our_sdp});
  server.say(created_by(
      "ours", ScriptedServer::request("UPDATE", "tx9", {.branch = "z9hG4bK-9", .body = our_sdp})));
  const Heard refusal = server.hear();
  CHECK(refusal.message.status == 500);
  CHECK(refusal.message.headers.has("Retry-After"));
  server.say(ScriptedServer::echo(refusal, "tx9"));
  CHECK(server.hears_nothing());
  early ? call.prack(our_sdp) : call.ack(our_sdp);
  const Heard answer = server.hear();
  CHECK(answer.message.method == (early ? "PRACK" : "ACK"));
  server.say(ScriptedServer::sent(answer, "tx2", early ? 2 : 1));
  CHECK(server.hear().message.method == "UPDATE");
}

TEST_CASE_METHOD(Scripted,
                 "RFC 3261 13.2.2.4: each fork offers: an answer to one is none to another",
                 "[agent]") {
  Outcome outcome;
  const SipCall call = place(program, outcome, {.late_offer = true});
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  server.say(ScriptedServer::response(
      183, "tx1", {.headers = "Require: 100rel\r\nRSeq: 77\r\n", .body = our_sdp}));
  REQUIRE(program.until([&] { return program.story() == "invited progressed"; }));
  call.prack(our_sdp);
  server.say(ScriptedServer::sent(server.hear(), "tx2", 2));
  std::string other = ScriptedServer::response(200, "tx1", {.body = our_sdp});
  const std::size_t tag = other.find(";tag=far\r\n");
  REQUIRE(tag != std::string::npos);
  server.say(other.replace(tag, 8, ";tag=fork"));
  REQUIRE(program.until([&] { return outcome.told; }));
  call.dialog().request("UPDATE", {.body = our_sdp});
  CHECK(server.hears_nothing());
  SECTION("the program's ACK answers") {
    call.ack(our_sdp);
    CHECK(server.hear().message.method == "ACK");
  }
  SECTION("the link goes: the ACK is the program's all the same") {
    server.drop();
    server.accept(program);
    CHECK(server.hears_nothing());
    call.ack(our_sdp);
    CHECK(server.hear().message.method == "ACK");
  }
}

TEST_CASE_METHOD(Scripted,
                 "RFC 3261 7.3.1: the answer in a PRACK is its fork's, however that spells its tag",
                 "[agent]") {
  Outcome outcome;
  const SipCall call = place(program, outcome, {.late_offer = true});
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  server.say(ScriptedServer::response(
      183, "tx1", {.headers = "Require: 100rel\r\nRSeq: 77\r\n", .body = our_sdp}));
  REQUIRE(program.until([&] { return program.story() == "invited progressed"; }));
  call.prack(our_sdp);
  server.say(ScriptedServer::sent(server.hear(), "tx2", 2));
  std::string answer = ScriptedServer::response(200, "tx1");
  const std::size_t tag = answer.find(";tag=far\r\n");
  REQUIRE(tag != std::string::npos);
  server.say(answer.replace(tag, 8, ";tag=FAR"));
  CHECK(server.hear().message.method == "ACK");  // the PRACK has answered
}

TEST_CASE_METHOD(Scripted, "An offer that is answered as soon as it is known has one ACK",
                 "[agent]") {
  Outcome outcome;
  SipCall call;
  program.agent->on_event().connect([&](const DialogEvent& told) {
    if (told.event.type == EventType::answered) call.ack(our_sdp);
  });
  call = place(program, outcome, {.late_offer = true});
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  server.say(ScriptedServer::response(200, "tx1", {.body = our_sdp}));
  CHECK(server.hear().message.body == our_sdp);
  CHECK(server.hears_nothing());
}

TEST_CASE_METHOD(Scripted, "A call that is ended as soon as its offer is answered has one ACK",
                 "[agent]") {
  Outcome outcome;
  const SipCall call = place(program, outcome, {.late_offer = true});
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  server.say(ScriptedServer::response(200, "tx1", {.body = our_sdp}));
  REQUIRE(program.until([&] { return outcome.told; }));
  call.ack(our_sdp);
  call.dialog().terminate();
  CHECK(server.hear().message.body == our_sdp);
  CHECK(server.hear().message.method == "BYE");
}
