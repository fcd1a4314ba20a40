// Outbound mode: the server dials the program, one connection for each request.
#include "agent/scripted_server.hpp"

#include <thread>

using namespace drachtio;
using namespace drachtio::test;
using namespace std::chrono_literals;

namespace {

std::string invite_frame() {
  return "m1|sip|network|9|udp|192.0.2.1|5060|12:00:00.000000|tx1||192.0.2.9|5060|\r\n"
         "INVITE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
         "From: <sip:ann@example.com>;tag=a\r\nTo: <sip:bob@example.com>\r\nCall-ID: c1\r\n"
         "CSeq: 1 INVITE\r\nContact: <sip:ann@192.0.2.1>\r\nContent-Length: 0\r\n\r\n";
}

// A program that listens, and a server that has dialled it.
struct Dialled {
  Dialled() { server.dial(program, port); }

  ScriptedServer server;
  Patient program{server};
  std::uint16_t port = program.agent->listen({.host = "127.0.0.1", .port = 0});
};

}  // namespace

TEST_CASE("The program logs in on the server's connection, without routes, and answers its request",
          "[agent]") {
  boost::asio::io_context io{1};
  const ScratchFolder folder;
  Agent agent{io, folder / "calls.db"};
  std::string source;
  agent.invite([&](Request& req, Response& res) {
    source = req.source().server;
    res.send(200, {.body = our_sdp});
  });
  const std::uint16_t port = agent.listen({.host = "127.0.0.1", .port = 0, .secret = "cymru"});
  std::thread program{[&] { io.run(); }};
  {
    Peer server{port};
    const std::string login = server.read_frame();
    CHECK(login.find("|authenticate|cymru|") != std::string::npos);
    server.send_frame("r1|response|" + login.substr(0, login.find('|')) +
                      "|OK|udp/192.0.2.9:5060|v0.9.4|udp/192.0.2.9:5060");
    server.send_frame(invite_frame());
    const std::string answer = server.read_frame();
    CHECK(answer.find("|sip|tx1|\r\nSIP/2.0 200 OK\r\n") != std::string::npos);
    CHECK(answer.find("CSeq: 1 INVITE\r\n") != std::string::npos);
  }
  agent.stop();
  program.join();
  CHECK(source == "127.0.0.1");
}

TEST_CASE("A connection is closed when its request has been served, and no other with it",
          "[agent]") {
  boost::asio::io_context io{1};
  const ScratchFolder folder;
  Agent agent{io, folder / "calls.db"};
  agent.invite([&](Request&, Response& res) { res.send(486); });
  const std::uint16_t port = agent.listen({.host = "127.0.0.1", .port = 0, .secret = "cymru"});
  std::thread program{[&] { io.run(); }};
  const auto log_in = [](Peer& server) {
    const std::string login = server.read_frame();
    server.send_frame("r1|response|" + login.substr(0, login.find('|')) +
                      "|OK|udp/192.0.2.9:5060|v0.9.4|udp/192.0.2.9:5060");
  };
  Peer slow{port};  // waits with its reply to the login
  {
    Peer gone{port};
    log_in(gone);
  }
  Peer served{port};
  log_in(served);
  served.send_frame(invite_frame());
  const std::string answer = served.read_frame();
  CHECK(answer.find("SIP/2.0 486") != std::string::npos);
  served.send_frame("r2|response|" + answer.substr(0, answer.find('|')) +
                    "|OK|application|9|udp|192.0.2.1|5060|12:00:00.000000|tx1|c1;from-tag=a||Msg "
                    "sent:|\r\nSIP/2.0 486 Busy Here\r\nVia: SIP/2.0/UDP "
                    "192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:ann@example.com>;tag=a\r\nTo: "
                    "<sip:bob@example.com>;tag=b\r\nCall-ID: c1\r\nCSeq: 1 "
                    "INVITE\r\nContent-Length: 0\r\n\r\n");
  CHECK(served.is_closed());
  log_in(slow);
  std::string second = invite_frame();
  second.replace(second.find("Call-ID: c1"), 11, "Call-ID: c2");
  slow.send_frame(second);
  CHECK(slow.read_frame().find("SIP/2.0 486") != std::string::npos);
  agent.stop();
  program.join();
}

TEST_CASE("A port that is taken cannot be listened on, and the message says so", "[agent]") {
  const ScratchFolder folder;
  boost::asio::io_context io{1};
  Agent agent{io, folder / "calls.db"};
  const std::uint16_t port = agent.listen({.host = "127.0.0.1", .port = 0});
  try {
    agent.listen({.host = "127.0.0.1", .port = port});
    FAIL("it listens");
  } catch (const std::runtime_error& error) {
    CHECK(std::string{error.what()}.find(std::to_string(port)) != std::string::npos);
  }
}

