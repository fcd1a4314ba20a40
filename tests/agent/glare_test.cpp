// Offers that cross: one INVITE at a time, in either direction (RFC 3261 14).
#include "agent/reoffered.hpp"

using namespace drachtio;
using namespace drachtio::test;
using boost::system::error_code;

namespace {

// As a program of two legs does (examples/b2bua.cpp).
void carry(const SipDialog& from, const SipDialog& to) {
  from.on_modify([to](Request& req, Response& res) {
    to.modify(req.body(), [res](error_code error, const SipMessage& answer) {
      if (!error) return res.send(200, {.body = answer.body});
      res.send(answer.status >= 300 ? answer.status : 488);
    });
  });
}

}  // namespace

TEST_CASE_METHOD(Scripted, "RFC 3261 14.1: a re-INVITE waits for the ACK to our 2xx", "[agent]") {
  call_in(server, program);
  Outcome outcome;
  program.response->send(200, {.body = our_sdp});
  program.dialog().modify(our_sdp, outcome.handler());
  const Heard answer = server.hear();
  CHECK(server.hears_nothing());
  SECTION("it comes") {
    server.say(ScriptedServer::echo(answer, "tx1"));
    CHECK(server.hears_nothing());
    server.say(ScriptedServer::request("ACK", "tx1", {.branch = "z9hG4bK-ack"}));
    CHECK(server.hear().message.method == "INVITE");
  }
  SECTION("the caller gives up") {
    server.say(ScriptedServer::cancel("tx1"));
    server.say(ScriptedServer::refused(answer, no_transaction));
    REQUIRE(program.until([&] { return outcome.told; }));
    CHECK(outcome.error == Errc::dialog_over);
  }
  SECTION("the link goes, and it cannot come any more") {
    server.say(ScriptedServer::echo(answer, "tx1"));
    CHECK(server.hears_nothing());
    server.drop();
    REQUIRE(program.until([&] { return outcome.told; }));
    CHECK(outcome.error == Errc::no_link);
  }
  SECTION("stop()") {
    program.agent->stop();
    REQUIRE(program.until([&] { return outcome.told; }));
    CHECK(outcome.error == Errc::no_link);
  }
}

TEST_CASE_METHOD(Scripted, "RFC 3261 14.1: a re-INVITE waits for our own ACK", "[agent]") {
  Outcome outcome;
  const SipCall call = place(program, outcome, {.late_offer = true});
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  server.say(ScriptedServer::response(200, "tx1", {.body = our_sdp}));
  REQUIRE(program.until([&] { return outcome.told; }));
  outcome.dialog.modify(our_sdp);
  CHECK(server.hears_nothing());
  call.ack(our_sdp);
  const Heard ack = server.hear();
  CHECK(ack.message.method == "ACK");
  server.say(ScriptedServer::sent(ack, "tx2"));
  CHECK(server.hear().message.method == "INVITE");
}

TEST_CASE_METHOD(Reoffered, "RFC 3261 14.1: a re-INVITE waits while theirs is under way",
                 "[agent]") {
  Outcome outcome;
  program.dialog().modify(our_sdp, outcome.handler());
  CHECK(server.hears_nothing());
  SECTION("accepted, and acknowledged") {
    offer->send(200, {.body = our_sdp});
    const Heard answer = server.hear();
    CHECK(answer.message.status == 200);
    server.say(ScriptedServer::echo(answer, "tx2"));
    CHECK(server.hears_nothing());
    server.say(ScriptedServer::request("ACK", "tx3", {.cseq = 2, .branch = "z9hG4bK-3"}));
  }
  SECTION("refused") {
    offer->send(488);
    const Heard answer = server.hear();
    CHECK(answer.message.status == 488);
    server.say(ScriptedServer::echo(answer, "tx2"));
  }
  const Heard ours = server.hear();
  CHECK(ours.message.method == "INVITE");
  CHECK(ours.tokens.at(2) == "c1;from-tag=far");
}

TEST_CASE_METHOD(Reoffered, "A re-INVITE of theirs that a link took with it keeps nobody waiting",
                 "[agent]") {
  offer->send(200, {.body = our_sdp});
  server.say(ScriptedServer::echo(server.hear(), "tx2"));
  Outcome outcome;
  program.dialog().modify(our_sdp, outcome.handler());
  CHECK(server.hears_nothing());
  server.drop();
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK(outcome.error == Errc::no_link);
}

TEST_CASE_METHOD(Scripted, "A re-INVITE always offers", "[agent]") {
  call_up(server, program);
  Outcome outcome;
  program.dialog().modify("", outcome.handler());
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK(outcome.error == Errc::malformed);
  CHECK(server.hears_nothing());
}

TEST_CASE_METHOD(Reoffered, "A re-INVITE of theirs that is over stands in nobody's way",
                 "[agent]") {
  Outcome outcome;
  program.dialog().modify(our_sdp, outcome.handler());
  CHECK(server.hears_nothing());
  SECTION("cancelled") { server.say(ScriptedServer::request("CANCEL", "tx2", a_reinvite)); }
  SECTION("answered, but the server has it no more") {
    offer->send(200, {.body = our_sdp});
    server.say(ScriptedServer::refused(server.hear(), no_transaction));
  }
  SECTION("dropped") {
    offer.reset();
    const Heard refusal = server.hear();
    CHECK(refusal.message.status == 500);
    server.say(ScriptedServer::echo(refusal, "tx2"));
  }
  const Heard ours = server.hear();
  CHECK(ours.message.method == "INVITE");
  server.say(ScriptedServer::refused(ours, "failed"));
  REQUIRE(program.until([&] { return outcome.told; }));
  offer.reset();
  server.say(ScriptedServer::request("INVITE", "tx3",
                                     {.cseq = 3, .branch = "z9hG4bK-3", .body = our_sdp}));
  CHECK(program.until([&] { return offer.has_value(); }));
}

