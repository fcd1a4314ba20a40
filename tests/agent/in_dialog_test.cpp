// What a far end may send before the answer, in a call and after it, and how it is answered.
#include "agent/scripted_server.hpp"

using namespace drachtio;
using namespace drachtio::test;
using namespace std::chrono_literals;
using boost::system::error_code;

// --- what comes before the answer ---------------------------------------------------------------

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
  SipCall call;
  call = place(program, outcome,
               {.late_offer = true, .on_provisional = [&](const SipMessage& ringing) {
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

// --- what comes in a call -----------------------------------------------------------------------

TEST_CASE_METHOD(
    Scripted, "A re-INVITE of ours that the dialog's end overtakes fails, and all that wait for it",
    "[agent]") {
  call_up(server, program);
  Outcome first;
  Outcome second;
  program.dialog().modify(our_sdp, first.handler());
  program.dialog().modify(our_sdp, second.handler());
  server.say(ScriptedServer::sent(server.hear(), "tx2", 1, true));
  program.dialog().terminate();
  server.say(ScriptedServer::sent(server.hear(), "tx3", 2, true));
  REQUIRE(program.until([&] { return first.told && second.told; }));
  CHECK(first.error == Errc::dialog_over);
  CHECK(second.error == Errc::dialog_over);
}

TEST_CASE_METHOD(Scripted,
                 "RFC 3261 14.1: while we wait to try again after a 491, the far end may offer",
                 "[agent]") {
  // Who has called waits for 2.1 s at least; the other may not wait at all.
  Outcome outcome;
  const SipCall call = place(program, outcome);
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  server.say(ScriptedServer::response(200, "tx1", {.body = our_sdp}));
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  REQUIRE(program.until([&] { return outcome.told; }));
  const auto offered = [](const std::string& transaction, std::uint32_t cseq) {
    std::string frame = ScriptedServer::request(
        "INVITE", transaction,
        {.cseq = cseq, .branch = "z9hG4bK-far" + transaction, .body = our_sdp});
    return frame.replace(frame.find("c1;from-tag=far"), 15, "c1;from-tag=ours");
  };
  call.dialog().hold();
  server.say(ScriptedServer::sent(server.hear(), "tx2", 2));
  server.say(offered("tx3", 2));
  CHECK(server.hear().message.status == 491);
  server.say(ScriptedServer::response(491, "tx2", {.cseq = 2}));
  server.say(offered("tx4", 3));
  const Heard answer = server.hear();
  CHECK(answer.message.status == 200);
  CHECK(answer.message.headers["CSeq"] == "3 INVITE");
}

TEST_CASE_METHOD(Scripted,
                 "A CANCEL of the far end's re-INVITE is told to whoever was to answer it",
                 "[agent]") {
  call_up(server, program);
  std::optional<Response> answer;
  bool cancelled = false;
  program.dialog().on_modify().connect([&](Request& req, Response& res) {
    answer = res;
    req.on_cancel().connect([&](const SipMessage&) { cancelled = true; });
  });
  server.say(ScriptedServer::request("INVITE", "tx2",
                                     {.cseq = 2, .branch = "z9hG4bK-2", .body = our_sdp}));
  REQUIRE(program.until([&] { return answer.has_value(); }));
  server.say(ScriptedServer::cancel("tx2"));
  REQUIRE(program.until([&] { return cancelled; }));
}

TEST_CASE_METHOD(Scripted,
                 "RFC 3261 12.2.2: a request of a dialog that is over, or unknown, is answered 481",
                 "[agent]") {
  const std::string method = GENERATE("INFO", "INVITE", "UPDATE", "NOTIFY");
  SECTION("over") {
    call_up(server, program);
    server.say(ScriptedServer::request("BYE", "tx2", {.cseq = 2, .branch = "z9hG4bK-2"}));
    CHECK(server.hear().message.status == 200);
  }
  SECTION("unknown") {}
  server.say(ScriptedServer::request(method, "tx3", {.cseq = 3, .branch = "z9hG4bK-3"}));
  const Heard answer = server.hear();
  CHECK(answer.message.status == 481);
  CHECK(answer.message.headers["CSeq"] == "3 " + method);
}

// --- INVITEs that are no new calls --------------------------------------------------------------

TEST_CASE_METHOD(
    Scripted,
    "An INVITE that is there already is not asked about again, and its other branch is no call",
    "[agent]") {
  call_in(server, program);
  SECTION("delivered again") {
    server.say(ScriptedServer::invite("tx1", {.body = our_sdp}));
    CHECK(server.hears_nothing());
  }
  SECTION("delivered again after its answer") {
    program.response->send(486);
    server.say(ScriptedServer::echo(server.hear(), "tx1"));
    server.say(ScriptedServer::invite("tx1", {.body = our_sdp}));
    CHECK(server.hears_nothing());
  }
  SECTION("RFC 3261 8.2.2.2: merged on its way") {
    server.say(ScriptedServer::invite("tx2", {.branch = "z9hG4bK-other", .body = our_sdp}));
    const Heard answer = server.hear();
    CHECK(answer.message.status == 482);
    CHECK(answer.tokens.at(1) == "tx2");
  }
  CHECK(program.asked == 1);
}

TEST_CASE_METHOD(
    Scripted,
    "What is no request is not answered, and an INVITE that cannot be read is answered 400",
    "[agent]") {
  int warnings = 0;
  program.agent->on_warning.connect([&](const std::string&) { ++warnings; });
  SECTION("no request") {
    server.say("m|sip|network|1|udp|127.0.0.1|5070|12:00:00.000000|tx1|||\r\nnonsense\r\n\r\n");
    CHECK(server.hears_nothing());
  }
  SECTION("not to be read") {
    std::string broken = ScriptedServer::invite("tx1");
    broken.replace(broken.find("<sip:far@127.0.0.1:5070>;tag=far"), 32, ":::<<>>");
    server.say(broken);
    CHECK(server.hear().message.status == 400);
  }
  REQUIRE(program.until([&] { return warnings == 1; }));
  CHECK(program.asked == 0);
}

// --- challenges ---------------------------------------------------------------------------------

TEST_CASE_METHOD(Scripted,
                 "RFC 3261 22.3: each proxy and the far end are answered, each nonce counted",
                 "[agent]") {
  Outcome outcome;
  int dialogs = 0;
  place(
      program, outcome,
      {.auth = Credentials{"alice", "secret"}, .on_dialog = [&](const SipDialog&) { ++dialogs; }});
  const auto challenge = [&](int status, std::uint32_t cseq, const std::string& realm) {
    const Saying saying{.cseq = cseq,
                        .branch = "z9hG4bK-" + std::to_string(cseq),
                        .headers = std::string{status == 407 ? "Proxy" : "WWW"} +
                                   "-Authenticate: Digest realm=\"" + realm +
                                   "\", nonce=\"n\", qop=\"auth\"\r\n"};
    server.say(ScriptedServer::response(status, "tx" + std::to_string(cseq), saying));
    return server.hear();
  };
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  Heard next = challenge(407, 1, "first");
  CHECK(next.message.headers.all("Proxy-Authorization").size() == 1);
  server.say(ScriptedServer::sent(next, "tx2", 2));
  next = challenge(407, 2, "second");
  const auto both = next.message.headers.all("Proxy-Authorization");
  REQUIRE(both.size() == 2);
  CHECK(both[0].find("nc=00000002") != std::string_view::npos);
  CHECK(both[1].find("nc=00000001") != std::string_view::npos);
  server.say(ScriptedServer::sent(next, "tx3", 3));
  next = challenge(401, 3, "far");
  CHECK(next.message.headers.all("Proxy-Authorization").size() == 2);
  CHECK(next.message.headers.all("Authorization").size() == 1);
  server.say(ScriptedServer::sent(next, "tx4", 4));
  REQUIRE(program.until([&] { return program.story().ends_with("challenged invited"); }));
  CHECK(dialogs == 1);
}

TEST_CASE_METHOD(Scripted,
                 "A challenge in the dialog: a BYE is sent again, a stale nonce answered anew",
                 "[agent]") {
  Outcome outcome;
  const SipCall call = place(program, outcome, {.auth = Credentials{"alice", "secret"}});
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  server.say(ScriptedServer::response(200, "tx1", {.body = our_sdp}));
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  REQUIRE(program.until([&] { return outcome.told; }));
  const std::string method = GENERATE("BYE", "INFO");
  Outcome done;
  method == "BYE" ? call.dialog().terminate({}, done.handler())
                  : call.dialog().request(method, {}, done.handler());
  const std::string asks = "Proxy-Authenticate: Digest realm=\"a\", nonce=\"n\", qop=\"auth\"";
  server.say(ScriptedServer::sent(server.hear(), "tx2", 2));
  server.say(ScriptedServer::response(407, "tx2", {.cseq = 2, .headers = asks + "\r\n"}, method));
  Heard again = server.hear();
  CHECK(again.message.method == method);
  const auto counted = [&](const char* count) {
    const auto given = again.message.headers["Proxy-Authorization"];
    return given.find(std::string{"nc="} + count) != std::string_view::npos;
  };
  CHECK(counted("00000001"));
  server.say(ScriptedServer::sent(again, "tx3", 3));
  server.say(ScriptedServer::response(407, "tx3", {.cseq = 3, .headers = asks + ", stale=true\r\n"},
                                      method));
  again = server.hear();
  CHECK(again.message.method == method);
  CHECK(counted("00000002"));  // RFC 7616 3.4: the nonce is the same
  server.say(ScriptedServer::sent(again, "tx4", 4));
  server.say(ScriptedServer::response(200, "tx4", {.cseq = 4}, method));
  REQUIRE(program.until([&] { return done.told; }));
  CHECK_FALSE(done.error);
  CHECK(done.message.status == 200);
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

TEST_CASE_METHOD(Scripted, "Slots for UPDATE without an offer and for OPTIONS answer them",
                 "[agent]") {
  call_up(server, program);
  const std::string method = GENERATE("UPDATE", "OPTIONS");
  auto& signal = method == "UPDATE" ? program.dialog().on_update() : program.dialog().on_options();
  signal.connect([&](Request& req, Response& res) { res.send(299, "Heard " + req.method()); });
  server.say(ScriptedServer::request(method, "tx2", {.cseq = 2, .branch = "z9hG4bK-2"}));
  const Heard answer = server.hear();
  CHECK(answer.message.status == 299);
  CHECK(answer.message.reason == "Heard " + method);
  CHECK(answer.message.headers["CSeq"] == "2 " + method);
}

TEST_CASE_METHOD(Scripted,
                 "WIRE: a CANCEL that comes after our 200 is answered by the server's BYE",
                 "[agent]") {
  call_in(server, program);
  program.response->send(200, {.body = our_sdp});
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  server.say(ScriptedServer::hang_up("Call canceled"));
  REQUIRE(program.ended(1));
  CHECK(program.dialog().cause() == Cause::server_release);
  CHECK_FALSE(program.cancelled);
  CHECK(server.hears_nothing());
}

TEST_CASE_METHOD(Scripted, "Challenges in a call in are answered, once there are credentials",
                 "[agent]") {
  constexpr const char* challenge =
      "WWW-Authenticate: Digest realm=\"far\", nonce=\"n1\", qop=\"auth\"\r\n";
  call_up(server, program);
  Outcome outcome;
  const auto challenged = [&](const char* method, std::uint32_t cseq) {
    const Heard request = server.hear();
    CHECK(request.message.method == method);
    CHECK_FALSE(request.message.headers.has("Authorization"));
    server.say(ScriptedServer::sent(request, "tx2", cseq, true));
    Saying refusal{.cseq = cseq, .headers = challenge};
    std::string text = ScriptedServer::response(401, "tx2", refusal, method);
    server.say(text);
  };
  SECTION("before") {
    program.dialog().authenticate({"ann", "secret"});
    program.dialog().request("INFO", {}, outcome.handler());
    challenged("INFO", 2);
    CHECK(server.hear().message.headers.has("Authorization"));
  }
  SECTION("after a BYE without them: the far end has the call still, and it is ended again") {
    program.dialog().terminate({}, outcome.handler());
    challenged("BYE", 2);
    REQUIRE(program.until([&] { return outcome.told; }));
    CHECK(outcome.message.status == 401);
    CHECK(program.dialog().state() == State::terminated);
    program.dialog().authenticate({"ann", "secret"});
    Outcome again;
    program.dialog().terminate({}, again.handler());
    challenged("BYE", 3);
    const Heard bye = server.hear();
    CHECK(bye.message.headers.has("Authorization"));
    server.say(ScriptedServer::sent(bye, "tx4", 4, true));
    server.say(ScriptedServer::response(200, "tx4", {.cseq = 4}, "BYE"));
    REQUIRE(program.until([&] { return again.told; }));
    CHECK(again.message.status == 200);
    Outcome over;
    program.dialog().terminate({}, over.handler());
    REQUIRE(program.until([&] { return over.told; }));
    CHECK(over.message.status == 0);
    CHECK(server.hears_nothing());
  }
}

TEST_CASE_METHOD(Scripted, "What is known of a challenged BYE, no other answer changes",
                 "[agent]") {
  call_up(server, program);
  Outcome other;
  Outcome bye;
  program.dialog().request("INFO", {}, other.handler());
  server.say(ScriptedServer::sent(server.hear(), "tx2", 1, true));
  program.dialog().terminate({}, bye.handler());
  server.say(ScriptedServer::sent(server.hear(), "tx3", 2, true));
  server.say(ScriptedServer::response(407, "tx3", {.cseq = 2}, "BYE"));
  REQUIRE(program.until([&] { return bye.told; }));
  SECTION("of another request: the BYE is sent again") {
    server.say(ScriptedServer::response(200, "tx2", {}, "INFO"));
    REQUIRE(program.until([&] { return other.told; }));
    program.dialog().terminate();
    CHECK(server.hear().message.method == "BYE");
  }
  SECTION("a challenge to another request is not answered after the end") {
    program.dialog().authenticate({"ann", "secret"});
    server.say(ScriptedServer::response(
        407, "tx2", {.headers = "Proxy-Authenticate: Digest realm=\"a\", nonce=\"b\"\r\n"},
        "INFO"));
    REQUIRE(program.until([&] { return other.told; }));
    CHECK(server.hears_nothing());
  }
  SECTION("the far end hangs up: there is nothing left to end") {
    server.say(ScriptedServer::request("BYE", "tx7", {.cseq = 5, .branch = "z9hG4bK-7"}));
    CHECK(server.hear().message.status == 200);
    program.dialog().terminate();
    CHECK(server.hears_nothing());
  }
}
