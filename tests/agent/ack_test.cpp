// ACKs of ours that a lost link, or a crash, has swallowed: the far end waits for them (RFC 3261
// 13.3.1.4).
#include "agent/scripted_server.hpp"

using namespace drachtio;
using namespace drachtio::test;

TEST_CASE_METHOD(Scripted, "A re-INVITE whose 2xx went to a lost link is acknowledged all the same",
                 "[agent]") {
  call_up(server, program);
  Outcome outcome;
  program.dialog().modify(our_sdp, outcome.handler());
  const Heard offer = server.hear();
  CHECK(offer.message.method == "INVITE");
  const bool is_echoed = GENERATE(false, true);
  if (is_echoed) {
    server.say(ScriptedServer::sent(offer, "tx2", 1, true));
    CHECK(server.hears_nothing());
  }
  server.drop();
  server.accept(program);
  CHECK(server.hear().message.method == "ACK");
  CHECK(server.hear().message.method == "OPTIONS");
  CHECK(outcome.error == Errc::no_link);
}

TEST_CASE_METHOD(Scripted,
                 "A re-INVITE whose 2xx was lost is acknowledged though another offer waits",
                 "[agent]") {
  call_up(server, program);
  Outcome first;
  Outcome second;
  program.dialog().modify(our_sdp, first.handler());
  program.dialog().modify(our_sdp, second.handler());
  server.say(ScriptedServer::sent(server.hear(), "tx2", 1, true));
  CHECK(server.hears_nothing());
  server.drop();
  REQUIRE(program.until([&] { return first.told && second.told; }));
  CHECK(second.error == Errc::no_link);
  server.accept(program);
  CHECK(server.hear().message.method == "ACK");
  server.drop();  // it may be lost, too
  server.accept(program);
  CHECK(server.hear().message.method == "ACK");
  CHECK(server.hear().message.method == "OPTIONS");
}

TEST_CASE_METHOD(Scripted,
                 "A modify as soon as the link is back does not overtake a lost re-INVITE's ACK",
                 "[agent]") {
  call_up(server, program);
  Outcome outcome;
  program.dialog().modify(our_sdp, outcome.handler());
  server.say(ScriptedServer::sent(server.hear(), "tx2", 1, true));
  CHECK(server.hears_nothing());
  program.agent->on_connect().connect([&](const auto&) { program.dialog().modify(our_sdp); });
  server.drop();
  REQUIRE(program.until([&] { return outcome.told; }));
  server.accept(program);
  CHECK(server.hear().message.method == "ACK");
  CHECK(server.hear().message.method == "INVITE");
}

TEST_CASE_METHOD(Scripted, "A late offer that a PRACK has answered: its ACK is sent again, too",
                 "[agent]") {
  Outcome outcome;
  const SipCall call = place(program, outcome, {.late_offer = true});
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  server.say(ScriptedServer::response(
      183, "tx1", {.headers = "Require: 100rel\r\nRSeq: 1\r\n", .body = our_sdp}));
  CHECK(server.hears_nothing());
  call.prack(our_sdp);
  server.say(ScriptedServer::sent(server.hear(), "tx2", 2));
  server.say(ScriptedServer::response(200, "tx2", {.cseq = 2}, "PRACK"));
  server.say(ScriptedServer::response(200, "tx1"));
  CHECK(server.hear().message.method == "ACK");
  server.drop();
  server.accept(program);
  CHECK(server.hear().message.method == "ACK");
}

TEST_CASE_METHOD(Scripted, "A server that does not know the dialog of our ACK: the call is lost",
                 "[agent]") {
  Outcome outcome;
  call_out(server, program, outcome);
  server.say(ScriptedServer::response(200, "tx1", {.body = our_sdp}));
  server.say(ScriptedServer::refused(server.hear(), no_dialog));
  REQUIRE(program.ended(1));
  CHECK(outcome.dialog.cause() == Cause::lost);
}

