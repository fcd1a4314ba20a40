// A request out of dialog, attempt after attempt: challenged, redirected, given up.
#include "agent/scripted_server.hpp"

using namespace drachtio;
using namespace drachtio::test;

namespace {

// What the far end says to attempt `number`, and the attempt that follows.
struct Attempts : Scripted {
  Heard refuse(const Heard& attempt, std::uint32_t number, int status, const std::string& header,
               const std::string& contact = {}) {
    const std::string transaction = "tx" + std::to_string(number);
    server.say(ScriptedServer::sent(attempt, transaction, number));
    std::string refusal = ScriptedServer::response(
        status, transaction,
        {.cseq = number, .branch = "z9hG4bK-" + std::to_string(number), .headers = header});
    if (!contact.empty()) {
      const std::size_t at = refusal.find("Contact: <") + 10;
      refusal.replace(at, refusal.find('>', at) - at, contact);
    }
    server.say(refusal);
    return server.hear();
  }
};

std::string challenge(const std::string& realm) {
  return "WWW-Authenticate: Digest realm=\"" + realm + "\", nonce=\"n\"\r\n";
}

}  // namespace

TEST_CASE_METHOD(Attempts,
                 "RFC 3261 22.2: a retry has the first INVITE's Call-ID, From tag and CSeq + 1",
                 "[agent]") {
  Outcome outcome;
  place(program, outcome, {.auth = {"alice", "secret"}, .follow_redirects = true});
  const Heard first = server.hear();
  CHECK(first.message.call_id().empty());  // the server's to make
  const bool redirected = GENERATE(false, true);
  const Heard second = redirected ? refuse(first, 1, 302, "", "sip:other@127.0.0.1")
                                  : refuse(first, 1, 401, challenge("a"));
  CHECK(second.message.call_id() == "c1");
  CHECK(second.message.from().tag == "ours");
  CHECK(second.message.headers["CSeq"] == "2 INVITE");
  CHECK(second.message.uri == (redirected ? "sip:other@127.0.0.1" : "sip:far@127.0.0.1:5070"));
}

TEST_CASE_METHOD(Attempts, "Five redirections are followed, and the sixth is the program's",
                 "[agent]") {
  Outcome outcome;
  place(program, outcome, {.follow_redirects = true});
  Heard attempt = server.hear();
  for (std::uint32_t number = 1; number <= 5; ++number) {
    attempt = refuse(attempt, number, 302, "", "sip:n" + std::to_string(number) + "@127.0.0.1");
    CHECK(attempt.message.uri == "sip:n" + std::to_string(number) + "@127.0.0.1");
  }
  server.say(ScriptedServer::sent(attempt, "tx6", 6));
  server.say(ScriptedServer::response(302, "tx6", {.cseq = 6, .branch = "z9hG4bK-6"}));
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK(outcome.error == Errc::rejected);
  CHECK(outcome.message.status == 302);
}

TEST_CASE_METHOD(Attempts, "Challenges without end are the program's in the end", "[agent]") {
  Outcome outcome;
  place(program, outcome, {.auth = {"alice", "secret"}});
  Heard attempt = server.hear();
  std::uint32_t number = 0;
  while (!outcome.told && number < 20) {
    ++number;
    const std::string transaction = "tx" + std::to_string(number);
    server.say(ScriptedServer::sent(attempt, transaction, number));
    server.say(ScriptedServer::response(401, transaction,
                                        {.cseq = number,
                                         .branch = "z9hG4bK-" + std::to_string(number),
                                         .headers = challenge("realm" + std::to_string(number))}));
    REQUIRE(program.until([&] { return outcome.told || server.has_said_more(); }));
    if (!outcome.told) attempt = server.hear();
  }
  CHECK(number < 20);
  CHECK(outcome.error == Errc::rejected);
  CHECK(outcome.message.status == 401);
}

TEST_CASE_METHOD(Scripted, "RFC 3262 4: a reliable answer that is sent again has one PRACK",
                 "[agent]") {
  Outcome outcome;
  place(program, outcome);
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  const std::string reliable =
      ScriptedServer::response(180, "tx1", {.headers = "Require: 100rel\r\nRSeq: 7\r\n"});
  server.say(reliable);
  const Heard prack = server.hear();
  CHECK(prack.message.headers["RAck"] == "7 1 INVITE");
  server.say(reliable);
  CHECK(server.hears_nothing());
}