TEST_CASE_METHOD(Reoffered, "RFC 3261 15.1.2: a BYE while a re-INVITE is open", "[agent]") {
  server.say(ScriptedServer::request("BYE", "tx3", {.cseq = 3, .branch = "z9hG4bK-3"}));
  CHECK(server.hear().message.status == 200);
  const Heard refusal = server.hear();
  CHECK(refusal.message.status == 487);
  CHECK(refusal.tokens.at(1) == "tx2");
}

TEST_CASE_METHOD(Scripted, "Two legs whose re-INVITEs cross do not wait for each other for ever",
                 "[agent]") {
  call_up(server, program);
  const SipDialog a = program.dialog();
  Outcome placed;
  place(program, placed);
  server.say(in_call("c2", ScriptedServer::sent(server.hear(), "txb")));
  server.say(in_call("c2", ScriptedServer::response(200, "txb", {.body = our_sdp})));
  server.say(in_call("c2", ScriptedServer::sent(server.hear(), "txb0")));
  REQUIRE(program.until([&] { return program.created.size() == 2 && placed.told; }));
  const SipDialog b = placed.dialog;
  carry(a, b);
  carry(b, a);
  server.say(ScriptedServer::request("INVITE", "tx2", a_reinvite));
  const Heard to_b = server.hear();
  CHECK(to_b.message.method == "INVITE");
  server.say(in_call("c2", ScriptedServer::sent(to_b, "txb1", 2)));
  server.say(in_call("c2", in_placed("INVITE", "txb2", {.branch = "z9hG4bK-b2", .body = our_sdp})));
  CHECK(server.hear().message.status == 491);
  server.say(in_call("c2", ScriptedServer::response(491, "txb1", {.cseq = 2})));
  // b's far end, which was called, is the first to try again: while we wait 2.1 s and more.
  server.say(in_call(
      "c2", in_placed("INVITE", "txb3", {.cseq = 2, .branch = "z9hG4bK-b3", .body = our_sdp})));
  CHECK(server.hears_nothing());
  const Heard to_a = server.hear();
  CHECK(to_a.message.status == 491);
  CHECK(to_a.tokens.at(1) == "tx2");
  server.say(ScriptedServer::echo(to_a, "tx2"));
  const Heard carried = server.hear();
  CHECK(carried.message.method == "INVITE");
  CHECK(carried.tokens.at(2) == "c1;from-tag=far");
}

TEST_CASE_METHOD(Scripted, "RFC 3261 14.1: nothing is offered anew before the call is answered",
                 "[agent]") {
  call_in(server, program);
  rings(server, program);
  Outcome outcome;
  program.dialog().modify(our_sdp, outcome.handler());
  CHECK(server.hears_nothing());
  program.response->send(486);
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK(outcome.error == Errc::dialog_over);
}

TEST_CASE_METHOD(Reoffered, "What cannot be offered is told at once", "[agent]") {
  Outcome outcome;
  SECTION("the link is down") {
    bool down = false;
    program.agent->on_disconnect().connect([&](const auto&, const auto&) { down = true; });
    server.drop();
    REQUIRE(program.until([&] { return down; }));
  }
  SECTION("the Agent has stopped") {
    program.agent->stop();
    CHECK(server.is_let_go());
  }
  program.dialog().modify(our_sdp, outcome.handler());
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK(outcome.error == Errc::no_link);
}

TEST_CASE_METHOD(Impatient,
                 "An ACK to a re-INVITE that never comes stands in nobody's way for long",
                 "[agent]") {
  call_up(server, program);
  const bool offers = GENERATE(true, false);
  const std::string sdp = offers ? our_sdp : "";
  server.say(
      ScriptedServer::request("INVITE", "tx2", {.cseq = 2, .branch = "z9hG4bK-2", .body = sdp}));
  server.say(ScriptedServer::echo(server.hear(), "tx2"));
  SECTION("ours goes when none can come any more") {
    program.dialog().modify(our_sdp);
    CHECK(server.hears_nothing());
    CHECK(server.hear().message.method == "INVITE");
  }
  SECTION("theirs says that it has been sent") {
    server.say(ScriptedServer::request("INVITE", "tx3",
                                       {.cseq = 3, .branch = "z9hG4bK-3", .body = our_sdp}));
    const Heard answer = server.hear();
    CHECK(answer.tokens.at(1) == "tx3");
    CHECK(answer.message.status == 200);
  }
}

TEST_CASE_METHOD(Reoffered,
                 "A re-INVITE answered over another link than it came on has its ACK there",
                 "[agent]") {
  server.drop();
  server.accept(program);
  const Heard probe = server.hear();
  CHECK(probe.message.method == "OPTIONS");
  offer->send(200, {.body = our_sdp});
  server.say(ScriptedServer::echo(server.hear(), "tx2"));
  CHECK(server.hears_nothing());
  program.dialog().modify(our_sdp);
  CHECK(server.hear().message.method == "INVITE");
}
