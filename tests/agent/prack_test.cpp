// Reliable provisional answers of ours, and the PRACKs to them (RFC 3262).
#include "agent/scripted_server.hpp"

using namespace drachtio;
using namespace drachtio::test;
using boost::system::error_code;

namespace {

const Saying a_prack{.cseq = 2, .branch = "z9hG4bK-prack", .headers = "RAck: 77 1 INVITE\r\n"};

// The next frame but for questions: where the log is slow, the call looks untouched by then.
Heard final_answer(ScriptedServer& server) {
  Heard answer = server.hear();
  while (answer.message.method == "OPTIONS") answer = server.hear();
  return answer;
}

}  // namespace

TEST_CASE_METHOD(Scripted, "RFC 3262 3: a 2xx waits for the PRACK of the reliable answer before it",
                 "[agent]") {
  call_in(server, program);
  Outcome pracked;
  Outcome answered;
  program.response->send_reliably(183, {.body = our_sdp}, pracked.handler());
  program.response->send(200, {.body = our_sdp}, answered.handler());
  const Heard progress = server.hear();
  CHECK(progress.message.status == 183);
  server.say(ScriptedServer::echo(progress, "tx1"));
  CHECK(server.hears_nothing());
  CHECK(program.response->answered());
  SECTION("it comes") {
    server.say(ScriptedServer::request("PRACK", "tx2", a_prack));
    CHECK(server.hear().tokens.at(1) == "tx2");  // its own 200
    const Heard answer = server.hear();
    CHECK(answer.message.status == 200);
    CHECK(answer.tokens.at(1) == "tx1");
    CHECK(pracked.message.method == "PRACK");
    server.say(ScriptedServer::echo(answer, "tx1"));
    REQUIRE(program.until([&] { return answered.told; }));
    CHECK(answered.message.status == 200);
  }
  SECTION("the caller gives up before") {
    server.say(ScriptedServer::cancel("tx1"));
    REQUIRE(program.until([&] { return answered.told; }));
    CHECK(answered.error == Errc::cancelled);
    CHECK(server.hears_nothing());
  }
  SECTION("we give up before: the call is refused then") {
    program.dialog().terminate({}, 603);
    CHECK(server.hears_nothing());
    server.say(ScriptedServer::request("PRACK", "tx2", a_prack));
    CHECK(server.hear().tokens.at(1) == "tx2");
    CHECK(server.hear().message.status == 603);
    REQUIRE(program.until([&] { return answered.told; }));
    CHECK(answered.error == Errc::cancelled);
  }
  SECTION("the link goes: the PRACK would not be heard, so the 2xx goes when it is back") {
    server.drop();
    REQUIRE(program.until([&] { return answered.told; }));
    CHECK(answered.error == Errc::no_link);
    CHECK_FALSE(program.response->answered());
  }
}

TEST_CASE_METHOD(Impatient, "RFC 3262 3: no PRACK comes, and the INVITE is refused", "[agent]") {
  call_in(server, program);
  Outcome pracked;
  Outcome answered;
  program.response->send_reliably(183, {.body = our_sdp}, pracked.handler());
  program.response->send(200, {.body = our_sdp}, answered.handler());
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  const Heard refusal = final_answer(server);
  CHECK(refusal.message.status == 504);
  REQUIRE(program.until([&] { return answered.told; }));
  CHECK(pracked.error == Errc::cancelled);
  CHECK(answered.error == Errc::cancelled);
}

TEST_CASE_METHOD(Impatient, "RFC 3262 3: no PRACK comes, nobody has answered, and it is refused",
                 "[agent]") {
  call_in(server, program);
  Outcome pracked;
  program.response->send_reliably(183, {.body = our_sdp}, pracked.handler());
  const bool is_kept = GENERATE(true, false);
  if (!is_kept) {
    program.request.reset();
    program.response.reset();
  }
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  const Heard refusal = final_answer(server);
  CHECK(refusal.message.status == (is_kept ? 504 : 500));
  CHECK(refusal.tokens.at(1) == "tx1");
  CHECK(pracked.error == Errc::cancelled);
}