TEST_CASE_METHOD(Scripted, "RFC 3326: a CANCEL says why", "[agent]") {
  Outcome outcome;
  Outcome cancelled;
  const SipCall call = call_out(server, program, outcome);
  const Headers why{{"Reason", "SIP;cause=200;text=\"Call completed elsewhere\""}};
  SECTION("a header that is none gives nothing up") {
    call.cancel({{"Rea son", "x"}}, cancelled.handler());
    REQUIRE(program.until([&] { return cancelled.told; }));
    CHECK(cancelled.error == Errc::malformed);
    CHECK(server.hears_nothing());
    call.cancel(why);
    CHECK(server.hear().message.headers["Reason"] == why["Reason"]);
    cancelled = {};
    call.cancel({{"Rea son", "x"}}, cancelled.handler());  // nor while one is under way
    REQUIRE(program.until([&] { return cancelled.told; }));
    CHECK(cancelled.error == Errc::malformed);
    return;
  }
  SECTION("a CANCEL that is too long gives nothing up") {
    call.cancel({{"Reason", std::string(13'000, 'x')}}, cancelled.handler());
    REQUIRE(program.until([&] { return cancelled.told; }));
    CHECK(cancelled.error == Errc::too_long);
    call.cancel(why);
    CHECK(server.hear().message.headers["Reason"] == why["Reason"]);
    return;
  }
  SECTION("by the call") { call.cancel(why, cancelled.handler()); }
  SECTION("by the dialog") { call.dialog().terminate({.headers = why}, 480, cancelled.handler()); }
  const Heard cancel = server.hear();
  CHECK(cancel.message.method == "CANCEL");
  CHECK(cancel.message.headers["Reason"] == why["Reason"]);
  server.say(ScriptedServer::sent(cancel, "tx2"));
  REQUIRE(program.until([&] { return cancelled.told; }));
  CHECK_FALSE(cancelled.error);
}

TEST_CASE_METHOD(Scripted,
                 "A CANCEL that is none, as the 2xx comes, leaves the call to the program",
                 "[agent]") {
  Outcome outcome;
  const SipCall call = call_out(server, program, outcome);
  Outcome refused;
  program.agent->on_event().connect([&](const DialogEvent& told) {
    // It has been read, and its handler has not been told.
    if (told.event.type == EventType::confirmed && !refused.told) {
      call.cancel({{"Rea son", "x"}}, refused.handler());
    }
  });
  server.say(ScriptedServer::response(200, "tx1", {.body = our_sdp}));
  server.say(ScriptedServer::sent(server.hear(), "tx2"));
  REQUIRE(program.until([&] { return outcome.told && refused.told; }));
  CHECK(refused.error == Errc::malformed);
  CHECK_FALSE(outcome.error);
}

TEST_CASE("A call that is given up after a restart needs no other CANCEL", "[agent]") {
  ScriptedServer server;
  const ScratchFolder folder;
  until_it_ends(server, folder / "calls.db", [&](Patient& program) {
    Outcome outcome;
    call_out(server, program, outcome);
  });
  Patient again{server, folder / "calls.db"};
  again.connect_soon();
  server.accept(again);
  CHECK(server.hear().message.method == "CANCEL");  // nobody waits for its answer any more
  Outcome ended;
  again.agent->dialogs().front().terminate(ended.handler());
  CHECK(server.hears_nothing());
  REQUIRE(again.until([&] { return ended.told; }));
  CHECK_FALSE(ended.error);
  CHECK(ended.message.status == 0);
}

TEST_CASE_METHOD(Scripted, "A method is a token, and goes out in capitals", "[agent]") {
  Outcome outcome;
  program.agent->siprequest("sip:far@127.0.0.1:5070", {.method = "mess age"},
                            outcome.call_handler());
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK(outcome.error == Errc::malformed);
  program.agent->siprequest("sip:far@127.0.0.1:5070", {.method = "invite", .body = our_sdp});
  CHECK(server.hear().message.method == "INVITE");
  CHECK_THROWS_AS(program.agent->on("IN FO", {}), std::invalid_argument);
  CHECK_THROWS_AS(program.agent->on("Cdr:start", {}), std::invalid_argument);
}