TEST_CASE("A program that died in a re-INVITE of its own acknowledges it when it is back",
          "[agent]") {
  ScriptedServer server;
  const ScratchFolder folder;
  const bool is_answered = GENERATE(false, true);
  const bool offers_at_once = GENERATE(false, true);
  until_it_ends(server, folder / "calls.db", [&](Patient& program) {
    call_up(server, program);
    program.dialog().modify(our_sdp);
    server.say(ScriptedServer::sent(server.hear(), "tx2", 1, true));
    REQUIRE(program.until([&] { return program.story().ends_with("offered"); }));
    if (is_answered) {  // and its ACK was never sent
      server.say(created_by("far", ScriptedServer::response(200, "tx2", {.body = our_sdp})));
      REQUIRE(program.until([&] { return program.story().ends_with("modified"); }));
    }
  });
  Patient again{server, folder / "calls.db"};
  if (offers_at_once) {
    again.agent->on_connect().connect(
        [&](const auto&) { again.agent->dialogs().front().modify(our_sdp); });
  }
  again.connect_soon();
  server.accept(again);
  CHECK(server.hear().message.method == "ACK");
  CHECK(server.hear().message.method == (offers_at_once ? "INVITE" : "OPTIONS"));
}

TEST_CASE("A program that died in a call that nothing is owed in sends no ACK", "[agent]") {
  ScriptedServer server;
  const ScratchFolder folder;
  until_it_ends(server, folder / "calls.db", [&](Patient& program) {
    call_up(server, program);
    server.say(ScriptedServer::request("INVITE", "tx2",
                                       {.cseq = 2, .branch = "z9hG4bK-2", .body = our_sdp}));
    server.say(ScriptedServer::echo(server.hear(), "tx2"));
    REQUIRE(program.until([&] { return program.story().ends_with("modified"); }));
  });
  Patient again{server, folder / "calls.db"};
  again.connect_soon();
  server.accept(again);
  CHECK(server.hear().message.method == "OPTIONS");
}

TEST_CASE_METHOD(Scripted,
                 "RFC 3261 13.2.2.4: the ACK has its re-INVITE's number, whatever is sent",
                 "[agent]") {
  call_up(server, program);
  program.dialog().modify(our_sdp);
  server.say(ScriptedServer::sent(server.hear(), "tx2", 7, true));
  program.dialog().request("INFO", {});
  server.say(ScriptedServer::sent(server.hear(), "tx3", 8, true));
  CHECK(server.hears_nothing());
  SECTION("of the 2xx that comes") {
    server.say(
        created_by("far", ScriptedServer::response(200, "tx2", {.cseq = 7, .body = our_sdp})));
  }
  SECTION("of the one that a lost link has swallowed") {
    server.drop();
    server.accept(program);
  }
  const Heard ack = server.hear();
  CHECK(ack.message.method == "ACK");
  CHECK(ack.message.headers["CSeq"] == "7 ACK");
}

TEST_CASE(
    "RFC 3261 13.3.1.4: a 2xx may come after the restart: it is acknowledged as long as it may",
    "[agent]") {
  ScriptedServer server;
  const ScratchFolder folder;
  until_it_ends(server, folder / "calls.db", [&](Patient& program) {
    call_up(server, program);
    program.dialog().modify(our_sdp);
    server.say(ScriptedServer::sent(server.hear(), "tx2", 7, true));
    REQUIRE(program.until([&] { return program.story().ends_with("offered"); }));
  });
  Patient again{
      server, folder / "calls.db", {.probe = false, .t1x64 = std::chrono::milliseconds{160}}};
  again.connect_soon();
  server.accept(again);
  int acks = 0;
  const auto count = [&] {
    const Heard ack = server.hear();
    CHECK(ack.message.method == "ACK");
    CHECK(ack.message.headers["CSeq"] == "7 ACK");
    server.say(ScriptedServer::sent(ack, "tx" + std::to_string(90 + acks++), 7, true));
  };
  SECTION("and no longer") {
    while (acks < 8) count();
    again.until([] { return false; }, std::chrono::seconds{1});
    CHECK(server.hears_nothing());
  }
  SECTION("though the program offers anew meanwhile") {
    count();
    again.agent->dialogs().front().modify(our_sdp);
    Heard next = server.hear();
    while (next.message.method == "ACK") next = server.hear();
    CHECK(next.message.method == "INVITE");
    server.say(ScriptedServer::sent(next, "tx8", 8, true));
    count();
    server.say(created_by("far", ScriptedServer::response(488, "tx8", {.cseq = 8})));
    count();
  }
}
