// Digest challenges to what the program sends, out of dialog and in it (RFC 3261 22).
#include "agent/scripted_server.hpp"

using namespace drachtio;
using namespace drachtio::test;

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
  method == "BYE" ? call.dialog().terminate(done.handler())
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
    program.dialog().terminate(outcome.handler());
    challenged("BYE", 2);
    REQUIRE(program.until([&] { return outcome.told; }));
    CHECK(outcome.message.status == 401);
    CHECK(program.dialog().state() == State::terminated);
    program.dialog().authenticate({"ann", "secret"});
    Outcome again;
    program.dialog().terminate(again.handler());
    challenged("BYE", 3);
    const Heard bye = server.hear();
    CHECK(bye.message.headers.has("Authorization"));
    server.say(ScriptedServer::sent(bye, "tx4", 4, true));
    server.say(ScriptedServer::response(200, "tx4", {.cseq = 4}, "BYE"));
    REQUIRE(program.until([&] { return again.told; }));
    CHECK(again.message.status == 200);
    Outcome over;
    program.dialog().terminate(over.handler());
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
  program.dialog().terminate(bye.handler());
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
