// What a program does with its calls before they have been taken up, after a restart or a lost
// link.
#include "agent/scripted_server.hpp"

using namespace drachtio;
using namespace drachtio::test;
using namespace std::chrono_literals;
using boost::system::error_code;

namespace {

void end_all(Patient& program, const ResponseHandler& handler) {
  for (const SipDialog& dialog : program.agent->dialogs()) dialog.terminate({}, 480, handler);
}

}  // namespace

TEST_CASE("A call in that the program could not end for want of a link is handed over", "[agent]") {
  ScriptedServer server;
  ScratchFolder folder;
  until_it_ends(server, folder / "calls.db", [&](Patient& p) { call_in(server, p); });
  Patient again{server, folder / "calls.db"};
  Outcome ended;
  end_all(again, ended.handler());
  REQUIRE(again.until([&] { return ended.told; }));
  CHECK(ended.error == Errc::no_link);
  Outcome refused;
  SECTION("and the program may answer it") {
    again.agent->on_resumed_invite(
        [&](Request&, Response& response) { response.send(486, {}, refused.handler()); });
    again.connect_soon();
    server.accept(again);
    const Heard answer = server.hear();
    CHECK(answer.message.status == 486);
    server.say(ScriptedServer::echo(answer, "tx1"));
    REQUIRE(again.until([&] { return refused.told; }));
    CHECK_FALSE(refused.error);
  }
  SECTION("or be refused, where nobody wants it") {
    again.connect_soon();
    server.accept(again);
    CHECK(server.hear().message.status == 503);
  }
}

TEST_CASE("A call in that the program ends as the link comes up is not handed over", "[agent]") {
  ScriptedServer server;
  ScratchFolder folder;
  until_it_ends(server, folder / "calls.db", [&](Patient& p) { call_in(server, p); });
  Patient again{server, folder / "calls.db"};
  int handed_over = 0;
  again.agent->on_resumed_invite([&](Request&, Response&) { ++handed_over; });
  Outcome ended;
  again.agent->on_connect().connect([&](const std::string&) { end_all(again, ended.handler()); });
  again.connect_soon();
  server.accept(again);
  const Heard answer = server.hear();
  CHECK(answer.message.status == 480);
  server.say(ScriptedServer::echo(answer, "tx1"));
  REQUIRE(again.until([&] { return ended.told; }));
  CHECK(handed_over == 0);
  CHECK(server.hears_nothing());
}

TEST_CASE("RFC 3261 13.2.2.4: after a restart, a 2xx has its ACK before the BYE", "[agent]") {
  ScriptedServer server;
  ScratchFolder folder;
  Outcome outcome;
  until_it_ends(server, folder / "calls.db", [&](Patient& p) {
    place(p, outcome);
    server.say(ScriptedServer::sent(server.hear(), "tx1"));
    server.say(ScriptedServer::response(200, "tx1", {.body = our_sdp}));
    CHECK(server.hear().message.method == "ACK");  // its reply never comes
    REQUIRE(p.until([&] { return outcome.told; }));
  });
  Patient again{server, folder / "calls.db"};
  again.agent->on_connect().connect([&](const std::string&) { end_all(again, {}); });
  again.connect_soon();
  server.accept(again);
  CHECK(server.hear().message.method == "ACK");
  CHECK(server.hear().message.method == "BYE");
}

TEST_CASE_METHOD(Scripted,
                 "A call whose late offer the program is still to answer is asked about afterwards",
                 "[agent]") {
  Outcome outcome;
  const SipCall call = place(program, outcome, {.late_offer = true});
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  server.say(ScriptedServer::response(200, "tx1", {.body = our_sdp}));
  REQUIRE(program.until([&] { return outcome.told; }));
  server.drop();
  server.accept(program);
  CHECK(server.hears_nothing());
  SECTION("RFC 3261 13.2.2.4: whoever ends it acknowledges it first") {
    call.dialog().terminate();
    CHECK(server.hear().message.method == "ACK");
    CHECK(server.hear().message.method == "BYE");
  }
  SECTION("once it is answered, it is asked about") {
    call.ack(our_sdp);
    const Heard ack = server.hear();
    CHECK(ack.message.method == "ACK");
    server.say(ScriptedServer::sent(ack, "tx2"));
    CHECK(server.hear().message.method == "OPTIONS");
  }
}

TEST_CASE("A call that rings is not lost with its connection, where a link may come back",
          "[agent]") {
  ScriptedServer server;
  Patient program{server, AgentOptions{.forgotten_after = 100ms}};
  const std::uint16_t port = program.agent->listen({.host = "127.0.0.1", .port = 0});
  ScriptedServer dialled;
  program.agent->connect({.port = dialled.port(), .name = "127.0.0.1"});
  dialled.accept(program);
  server.dial(program, port);
  call_in(server, program);
  rings(server, program);
  bool down = false;
  program.agent->on_disconnect().connect(
      [&](const std::string&, const std::string&) { down = true; });
  dialled.drop();
  REQUIRE(program.until([&] { return down; }));
  server.drop();
  program.until([] { return false; }, 1s);  // ten times as long
  CHECK(program.ends.empty());
}