TEST_CASE_METHOD(Impatient, "RFC 3261 13.3.1: no PRACK comes, and there is one final answer",
                 "[agent]") {
  call_in(server, program);
  const SipDialog dialog = program.dialog();
  const bool before = GENERATE(true, false);  // or once it is told that none comes
  program.response->send_reliably(183, {.body = our_sdp}, [&](error_code, const SipMessage&) {
    if (!before) dialog.terminate({}, 603);
  });
  program.request.reset();
  program.response.reset();
  if (before) dialog.terminate({}, 603);
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  const Heard refusal = final_answer(server);
  CHECK(refusal.message.status == 603);
  CHECK(server.hears_nothing());
}

TEST_CASE_METHOD(Scripted, "A PRACK that goes to a lost link is not waited for", "[agent]") {
  call_in(server, program);
  rings(server, program);
  server.drop();
  server.accept(program);
  server.say(ScriptedServer::echo(server.hear(), "tx1"));  // our question whether it rings
  Outcome pracked;
  program.response->send_reliably(183, {.body = our_sdp}, pracked.handler());
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  REQUIRE(program.until([&] { return pracked.told; }));
  CHECK(pracked.error == Errc::no_link);
  program.response->send(200, {.body = our_sdp});
  CHECK(server.hear().message.status == 200);
}

TEST_CASE_METHOD(Scripted, "A call that the caller gives up as it is ended has ended", "[agent]") {
  call_in(server, program);
  program.response->send_reliably(183, {.body = our_sdp}, {});
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  Outcome ended;
  program.dialog().terminate({}, 486, ended.handler());
  CHECK(server.hears_nothing());
  server.say(ScriptedServer::cancel("tx1"));
  REQUIRE(program.until([&] { return ended.told; }));
  CHECK_FALSE(ended.error);
  CHECK(ended.message.status == 0);
}

TEST_CASE_METHOD(Impatient, "Who is told that no PRACK comes may end the call", "[agent]") {
  call_in(server, program);
  program.response->send_reliably(183, {.body = our_sdp}, [&](error_code, const SipMessage&) {
    program.dialog().terminate({}, 603);
  });
  program.response->send(200, {.body = our_sdp});
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  const Heard refusal = final_answer(server);
  CHECK(refusal.message.status == 603);
  CHECK(server.hears_nothing());
}

TEST_CASE_METHOD(Scripted, "Who hears of the PRACK may end the call: its 2xx does not go out then",
                 "[agent]") {
  call_in(server, program);
  program.response->send_reliably(183, {.body = our_sdp}, [&](error_code, const SipMessage&) {
    program.dialog().terminate({}, 603);
  });
  Outcome answered;
  program.response->send(200, {.body = our_sdp}, answered.handler());
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  server.say(ScriptedServer::request("PRACK", "tx2", a_prack));
  CHECK(server.hear().tokens.at(1) == "tx2");  // its own 200
  CHECK(server.hear().message.status == 603);
  REQUIRE(program.until([&] { return answered.told; }));
  CHECK(answered.error == Errc::cancelled);
}

TEST_CASE_METHOD(Scripted, "Who hears that its 2xx was taken back cannot give another", "[agent]") {
  call_in(server, program);
  program.response->send_reliably(183, {.body = our_sdp}, {});
  Outcome again;
  program.response->send(200, {.body = our_sdp}, [&](error_code, const SipMessage&) {
    program.response->send(200, {.body = our_sdp}, again.handler());
  });
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  CHECK(server.hears_nothing());
  SECTION("as the program has ended the call") {
    program.dialog().terminate({}, 603);
    REQUIRE(program.until([&] { return again.told; }));
    CHECK(again.error == Errc::answered_already);
    server.say(ScriptedServer::request("PRACK", "tx2", a_prack));
    CHECK(server.hear().tokens.at(1) == "tx2");
    CHECK(server.hear().message.status == 603);
  }
  SECTION("as the caller has given up") {
    server.say(ScriptedServer::cancel("tx1"));
    REQUIRE(program.until([&] { return again.told; }));
    CHECK(again.error == Errc::cancelled);
  }
  CHECK(server.hears_nothing());
}

