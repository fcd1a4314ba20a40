// What becomes of the answers to a call that comes in: those that the server refuses, those that
// are lost with a link, those that a CANCEL crosses.
#include "agent/scripted_server.hpp"

using namespace drachtio;
using namespace drachtio::test;
using namespace std::chrono_literals;
using boost::system::error_code;

// --- refused, or lost ---------------------------------------------------------------------------

TEST_CASE_METHOD(Scripted, "An answer that the server refuses has not been given", "[agent]") {
  call_in(server, program);
  Outcome outcome;
  program.response->send(200, {.body = our_sdp}, outcome.handler());
  server.say(ScriptedServer::refused(server.hear(), "failed sending"));
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK(outcome.error == Errc::refused_by_server);
  CHECK_FALSE(program.response->answered());
  program.response->send(500);
  CHECK(server.hear().message.status == 500);
}

TEST_CASE_METHOD(Scripted, "drachtio-server shows an earlier answer for one that it did not send",
                 "[agent]") {
  call_in(server, program);
  rings(server, program);
  Outcome outcome;
  program.response->send(500, {}, outcome.handler());
  Heard as_shown = server.hear();
  as_shown.message.status = 180;
  server.say(ScriptedServer::echo(as_shown, "tx1"));
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK(outcome.error == Errc::refused_by_server);
  CHECK_FALSE(program.response->answered());
}

TEST_CASE_METHOD(Scripted, "A call that was given up while the link was away is asked about",
                 "[agent]") {
  call_in(server, program);
  rings(server, program);
  server.drop();
  server.accept(program);
  program.response->send(200, {.body = our_sdp});
  const Heard rings_still = server.hear();
  CHECK(rings_still.message.status == 183);
  server.say(ScriptedServer::refused(server.hear(), no_transaction));
  server.say(ScriptedServer::refused(rings_still, no_transaction));
  const Heard question = server.hear();
  CHECK(question.message.method == "OPTIONS");
  server.say(ScriptedServer::refused(question, no_dialog));
  REQUIRE(program.until([&] { return program.dialog().state() == State::terminated; }));
  CHECK(program.dialog().cause() == Cause::lost);
}

TEST_CASE_METHOD(Impatient, "A question that the link swallows is asked again", "[agent]") {
  call_in(server, program);
  rings(server, program);
  program.response->send(200, {.body = our_sdp});
  server.hear();
  server.drop();
  server.accept(program);
  server.say(ScriptedServer::refused(server.hear(), no_transaction));
  CHECK(server.hear().message.method == "OPTIONS");
  server.drop();
  server.accept(program);
  const Heard again = server.hear();
  CHECK(again.message.method == "OPTIONS");
  server.say(ScriptedServer::refused(again, no_dialog));
  REQUIRE(program.until([&] { return program.dialog().state() == State::terminated; }));
}

TEST_CASE_METHOD(Scripted, "A refusal by terminate() that is lost with the link is sent again",
                 "[agent]") {
  program.agent->invite([](Request& req, Response&) { req.dialog().terminate(); });
  server.say(ScriptedServer::invite("tx1", {.body = our_sdp}));
  CHECK(server.hear().message.status == 480);
  server.drop();
  server.accept(program);
  const Heard again = server.hear();
  CHECK(again.message.status == 480);
  CHECK(again.tokens.at(1) == "tx1");
}

TEST_CASE_METHOD(Scripted, "Who waits to end a call is told, whatever ends it", "[agent]") {
  call_in(server, program);
  Outcome ended;
  Outcome too;
  program.response->send(200, {.body = our_sdp});
  program.dialog().terminate([&](error_code error, const SipMessage& message) {
    ended.handler()(error, message);
    throw std::runtime_error{"a bug"};
  });
  program.dialog().terminate(too.handler());
  const Heard answer = server.hear();
  SECTION("the caller, whose CANCEL crosses the 200") {
    server.say(ScriptedServer::cancel("tx1"));
    server.say(ScriptedServer::refused(answer, no_transaction));
    REQUIRE(program.until([&] { return ended.told && too.told; }));
    CHECK(program.cancelled);
    CHECK_FALSE(ended.error);
    CHECK(program.dialog().cause() == Cause::cancelled);
    CHECK(server.hears_nothing());
  }
  SECTION("stop()") {
    program.agent->stop();
    REQUIRE(program.until([&] { return ended.told && too.told; }));
    CHECK(ended.error == Errc::no_link);
    CHECK(too.error == Errc::no_link);
  }
}

TEST_CASE_METHOD(Impatient, "A retry has a time of its own before it is asked about", "[agent]") {
  call_in(server, program);
  program.response->send(407);
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  REQUIRE(program.ended(1));
  server.say(ScriptedServer::invite("tx2", {.cseq = 2, .branch = "z9hG4bK-2", .body = our_sdp}));
  REQUIRE(program.until([&] { return program.asked == 2; }));
  const Heard question = server.hear();
  CHECK(question.message.method == "OPTIONS");
  server.say(ScriptedServer::refused(question, no_dialog));
  REQUIRE(program.ended(2));
  CHECK(program.dialog().cause() == Cause::lost);
  SECTION("and is lost once more") {
    server.say(ScriptedServer::invite("tx3", {.cseq = 3, .branch = "z9hG4bK-3", .body = our_sdp}));
    server.say(ScriptedServer::refused(server.hear(), no_dialog));
    REQUIRE(program.ended(3));
  }
}

