// What has become of calls is asked of the server: those that nobody answers, those that are given
// up, those that a link has left.
#include "agent/scripted_server.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Transaction.h>

using namespace drachtio;
using namespace drachtio::test;
using namespace std::chrono_literals;
using boost::system::error_code;

// --- nobody answers -----------------------------------------------------------------------------

TEST_CASE_METHOD(Impatient,
                 "Nobody answers a call until the server has forgotten it: it is asked about",
                 "[agent]") {
  call_in(server, program);
  const Heard question = server.hear();
  CHECK(question.message.method == "OPTIONS");
  SECTION("what it does not know is lost") {
    server.say(ScriptedServer::refused(question, no_dialog));
    REQUIRE(program.until([&] { return program.dialog().state() == State::terminated; }));
    CHECK(program.dialog().cause() == Cause::lost);
    REQUIRE(program.until([&] { return program.cancelled; }));
    Outcome too_late;
    program.response->send(200, {.body = our_sdp}, too_late.handler());
    REQUIRE(program.until([&] { return too_late.told; }));
    CHECK(too_late.error == Errc::cancelled);
  }
  SECTION("what it knows has been answered: by us, on a link that was lost") {
    server.say(ScriptedServer::sent(question, "tx2", 1, true));
    server.say(ScriptedServer::response(200, "tx2", {}, "OPTIONS"));
    REQUIRE(program.until([&] { return program.dialog().state() == State::stable; }));
    CHECK(program.dialog().snapshot()->inferred);
  }
  CHECK(server.hears_nothing());
}

TEST_CASE_METHOD(Impatient, "A call that is up, or that others are asked to take, is not forgotten",
                 "[agent]") {
  SECTION("up") { call_up(server, program); }
  SECTION("handed on") {
    call_in(server, program);
    program.request->proxy({"sip:bob@h"}, {}, [](error_code, const auto&) {});
    server.hear();
  }
  program.until([] { return false; }, 1s);  // ten times as long
  CHECK(server.hears_nothing());
  CHECK(program.ends.empty());
}

// --- it rings, and the link goes ----------------------------------------------------------------

TEST_CASE_METHOD(Scripted, "A call in rings when the link is back: does its caller still wait?",
                 "[agent]") {
  call_in(server, program);
  rings(server, program);
  const SipDialog dialog = program.dialog();
  server.drop();
  server.accept(program);
  const Heard question = server.hear();
  CHECK(question.message.status == 183);
  CHECK(question.tokens.at(1) == "tx1");
  SECTION("it has given up") {
    server.say(ScriptedServer::refused(question, no_transaction));
    const Heard known = server.hear();
    CHECK(known.message.method == "OPTIONS");
    server.say(ScriptedServer::refused(known, no_dialog));
    REQUIRE(program.ended(1));
    CHECK(dialog.cause() == Cause::lost);
    CHECK(program.until([&] { return program.cancelled; }));
  }
  SECTION("it waits") {
    server.say(ScriptedServer::echo(question, "tx1"));
    CHECK(server.hears_nothing());
    dialog.terminate();
    CHECK(server.hear().message.status == 480);
  }
}

TEST_CASE_METHOD(Scripted, "A BYE before the answer gets the INVITE its 487", "[agent]") {
  call_in(server, program);
  rings(server, program);
  server.say(ScriptedServer::request("BYE", "tx2", {.cseq = 2, .branch = "z9hG4bK-2"}));
  CHECK(server.hear().message.status == 200);
  const Heard refusal = server.hear();
  CHECK(refusal.message.status == 487);
  CHECK(refusal.tokens.at(1) == "tx1");
  CHECK(program.cancelled);
}

// --- given up, and the link goes again ----------------------------------------------------------

TEST_CASE_METHOD(Scripted, "A call out that is given up is given up until the server has heard it",
                 "[agent]") {
  Outcome outcome;
  call_out(server, program, outcome);
  server.drop();
  server.accept(program);
  CHECK(server.hear().message.method == "CANCEL");
  server.drop();
  server.accept(program);
  const Heard cancel = server.hear();
  CHECK(cancel.message.method == "CANCEL");
  CHECK(cancel.tokens.at(1) == "tx1");
  SECTION("it had been answered: ACK and BYE") {
    server.say(ScriptedServer::refused(cancel, "unable to cancel unknown transaction id: tx1"));
    const Heard ack = server.hear();
    CHECK(ack.message.method == "ACK");
    SECTION("and the link goes again") {
      server.drop();
      server.accept(program);
      CHECK(server.hear().message.method == "CANCEL");
      return;
    }
    server.say(ScriptedServer::sent(ack, "tx2"));
    const Heard bye = server.hear();
    CHECK(bye.message.method == "BYE");
    SECTION("the BYE is sent") {
      server.say(ScriptedServer::sent(bye, "tx3", 2));
      REQUIRE(program.ended(1));
      CHECK(program.ends == std::vector<std::string>{"normal near end release"});
    }
    SECTION("the server has hung up by itself") {
      server.say(ScriptedServer::refused(bye, no_dialog));
      REQUIRE(program.ended(1));
      CHECK(program.agent->dialogs().empty());
    }
  }
}