TEST_CASE_METHOD(Scripted, "Who waits for a PRACK is told that none will come", "[agent]") {
  call_in(server, program);
  Outcome pracked;
  program.response->send_reliably(183, {.body = our_sdp}, pracked.handler());
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  CHECK(server.hears_nothing());
  error_code expected;
  SECTION("the caller gives up") {
    server.say(ScriptedServer::cancel("tx1"));
    expected = Errc::dialog_over;
  }
  SECTION("the link goes") {
    server.drop();
    expected = Errc::no_link;
  }
  REQUIRE(program.until([&] { return pracked.told; }));
  CHECK(pracked.error == expected);
}

TEST_CASE_METHOD(Impatient, "A refusal waits for the PRACK, too: drachtio-server 0.9.10 dies of it",
                 "[agent]") {
  call_in(server, program);
  Outcome refused;
  program.response->send_reliably(183, {.body = our_sdp}, {});
  const bool by_dialog = GENERATE(false, true);
  const bool it_comes = GENERATE(false, true);
  by_dialog ? program.dialog().terminate({}, 486, refused.handler())
            : program.response->send(486, {}, refused.handler());
  const Heard progress = server.hear();
  CHECK(progress.message.status == 183);
  server.say(ScriptedServer::echo(progress, "tx1"));
  CHECK(server.hears_nothing());
  if (it_comes) {
    server.say(ScriptedServer::request("PRACK", "tx2", a_prack));
    CHECK(server.hear().tokens.at(1) == "tx2");
  }
  const Heard refusal = final_answer(server);
  CHECK(refusal.message.status == 486);
  server.say(ScriptedServer::echo(refusal, "tx1"));
  REQUIRE(program.until([&] { return refused.told; }));
  CHECK(refused.message.status == 486);
}

TEST_CASE_METHOD(Scripted, "The PRACK is told, though nobody keeps the request", "[agent]") {
  Outcome pracked;
  program.agent->invite([&](Request&, Response& res) {
    res.send_reliably(183, {.body = our_sdp}, pracked.handler());
  });
  server.say(ScriptedServer::invite("tx1", {.body = our_sdp}));
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  server.say(ScriptedServer::request("PRACK", "tx2", a_prack));
  REQUIRE(program.until([&] { return pracked.told; }));
  CHECK(pracked.message.method == "PRACK");
}

TEST_CASE_METHOD(Scripted, "A reliable answer says 100rel, whatever else it requires", "[agent]") {
  call_in(server, program);
  const auto required = [&](const Headers& headers) {
    program.response->send_reliably(183, {.headers = headers}, {});
    std::string all;
    const Heard answer = server.hear();
    for (const auto value : answer.message.headers.all("Require")) {
      all += (all.empty() ? "" : ",") + std::string{value};
    }
    return all;
  };
  CHECK(required({}) == "100rel");
  CHECK(required({{"Require", "precondition"}}) == "precondition,100rel");
  CHECK(required({{"Require", "precondition, 100rel"}}) == "precondition, 100rel");
}

TEST_CASE_METHOD(Scripted, "A final answer is never sent reliably", "[agent]") {
  call_in(server, program);
  Outcome outcome;
  program.response->send_reliably(200, {.body = our_sdp}, outcome.handler());
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK(outcome.error == Errc::malformed);
  CHECK_FALSE(program.response->answered());
  CHECK(server.hears_nothing());
}

TEST_CASE_METHOD(Scripted, "The answer to a PRACK says nothing of the answer to the call",
                 "[agent]") {
  call_in(server, program);
  Outcome ended;
  program.response->send_reliably(183, {.body = our_sdp}, [&](error_code, const SipMessage&) {
    program.response->send(200, {.body = our_sdp});
    program.dialog().terminate(ended.handler());
  });
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  server.say(ScriptedServer::request("PRACK", "tx2", a_prack));
  const Heard to_prack = server.hear();
  const Heard to_invite = server.hear();
  CHECK(to_invite.tokens.at(1) == "tx1");
  server.say(ScriptedServer::echo(to_prack, "tx2"));
  CHECK(server.hears_nothing());
  server.say(ScriptedServer::echo(to_invite, "tx1"));
  server.say(ScriptedServer::request("ACK", "tx1", {.branch = "z9hG4bK-ack"}));
  CHECK(server.hear().message.method == "BYE");
}
