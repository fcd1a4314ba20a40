// Offers that cross: one INVITE at a time, in either direction (RFC 3261 14).
#include "agent/glare.hpp"

#include "agent/scripted_server.hpp"

using namespace drachtio;
using namespace drachtio::test;
using namespace std::chrono_literals;
using boost::system::error_code;

namespace {

const Saying a_reinvite{.cseq = 2, .branch = "z9hG4bK-2", .body = our_sdp};

// A call in that is up, and whose far end has offered anew: the offer is the program's to answer.
struct Reoffered : Scripted {
  Reoffered() {
    call_up(server, program);
    program.dialog().on_modify().connect([this](Request&, Response& res) { offer = res; });
    server.say(ScriptedServer::request("INVITE", "tx2", a_reinvite));
    REQUIRE(program.until([&] { return offer.has_value(); }));
  }
  std::optional<Response> offer;
};

}  // namespace

TEST_CASE("RFC 3261 14.1: how long who waits after a 491", "[agent]") {
  for (int i = 0; i < 1000; ++i) {
    const auto caller = agent::glare_pause(Role::uac);
    CHECK((caller >= 2100ms && caller <= 4000ms && caller % 10ms == 0ms));
    const auto callee = agent::glare_pause(Role::uas);
    CHECK((callee >= 0ms && callee <= 2000ms && callee % 10ms == 0ms));
    const auto again = agent::retry_after();
    CHECK((again >= 0s && again <= 10s));
  }
}

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

TEST_CASE_METHOD(Scripted, "A re-INVITE always offers", "[agent]") {
  call_up(server, program);
  Outcome outcome;
  program.dialog().modify("", outcome.handler());
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK(outcome.error == Errc::malformed);
  CHECK(server.hears_nothing());
}