TEST_CASE_METHOD(Impatient, "RFC 3261 9.1: a call out is given up until nothing is left of it",
                 "[agent]") {
  Outcome outcome;
  call_out(server, program, outcome);
  server.drop();
  server.accept(program);
  const std::string pending = "internal server error canceling transaction id: tx1";
  server.say(ScriptedServer::sent(server.hear(), "tx2"));  // the CANCEL
  for (int look = 0; look < 2; ++look) {                   // neither a final answer nor a dialog
    const Heard again = server.hear();
    CHECK(again.message.method == "CANCEL");
    CHECK(again.tokens.at(1) == "tx1");
    server.say(ScriptedServer::refused(again, pending));
    const Heard ack = server.hear();
    CHECK(ack.message.method == "ACK");
    server.say(ScriptedServer::refused(ack, no_dialog));
  }
  CHECK(outcome.error == Errc::no_link);
  CHECK(program.agent->dialogs().size() == 1);
  const Heard last = server.hear();
  SECTION("its 487 has come") {
    server.say(ScriptedServer::refused(last, "unable to cancel unknown transaction id: tx1"));
    server.say(ScriptedServer::refused(server.hear(), no_dialog));
    REQUIRE(program.ended(1));
  }
  SECTION("a 2xx has come, late: ACK and BYE") {
    server.say(ScriptedServer::refused(last, pending));
    const Heard ack = server.hear();
    CHECK(ack.message.method == "ACK");
    server.say(ScriptedServer::sent(ack, "tx3"));
    CHECK(server.hear().message.method == "BYE");
  }
  SECTION("the link goes while a look is to come: all over again when it is back, and once") {
    server.say(ScriptedServer::sent(last, "tx2"));
    CHECK(server.hears_nothing());
    server.drop();
    server.accept(program);
    server.say(ScriptedServer::sent(server.hear(), "tx2"));
    const Heard next = server.hear();
    CHECK(next.message.method == "CANCEL");
    program.until([] { return false; }, 1s);  // as long as twenty looks
    CHECK_FALSE(server.has_said_more());
  }
}

TEST_CASE_METHOD(Scripted,
                 "The link is back before the log has taken what came: it is dealt with first",
                 "[agent]") {
  Outcome outcome;
  call_out(server, program, outcome);
  {
    SQLite::Database other{program.db().string(), SQLite::OPEN_READWRITE};
    SQLite::Transaction holds{other, SQLite::TransactionBehavior::IMMEDIATE};
    server.say(ScriptedServer::response(200, "tx1", {.body = our_sdp}));
    server.drop();
    server.accept(program);
    CHECK(program.story() == "invited progressed");
  }
  CHECK(server.hear().message.method == "ACK");  // and no CANCEL
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK_FALSE(outcome.error);
}

TEST_CASE_METHOD(Scripted,
                 "A call out whose 2xx crossed cancel() is hung up, whatever the link does",
                 "[agent]") {
  Outcome outcome;
  const SipCall call = call_out(server, program, outcome);
  call.cancel();
  const Heard cancel = server.hear();
  server.say(ScriptedServer::response(200, "tx1", {.body = our_sdp}));
  const Heard ack = server.hear();
  CHECK(ack.message.method == "ACK");
  const bool is_acknowledged = GENERATE(false, true);
  if (is_acknowledged) {
    server.say(ScriptedServer::sent(ack, "tx2"));
    server.say(ScriptedServer::refused(cancel, "unable to cancel unknown transaction id: tx1"));
    CHECK(server.hear().message.method == "BYE");
  }
  server.drop();
  server.accept(program);
  Heard next = server.hear();
  if (!is_acknowledged) {
    CHECK(next.message.method == "ACK");
    server.say(ScriptedServer::sent(next, "tx3"));
    next = server.hear();
  }
  CHECK(next.message.method == "BYE");
  server.say(ScriptedServer::sent(next, "tx4", 2));
  REQUIRE(program.ended(1));
  CHECK(outcome.error == Errc::cancelled);
}

