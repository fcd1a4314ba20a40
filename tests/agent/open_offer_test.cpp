// While an offer is open no other is made or taken, whoever made it, in whatever message (RFC 3264
// 4, RFC 3311 5.1 and 5.2, RFC 3261 14.2).
#include "agent/reoffered.hpp"

using namespace drachtio;
using namespace drachtio::test;

TEST_CASE_METHOD(Reoffered, "RFC 3261 14.2: an offer that comes before an earlier one is answered",
                 "[agent]") {
  const auto* const method = GENERATE("INVITE", "UPDATE");
  server.say(
      ScriptedServer::request(method, "tx3", {.cseq = 3, .branch = "z9hG4bK-3", .body = our_sdp}));
  const Heard refusal = server.hear();
  CHECK(refusal.message.status == 500);
  CHECK(refusal.message.headers.has("Retry-After"));
  CHECK(refusal.tokens.at(1) == "tx3");
}

TEST_CASE_METHOD(Scripted,
                 "RFC 3311 5.2: an UPDATE that offers before the call's offer is answered",
                 "[agent]") {
  const Saying offers{.cseq = 2, .branch = "z9hG4bK-2", .body = our_sdp};
  call_in(server, program);
  SECTION("by nothing yet") {
    server.say(ScriptedServer::request("UPDATE", "tx1", offers));
    const Heard refusal = server.hear();
    CHECK(refusal.message.status == 500);
    CHECK(refusal.message.headers.has("Retry-After"));
  }
  SECTION("by a reliable answer") {
    program.response->send_reliably(183, {.body = our_sdp}, {});
    server.say(ScriptedServer::echo(server.hear(), "tx1"));
    server.say(ScriptedServer::request("UPDATE", "tx1", offers));
    CHECK(server.hear().message.status == 200);
  }
}

TEST_CASE_METHOD(Scripted, "RFC 3264 4: an offer in an UPDATE is one offer, too", "[agent]") {
  SECTION("theirs, and ours waits") {
    call_up(server, program);
    std::optional<Response> offer;
    program.dialog().on_modify([&](Request&, Response& res) { offer = res; });
    server.say(ScriptedServer::request("UPDATE", "tx2", a_reinvite));
    REQUIRE(program.until([&] { return offer.has_value(); }));
    program.dialog().modify(our_sdp);
    CHECK(server.hears_nothing());
    server.say(ScriptedServer::request("UPDATE", "tx3",
                                       {.cseq = 3, .branch = "z9hG4bK-3", .body = our_sdp}));
    CHECK(server.hear().message.status == 500);
    offer->send(200, {.body = our_sdp});
    server.say(ScriptedServer::echo(server.hear(), "tx2"));
    CHECK(server.hear().message.method == "INVITE");
  }
  SECTION("ours, and theirs crosses") {
    call_up(server, program);
    Outcome outcome;
    program.dialog().request("UPDATE", {.body = our_sdp}, outcome.handler());
    server.say(ScriptedServer::sent(server.hear(), "tx2", 1, true));
    server.say(ScriptedServer::request("INVITE", "tx3", a_reinvite));
    CHECK(server.hear().message.status == 491);
    program.dialog().modify(our_sdp);
    CHECK(server.hears_nothing());
    server.drop();
    REQUIRE(program.until([&] { return outcome.told; }));
  }
  SECTION("theirs, and our INVITE's is not answered") {
    Outcome outcome;
    call_out(server, program, outcome);
    server.say(in_placed("UPDATE", "tx5", {.branch = "z9hG4bK-5", .body = our_sdp}));
    CHECK(server.hear().message.status == 491);
  }
}

TEST_CASE_METHOD(Scripted, "An UPDATE of ours does not wait for the ACK of what has been answered",
                 "[agent]") {
  call_up(server, program);
  server.say(ScriptedServer::request("INVITE", "tx2", a_reinvite));
  server.say(ScriptedServer::echo(server.hear(), "tx2"));
  CHECK(server.hears_nothing());
  program.dialog().request("UPDATE", {.body = our_sdp});
  CHECK(server.hear().message.method == "UPDATE");
}

TEST_CASE_METHOD(Scripted,
                 "RFC 3311 5.1: no UPDATE while their INVITE's offer is open, link or not",
                 "[agent]") {
  call_in(server, program);
  rings(server, program);
  server.drop();
  server.accept(program);
  server.say(ScriptedServer::echo(server.hear(), "tx1"));  // our question whether it rings
  program.dialog().request("UPDATE", {.body = our_sdp});
  CHECK(server.hears_nothing());
  program.response->send(200, {.body = our_sdp});
  CHECK(server.hear().message.status == 200);
}

TEST_CASE_METHOD(Scripted, "RFC 3262 5: a PRACK's offer is open until the program has answered it",
                 "[agent]") {
  call_in(server, program);
  std::optional<Response> offer;
  program.dialog().on_modify([&](Request&, Response& res) { offer = res; });
  program.response->send_reliably(183, {.body = our_sdp}, {});
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  server.say(
      ScriptedServer::request("PRACK", "tx2", {.cseq = 2, .branch = "z9hG4bK-2", .body = our_sdp}));
  REQUIRE(program.until([&] { return offer.has_value(); }));
  program.dialog().request("UPDATE", {.body = our_sdp});
  server.say(ScriptedServer::request("UPDATE", "tx3",
                                     {.cseq = 3, .branch = "z9hG4bK-3", .body = our_sdp}));
  CHECK(server.hear().message.status == 500);
  CHECK(server.hears_nothing());
  offer->send(200, {.body = our_sdp});
  const Heard answer = server.hear();
  CHECK(answer.tokens.at(1) == "tx2");
  server.say(ScriptedServer::echo(answer, "tx2"));
  CHECK(server.hear().message.method == "UPDATE");
}

TEST_CASE_METHOD(Scripted,
                 "RFC 3261 14.2: no re-INVITE while the call's own INVITE is not answered",
                 "[agent]") {
  SECTION("theirs: 500") {
    call_in(server, program);
    program.response->send_reliably(183, {.body = our_sdp}, {});
    server.say(ScriptedServer::echo(server.hear(), "tx1"));
    server.say(ScriptedServer::request("INVITE", "tx2", a_reinvite));
    CHECK(server.hear().message.status == 500);
  }
  SECTION("ours: 491") {
    Outcome outcome;
    place(program, outcome);
    server.say(ScriptedServer::sent(server.hear(), "tx1"));
    server.say(ScriptedServer::response(
        183, "tx1", {.headers = "Require: 100rel\r\nRSeq: 77\r\n", .body = our_sdp}));
    CHECK(server.hear().message.method == "PRACK");
    server.say(in_placed("INVITE", "tx2", a_reinvite));
    CHECK(server.hear().message.status == 491);
  }
}