TEST_CASE_METHOD(Dialled, "A connection is kept until our BYE has its answer", "[agent]") {
  call_up(server, program);
  Outcome outcome;
  program.dialog().terminate(outcome.handler());
  const Heard bye = server.hear();
  CHECK(bye.message.method == "BYE");
  server.say(ScriptedServer::sent(bye, "tx2", 1, true));
  REQUIRE(program.ended(1));
  // As long as a connection that has served is kept, and more.
  CHECK_FALSE(program.until([&] { return outcome.told; }, 3s));
  server.say(ScriptedServer::response(200, "tx2", {}, "BYE"));
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK_FALSE(outcome.error);
  CHECK(outcome.message.status == 200);
  CHECK(server.is_let_go());
}

TEST_CASE_METHOD(Dialled,
                 "The other leg goes out over the connection of the first, which is kept for both",
                 "[agent]") {
  call_in(server, program);
  Outcome elsewhere;
  place(program, elsewhere);
  REQUIRE(program.until([&] { return elsewhere.told; }));
  CHECK(elsewhere.error == Errc::no_link);
  const ScratchFolder folder;
  Agent other{program.io, folder / "other.db"};
  Outcome of_another;
  other.siprequest("sip:far@127.0.0.1", {.beside = program.dialog()}, of_another.call_handler());
  REQUIRE(program.until([&] { return of_another.told; }));
  CHECK(of_another.error == Errc::no_dialog);
  Outcome leg;
  place(program, leg, {.beside = program.dialog()});
  const Heard invite = server.hear();
  CHECK(invite.message.method == "INVITE");
  server.say(in_call("c2", ScriptedServer::sent(invite, "txb")));
  program.response->send(486);
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  REQUIRE(program.ended(1));
  // As long as a connection that has served is kept, and more.
  CHECK_FALSE(program.until([&] { return leg.told; }, 3s));
  server.say(in_call("c2", ScriptedServer::response(486, "txb")));
  REQUIRE(program.until([&] { return leg.told; }));
  CHECK(leg.error == Errc::rejected);
  CHECK(server.is_let_go());
}

TEST_CASE_METHOD(Dialled, "A connection that goes takes its calls with it", "[agent]") {
  bool up = false;
  SECTION("answered") { up = true; }
  SECTION("ringing") {}
  up ? call_up(server, program) : call_in(server, program);
  server.drop();
  REQUIRE(program.ended(1));
  CHECK(program.dialog().cause() == Cause::lost);
  CHECK(program.agent->dialogs().empty());
}

TEST_CASE_METHOD(
    Dialled, "The connection of a challenged INVITE is closed, though its retry goes on elsewhere",
    "[agent]") {
  call_in(server, program);
  program.response->send(407);
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  REQUIRE(program.ended(1));
  ScriptedServer retry;
  retry.dial(program, port);
  retry.say(ScriptedServer::invite("tx2", {.cseq = 2, .branch = "z9hG4bK-2", .body = our_sdp}));
  REQUIRE(program.until([&] { return program.asked == 2; }));
  CHECK(server.is_let_go());
  program.response->send(486);
  CHECK(retry.hear().message.status == 486);
}

TEST_CASE("A connection that goes leaves its calls to one that the program has dialled",
          "[agent]") {
  ScriptedServer server;
  Patient program{server};
  const std::uint16_t port = program.agent->listen({.host = "127.0.0.1", .port = 0});
  ScriptedServer dialled;
  program.agent->connect({.port = dialled.port(), .name = "127.0.0.1"});
  dialled.accept(program);
  server.dial(program, port);
  SECTION("answered") {
    call_up(server, program);
    server.drop();
    CHECK(dialled.hear().message.method == "OPTIONS");
  }
  SECTION("not answered") {
    call_in(server, program);
    server.drop();
    CHECK(dialled.hears_nothing());
    program.response->send(486);
    CHECK(dialled.hear().message.status == 486);
  }
  CHECK(program.ends.empty());
}

TEST_CASE("Calls over connections that went with a program are lost when it listens again",
          "[agent]") {
  Sim sim;
  const ScratchFolder folder;
  ScriptedServer server;
  {
    Patient program{server, folder / "calls.db"};
    const std::uint16_t port = program.agent->listen({.host = "127.0.0.1", .port = 0});
    server.dial(program, port);
    call_up(server, program);
  }
  Program again{sim, folder / "calls.db"};
  REQUIRE(again.agent->dialogs().size() == 1);
  const bool is_dialled = GENERATE(false, true);
  again.agent->listen({.host = "127.0.0.1", .port = 0});
  if (is_dialled)
    again.agent->connect({.port = sim.port(), .secret = "cymru", .name = "127.0.0.1"});
  REQUIRE(again.ended(1));
  CHECK(again.ends.front() ==
        (is_dialled ? "the server does not know it" : "the connection it came on is gone"));
  CHECK(again.agent->dialogs().empty());
}
