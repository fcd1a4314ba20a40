// What either side may send before a call in is answered, and how that leaves its INVITE.
#include "agent/scripted_server.hpp"

using namespace drachtio;
using namespace drachtio::test;

TEST_CASE_METHOD(Scripted, "RFC 3311: an UPDATE before the answer leaves its INVITE open",
                 "[agent]") {
  call_in(server, program);
  program.response->send_reliably(183, {.body = our_sdp}, {});
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  server.say(ScriptedServer::request("PRACK", "tx2", {.cseq = 2, .branch = "z9hG4bK-2"}));
  CHECK(server.hear().message.headers["CSeq"] == "2 PRACK");
  // It has the INVITE's transactionId.
  server.say(ScriptedServer::request("UPDATE", "tx1",
                                     {.cseq = 3, .branch = "z9hG4bK-3", .body = our_sdp}));
  CHECK(server.hear().message.headers["CSeq"] == "3 UPDATE");
  server.say(ScriptedServer::cancel("tx1"));
  REQUIRE(program.until([&] { return program.cancelled; }));
  Outcome late;
  program.response->send(200, {.body = our_sdp}, late.handler());
  REQUIRE(program.until([&] { return late.told; }));
  CHECK(late.error == Errc::cancelled);
}

TEST_CASE_METHOD(
    Scripted,
    "RFC 3261 15.1.2: a BYE before the answer ends the call, and the INVITE is answered 487",
    "[agent]") {
  call_in(server, program);
  program.response->send(180);
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  server.say(ScriptedServer::request("BYE", "tx2", {.cseq = 2, .branch = "z9hG4bK-2"}));
  CHECK(server.hear().message.headers["CSeq"] == "2 BYE");
  const Heard terminated = server.hear();
  CHECK(terminated.message.status == 487);
  CHECK(terminated.message.headers["CSeq"] == "1 INVITE");
  CHECK(program.cancelled);
  Outcome late;
  program.response->send(200, {.body = our_sdp}, late.handler());
  REQUIRE(program.until([&] { return late.told; }));
  CHECK(late.error == Errc::cancelled);
}

TEST_CASE_METHOD(Scripted,
                 "An answer that was too long leaves the INVITE open: its CANCEL is heard",
                 "[agent]") {
  call_in(server, program);
  Outcome outcome;
  program.response->send(200, {.headers = {{"X", std::string(13'000, 'x')}}, .body = our_sdp},
                         outcome.handler());
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK(outcome.error == Errc::too_long);
  server.say(ScriptedServer::cancel("tx1"));
  REQUIRE(program.until([&] { return program.cancelled; }));
}

TEST_CASE_METHOD(
    Scripted, "RFC 3262 5: a PRACK that offers is answered with our SDP, one that answers is not",
    "[agent]") {
  const bool late_offer = GENERATE(true, false);
  call_in(server, program, {.body = late_offer ? "" : our_sdp});
  program.response->send_reliably(183, {.body = our_sdp}, {});
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  server.say(
      ScriptedServer::request("PRACK", "tx2", {.cseq = 2, .branch = "z9hG4bK-2", .body = our_sdp}));
  const Heard answer = server.hear();
  CHECK(answer.message.status == 200);
  CHECK(answer.message.body == (late_offer ? "" : our_sdp));
}

TEST_CASE_METHOD(
    Scripted, "RFC 3262 5: the offer of a reliable answer is the program's to answer in the PRACK",
    "[agent]") {
  Outcome outcome;
  place(program, outcome,
        {.late_offer = true, .on_provisional = [](const SipCall& call, const SipMessage& ringing) {
           if (!ringing.body.empty()) call.prack(our_sdp);
         }});
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  server.say(ScriptedServer::response(183, "tx1", {.headers = "RSeq: 5\r\n", .body = our_sdp}));
  const Heard prack = server.hear();
  CHECK(prack.message.method == "PRACK");
  CHECK(prack.message.headers["RAck"] == "5 1 INVITE");
  CHECK(prack.message.body == our_sdp);
  server.say(ScriptedServer::sent(prack, "tx2", 2));
  server.say(ScriptedServer::response(200, "tx2", {.cseq = 2}, "PRACK"));
  server.say(ScriptedServer::response(200, "tx1"));
  const Heard ack = server.hear();
  CHECK(ack.message.method == "ACK");
  CHECK(ack.message.body.empty());
}

TEST_CASE_METHOD(Scripted, "A request before the answer that the server refuses loses no call",
                 "[agent]") {
  call_in(server, program);
  Outcome refused;
  program.dialog().request("INFO", {}, refused.handler());
  server.say(ScriptedServer::refused(server.hear(), no_dialog));
  REQUIRE(program.until([&] { return refused.told; }));
  CHECK(refused.error == Errc::unknown_dialog);
  CHECK(program.dialog().state() == State::pending);
  program.dialog().terminate();
  CHECK(server.hear().message.status == 480);
}