TEST_CASE_METHOD(Scripted,
                 "A call that is lost once may be lost again, if it comes to life between",
                 "[agent]") {
  Outcome outcome;
  call_out(server, program, outcome);
  server.drop();
  server.accept(program);
  const Heard cancel = server.hear();
  server.say(ScriptedServer::refused(cancel, "unable to cancel unknown transaction id: tx1"));
  server.say(ScriptedServer::refused(server.hear(), no_dialog));
  REQUIRE(program.ended(1));
  server.say(ScriptedServer::response(200, "tx1", {.body = our_sdp}));
  const Heard ack = server.hear();  // nobody waits for it: ACK and BYE
  CHECK(ack.message.method == "ACK");
  CHECK(program.story().ends_with("answered"));
  server.say(ScriptedServer::refused(ack, no_dialog));
  REQUIRE(program.ended(2));
}

TEST_CASE_METHOD(Impatient, "A call in that rings on is asked about again and again", "[agent]") {
  call_in(server, program);
  rings(server, program);
  server.drop();
  server.accept(program);
  for (int i = 0; i < 3; ++i) {
    const Heard question = server.hear();
    CHECK(question.message.status == 183);
    server.say(ScriptedServer::echo(question, "tx1"));
  }
  server.say(ScriptedServer::refused(server.hear(), no_transaction));
  server.say(ScriptedServer::refused(server.hear(), no_dialog));
  REQUIRE(program.ended(1));
  CHECK(program.until([&] { return program.cancelled; }));
}

TEST_CASE_METHOD(
    Impatient, "A call in that rang on a link that was lost is not taken for one that is forgotten",
    "[agent]") {
  call_in(server, program);
  program.response->send(180);
  CHECK(server.hear().message.status == 180);  // and the link goes before its echo
  server.drop();
  server.accept(program);
  const Heard question = server.hear();
  CHECK(question.message.status == 183);
  SECTION("its caller waits") {
    server.say(ScriptedServer::echo(question, "tx1"));
    REQUIRE(program.until([&] { return program.story() == "invited progressed"; }));
    CHECK(server.hear().message.status == 183);  // again, in time
    CHECK(program.ends.empty());
  }
  SECTION("its caller has given up") {
    server.say(ScriptedServer::refused(question, no_transaction));
    server.say(ScriptedServer::refused(server.hear(), no_dialog));
    REQUIRE(program.ended(1));
  }
}

TEST_CASE_METHOD(Scripted, "RFC 3262 3: a caller that requires 100rel is sent no 183 to ask",
                 "[agent]") {
  call_in(server, program, {.headers = "Require: 100rel\r\n", .body = our_sdp});
  rings(server, program);
  server.drop();
  server.accept(program);
  CHECK(server.hears_nothing());
}

// --- probes -------------------------------------------------------------------------------------

namespace {

// Calls in that are up, when the link comes back.
void calls_up(ScriptedServer& server, Patient& program, int count) {
  for (int i = 1; i <= count; ++i) {
    const std::string id = "c" + std::to_string(i);
    const std::string transaction = "tx" + std::to_string(i);
    const auto say = [&](const std::string& frame) { server.say(in_call(id, frame)); };
    say(ScriptedServer::invite(transaction, {.body = our_sdp}));
    REQUIRE(program.until([&] { return program.asked == i; }));
    program.response->send(200, {.body = our_sdp});
    say(ScriptedServer::echo(server.hear(), transaction));
    say(ScriptedServer::request("ACK", transaction, {.branch = "z9hG4bK-ack"}));
  }
  REQUIRE(program.until([&] { return program.created.size() == std::size_t(count); }));
  server.drop();
  server.accept(program);
}

}  // namespace

TEST_CASE("Dialogs are asked about a few at a time", "[agent]") {
  ScriptedServer server;
  Patient program{server, AgentOptions{.probes_at_once = 2}};
  program.connect_soon();
  server.accept(program);
  calls_up(server, program, 5);
  const Heard first = server.hear();
  CHECK(first.message.method == "OPTIONS");
  CHECK(server.hear().message.method == "OPTIONS");
  CHECK(server.hears_nothing());
  server.say(ScriptedServer::refused(first, no_dialog));
  CHECK(server.hear().message.method == "OPTIONS");
  CHECK(server.hears_nothing());
}

TEST_CASE("A program may want no dialog asked about", "[agent]") {
  ScriptedServer server;
  Patient program{server, AgentOptions{.probe = false}};
  program.connect_soon();
  server.accept(program);
  calls_up(server, program, 2);
  CHECK(server.hears_nothing());
  program.dialog().terminate();
  CHECK(server.hear().message.method == "BYE");
}