TEST_CASE_METHOD(Scripted, "RFC 3261 8.1.1.5: a call whose CSeq is 0 is a call", "[agent]") {
  server.say(ScriptedServer::invite("tx1", {.cseq = 0, .body = our_sdp}));
  REQUIRE(program.until([&] { return program.asked == 1; }));
}

TEST_CASE_METHOD(Scripted, "Who hears of an INVITE before its handler may end the call",
                 "[agent]") {
  program.agent->on_event().connect([&](const DialogEvent& told) {
    if (told.event.type == EventType::invited) told.dialog.terminate({}, 486);
  });
  server.say(ScriptedServer::invite("tx1", {.body = our_sdp}));
  const Heard refusal = server.hear();
  CHECK(refusal.message.status == 486);
  CHECK(refusal.tokens.at(1) == "tx1");
  server.say(ScriptedServer::echo(refusal, "tx1"));
  REQUIRE(program.ended(1));
  CHECK(server.hears_nothing());
  CHECK(program.asked == 0);
}

TEST_CASE_METHOD(Scripted, "RFC 3261 8.1.3.5: a retry comes before the echo of our challenge",
                 "[agent]") {
  call_in(server, program);
  Outcome challenged;
  program.response->send(407, {}, challenged.handler());
  const Heard challenge = server.hear();
  Outcome ended;
  const bool gives_up = GENERATE(false, true);
  if (gives_up) program.dialog().terminate(ended.handler());
  CHECK(server.hears_nothing());
  server.say(ScriptedServer::invite("tx2", {.cseq = 2, .branch = "z9hG4bK-2", .body = our_sdp}));
  if (gives_up) {
    const Heard refusal = server.hear();
    CHECK(refusal.message.status == 480);
    CHECK(refusal.tokens.at(1) == "tx2");
    server.say(ScriptedServer::echo(challenge, "tx1"));
    server.say(ScriptedServer::echo(refusal, "tx2"));
    REQUIRE(program.until([&] { return ended.told; }));
    CHECK(program.asked == 1);
  } else {
    REQUIRE(program.until([&] { return program.asked == 2; }));
    server.say(ScriptedServer::echo(challenge, "tx1"));
    REQUIRE(program.until([&] { return challenged.told; }));
    CHECK(program.dialog().state() == State::pending);
    program.response->send(200, {.body = our_sdp});
    CHECK(server.hear().tokens.at(1) == "tx2");
  }
}

TEST_CASE_METHOD(Scripted, "RFC 3261 16.7: a proxy that was refused tries the program once more",
                 "[agent]") {
  call_in(server, program);
  program.response->send(503);
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  server.say(ScriptedServer::invite("tx2", {.branch = "z9hG4bK-2", .body = our_sdp}));
  REQUIRE(program.until([&] { return program.asked == 2; }));
  program.response->send(200, {.body = our_sdp});
  const Heard answer = server.hear();
  CHECK(answer.message.status == 200);
  CHECK(answer.tokens.at(1) == "tx2");
}

// --- a retry -----------------------------------------------------------------------------------

TEST_CASE_METHOD(Scripted, "A retry has nothing of what its first INVITE waited for", "[agent]") {
  call_in(server, program);
  Outcome first;
  Outcome accepted;
  program.response->send_reliably(183, {.body = our_sdp}, first.handler());
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  const bool is_accepted = GENERATE(false, true);
  if (is_accepted) program.response->send(200, {.body = our_sdp}, accepted.handler());
  const Response former = *program.response;
  CHECK(server.hears_nothing());
  server.say(ScriptedServer::invite("tx2", {.cseq = 2, .branch = "z9hG4bK-2", .body = our_sdp}));
  REQUIRE(program.until([&] { return program.asked == 2; }));
  CHECK(program.cancelled);  // the first
  if (is_accepted) {
    REQUIRE(program.until([&] { return accepted.told; }));
    CHECK(accepted.error == Errc::cancelled);
  }
  Outcome too_late;
  former.send(200, {.body = our_sdp}, too_late.handler());
  REQUIRE(program.until([&] { return too_late.told; }));
  CHECK(too_late.error == Errc::cancelled);
  program.response->send(200, {.body = our_sdp});
  const Heard answer = server.hear();
  CHECK(answer.message.status == 200);
  CHECK(answer.tokens.at(1) == "tx2");
}

TEST_CASE_METHOD(Scripted, "A question about the first INVITE says nothing of its retry",
                 "[agent]") {
  call_in(server, program);
  const bool has_rung = GENERATE(false, true);
  if (has_rung) {
    rings(server, program);
  } else {
    program.response->send(407);
    server.hear();
  }
  server.drop();
  server.accept(program);
  const Heard first = server.hear();
  CHECK(first.message.status == (has_rung ? 183 : 407));
  std::optional<Heard> question;
  if (!has_rung) {
    server.say(ScriptedServer::refused(first, no_transaction));
    question = server.hear();
    CHECK(question->message.method == "OPTIONS");
  }
  server.say(ScriptedServer::invite("tx2", {.cseq = 2, .branch = "z9hG4bK-2", .body = our_sdp}));
  REQUIRE(program.until([&] { return program.asked == 2; }));
  program.cancelled = false;
  server.say(question ? ScriptedServer::refused(*question, no_dialog)
                      : ScriptedServer::refused(first, no_transaction));
  CHECK(server.hears_nothing());
  CHECK(program.dialog().state() == State::pending);
  CHECK_FALSE(program.cancelled);
  CHECK(program.dialog().can_receive());  // it came on the new link
  program.response->send(200, {.body = our_sdp});
  CHECK(server.hear().tokens.at(1) == "tx2");
}
