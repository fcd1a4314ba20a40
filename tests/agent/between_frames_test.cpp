// What may come between two frames of a call's beginning: a link that goes, or we who give up.
#include "agent/scripted_server.hpp"

#include <boost/asio/post.hpp>

using namespace drachtio;
using namespace drachtio::test;
using namespace std::chrono_literals;
using boost::system::error_code;

// --- the link goes ------------------------------------------------------------------------------

TEST_CASE_METHOD(Scripted,
                 "The link goes right after an INVITE came: the program answers when it is back",
                 "[agent]") {
  server.say(ScriptedServer::invite("tx1", {.body = our_sdp}));
  server.drop();
  REQUIRE(program.until([&] { return program.asked == 1; }));
  server.accept(program);
  program.response->send(486);
  const Heard answer = server.hear();
  CHECK(answer.message.status == 486);
  CHECK(answer.tokens.at(1) == "tx1");
}

TEST_CASE_METHOD(Scripted,
                 "An answer given while the link is away was not given: it may be given again",
                 "[agent]") {
  call_in(server, program);
  server.drop();
  bool down = false;
  program.agent->on_disconnect().connect([&](const auto&, const auto&) { down = true; });
  REQUIRE(program.until([&] { return down; }));
  Outcome outcome;
  program.response->send(200, {.body = our_sdp}, outcome.handler());
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK(outcome.error == Errc::no_link);
  CHECK_FALSE(program.response->answered());
  server.accept(program);
  program.response->send(200, {.body = our_sdp});
  CHECK(server.hear().message.status == 200);
}

TEST_CASE_METHOD(Scripted, "The link goes between our 200 and its echo: it is sent again",
                 "[agent]") {
  call_in(server, program);
  Outcome outcome;
  program.response->send(200, {.body = our_sdp}, outcome.handler());
  CHECK(server.hear().message.status == 200);
  server.drop();
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK(outcome.error == Errc::no_link);
  server.accept(program);
  const Heard again = server.hear();
  CHECK(again.message.status == 200);
  CHECK(again.tokens.at(1) == "tx1");
  SECTION("it had been lost") { server.say(ScriptedServer::echo(again, "tx1")); }
  SECTION("the server had it: it knows a dialog") {
    server.say(ScriptedServer::refused(again, no_transaction));
  }
  const Heard probe = server.hear();
  CHECK(probe.message.method == "OPTIONS");
  server.say(ScriptedServer::sent(probe, "tx2", 1, true));
  server.say(ScriptedServer::response(200, "tx2", {}, "OPTIONS"));
  REQUIRE(program.until([&] { return program.dialog().state() == State::stable; }));
  CHECK_FALSE(program.dialog().can_receive());
}

TEST_CASE_METHOD(
    Scripted,
    "The link goes right after our INVITE went out: the handler is told, the call given up",
    "[agent]") {
  Outcome outcome;
  place(program, outcome);
  const Heard invite = server.hear();
  server.say(ScriptedServer::sent(invite, "tx1"));
  SECTION("unanswered") {
    server.drop();
    REQUIRE(program.until([&] { return outcome.told; }));
    CHECK(outcome.error == Errc::no_link);
    server.accept(program);
    const Heard cancel = server.hear();
    CHECK(cancel.message.method == "CANCEL");
    CHECK(cancel.tokens.at(1) == "tx1");
  }
  SECTION("answered: the 2xx has its ACK all the same") {
    server.say(ScriptedServer::response(200, "tx1", {.body = our_sdp}));
    server.drop();
    REQUIRE(program.until([&] { return outcome.told; }));
    CHECK_FALSE(outcome.error);
    server.accept(program);
    const Heard ack = server.hear();
    CHECK(ack.message.method == "ACK");
    server.say(ScriptedServer::sent(ack, "tx1", 1));
    CHECK(server.hear().message.method == "OPTIONS");
    REQUIRE(program.until([&] { return program.created.size() == 1; }));
  }
}

// --- we give up ---------------------------------------------------------------------------------

TEST_CASE_METHOD(Scripted,
                 "A CANCEL that comes after the 2xx is refused: the call is hung up by us",
                 "[agent]") {
  Outcome outcome;
  Outcome ended;
  const SipCall call = place(program, outcome);
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  server.say(ScriptedServer::response(180, "tx1"));
  REQUIRE(program.until([&] { return call.dialog().remote().tag.has_value(); }));
  const bool by_dialog = GENERATE(false, true);
  by_dialog ? call.dialog().terminate(ended.handler()) : call.cancel();
  const Heard cancel = server.hear();
  CHECK(cancel.message.method == "CANCEL");
  server.say(ScriptedServer::response(200, "tx1", {.body = our_sdp}));
  server.say(ScriptedServer::refused(cancel, "unable to cancel unknown transaction id"));
  const Heard ack = server.hear();
  CHECK(ack.message.method == "ACK");
  server.say(ScriptedServer::sent(ack, "tx1"));
  const Heard bye = server.hear();
  CHECK(bye.message.method == "BYE");
  server.say(ScriptedServer::sent(bye, "tx2", 2));
  server.say(ScriptedServer::response(200, "tx2", {.cseq = 2}, "BYE"));
  REQUIRE(program.ended(1));
  REQUIRE(program.until([&] { return outcome.told && (!by_dialog || ended.told); }));
  CHECK(outcome.error == Errc::cancelled);
  CHECK_FALSE(ended.error);
  CHECK(program.ends == std::vector<std::string>{"normal near end release"});
}

TEST_CASE_METHOD(Scripted,
                 "To give up before the 2xx is told of hangs up: told of it is `cancelled`",
                 "[agent]") {
  Outcome outcome;
  const SipCall call = place(program, outcome);
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  // In the turn between the 2xx and its handler's.
  program.agent->on_event().connect([&](const DialogEvent& told) {
    if (told.event.type != EventType::answered) return;
    boost::asio::post(program.io, [&] { call.cancel(); });
  });
  server.say(ScriptedServer::response(200, "tx1", {.body = our_sdp}));
  CHECK(server.hear().message.method == "ACK");
  CHECK(server.hear().message.method == "BYE");
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK(outcome.error == Errc::cancelled);
}

TEST_CASE_METHOD(Scripted,
                 "A call that was ended is not tried again after a challenge or redirection",
                 "[agent]") {
  Outcome outcome;
  Outcome ended;
  const SipCall call =
      place(program, outcome, {.auth = Credentials{"alice", "secret"}, .follow_redirects = true});
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  REQUIRE(program.until([&] { return bool{call.dialog()}; }));
  call.dialog().terminate(ended.handler());
  const Heard cancel = server.hear();
  CHECK(cancel.message.method == "CANCEL");
  const auto [status, headers] = GENERATE(
      table<int, std::string>({{407, "Proxy-Authenticate: Digest realm=\"a\", nonce=\"b\"\r\n"},
                               {302, "Contact: <sip:elsewhere@127.0.0.1>\r\n"}}));
  server.say(ScriptedServer::response(status, "tx1", {.headers = headers}));
  server.say(ScriptedServer::sent(cancel, "tx2"));
  REQUIRE(program.until([&] { return outcome.told && ended.told; }));
  CHECK(outcome.error == Errc::cancelled);
  CHECK(server.hears_nothing());
}

TEST_CASE_METHOD(Scripted, "To end a call while our 200 is on its way is to hang up", "[agent]") {
  call_in(server, program);
  program.response->send(200, {.body = our_sdp});
  Outcome ended;
  program.dialog().terminate(ended.handler());
  const Heard answer = server.hear();
  CHECK(answer.message.status == 200);
  SECTION("it arrives: once its ACK has come (RFC 3261 15)") {
    server.say(ScriptedServer::echo(answer, "tx1"));
    CHECK(server.hears_nothing());
    SECTION("it comes") {
      server.say(ScriptedServer::request("ACK", "tx1", {.branch = "z9hG4bK-ack"}));
    }
    SECTION("the link goes, and the ACK with it") {
      server.drop();
      REQUIRE(program.until([&] { return ended.told; }));
      CHECK(ended.error == Errc::no_link);
      return;
    }
    const Heard bye = server.hear();
    CHECK(bye.message.method == "BYE");
    server.say(ScriptedServer::sent(bye, "tx2", 1, true));
    REQUIRE(program.ended(1));
    CHECK(program.ends.front() == "normal near end release");
  }
  SECTION("the server never gets its ACK, and hangs up") {
    server.say(ScriptedServer::echo(answer, "tx1"));
    server.say(ScriptedServer::hang_up("ACK timeout"));
    REQUIRE(program.until([&] { return ended.told; }));
    CHECK_FALSE(ended.error);
    CHECK(program.ends == std::vector<std::string>{"ACK timeout"});
  }
  SECTION("the server knows no such call: it is asked about") {
    server.say(ScriptedServer::refused(answer, no_transaction));
    server.say(ScriptedServer::refused(server.hear(), no_dialog));
    REQUIRE(program.until([&] { return ended.told; }));
    CHECK_FALSE(ended.error);
    CHECK(program.dialog().cause() == Cause::lost);
  }
  SECTION("the server has something else against it: the call is refused") {
    server.say(ScriptedServer::refused(answer, "failed sending"));
    CHECK(server.hear().message.status == 480);
  }
}

TEST_CASE_METHOD(Scripted, "Who ends a ringing call after its CANCEL went out is told, too",
                 "[agent]") {
  Outcome outcome;
  Outcome first;
  Outcome second;
  const SipCall call = place(program, outcome);
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  server.say(ScriptedServer::response(180, "tx1"));
  REQUIRE(program.until([&] { return call.dialog().remote().tag.has_value(); }));
  call.dialog().terminate(first.handler());
  const Heard cancel = server.hear();
  server.say(ScriptedServer::sent(cancel, "tx2"));
  REQUIRE(program.until([&] { return first.told; }));
  call.dialog().terminate(second.handler());
  REQUIRE(program.until([&] { return second.told; }));
  CHECK_FALSE(second.error);
  CHECK(server.hears_nothing());
}

TEST_CASE_METHOD(Scripted, "stop() tells the re-INVITEs that wait to be tried again", "[agent]") {
  call_up(server, program);
  Outcome first;
  Outcome second;
  program.dialog().modify(our_sdp, first.handler());
  program.dialog().modify(our_sdp, second.handler());
  server.say(ScriptedServer::sent(server.hear(), "tx2", 1, true));
  server.say(created_by("far", ScriptedServer::response(491, "tx2")));
  REQUIRE(program.until([&] { return program.story().ends_with("responded:INVITE/491"); }));
  REQUIRE(server.hears_nothing());
  program.agent->stop();
  REQUIRE(program.until([&] { return first.told && second.told; }));
  CHECK(first.error == Errc::no_link);
  CHECK(second.error == Errc::no_link);
}

// --- forks -------------------------------------------------------------------------------------

TEST_CASE_METHOD(Scripted, "Each fork's late offer has an answer of its own", "[agent]") {
  Outcome outcome;
  const auto of_another_fork = [](std::string frame) {
    const std::size_t tag = frame.find(";tag=far\r\nCall-ID");
    REQUIRE(tag != std::string::npos);
    return frame.replace(tag, 8, ";tag=fork");
  };
  const SipCall call =
      place(program, outcome,
            {.late_offer = true, .on_provisional = [](const SipCall& ringing, const SipMessage&) {
               ringing.prack(our_sdp);
             }});
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  const Saying offer{.headers = "Require: 100rel\r\nRSeq: 1\r\n", .body = our_sdp};
  server.say(of_another_fork(ScriptedServer::response(183, "tx1", offer)));
  const Heard prack = server.hear();
  CHECK(prack.message.method == "PRACK");
  CHECK(prack.message.body == our_sdp);
  SECTION("the one that was PRACKed answers") {
    server.say(of_another_fork(ScriptedServer::response(200, "tx1")));
    CHECK(server.hear().message.method == "ACK");
  }
  SECTION("another answers, with its offer: that is the program's to answer") {
    server.say(ScriptedServer::response(200, "tx1", {.body = our_sdp}));
    REQUIRE(program.until([&] { return outcome.told; }));
    CHECK(server.hears_nothing());
    call.ack(our_sdp);
    const Heard ack = server.hear();
    CHECK(ack.message.method == "ACK");
    CHECK(ack.message.body == our_sdp);
  }
}

TEST_CASE_METHOD(Scripted, "A redirection to what is no SIP URI is the program's to follow",
                 "[agent]") {
  Outcome outcome;
  place(program, outcome, {.follow_redirects = true});
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  std::string moved = ScriptedServer::response(302, "tx1");
  moved.replace(moved.find("sip:far@127.0.0.1:5070>\r\nContent-Length"), 22, "tel:+49731");
  server.say(moved);
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK(outcome.error == Errc::rejected);
  CHECK(outcome.message.status == 302);
  CHECK(outcome.message.contact().uri == "tel:+49731");
}

TEST_CASE_METHOD(Scripted, "RFC 3261 9.1: only an INVITE is cancelled", "[agent]") {
  Outcome outcome;
  RequestOptions options{.method = "OPTIONS"};
  const SipCall call =
      program.agent->siprequest("sip:far@127.0.0.1:5070", options, outcome.call_handler());
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  Outcome cancelled;
  call.cancel({}, cancelled.handler());
  CHECK(server.hears_nothing());
  CHECK(cancelled.error == Errc::malformed);
  server.say(ScriptedServer::response(200, "tx1", {}, "OPTIONS"));
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK_FALSE(outcome.error);
}

TEST_CASE_METHOD(Scripted, "A long frame goes alone: what comes after it waits for its reply",
                 "[agent]") {
  const RequestOptions message{.method = "MESSAGE",
                               .headers = {{"X-Long", std::string(9'000, 'x')}}};
  program.agent->siprequest("sip:far@127.0.0.1:5070", message);
  program.agent->siprequest("sip:far@127.0.0.1:5070", message);
  const Heard first = server.hear();
  program.until([] { return false; }, 1s);
  CHECK_FALSE(server.has_said_more());
  server.say(ScriptedServer::sent(first, "tx1"));
  CHECK(server.hear().message.method == "MESSAGE");
}

TEST_CASE_METHOD(Scripted, "A route stands in the frame's first line", "[agent]") {
  program.agent->siprequest("sip:far@127.0.0.1:5070",
                            {.method = "OPTIONS", .route = "sip:proxy@192.0.2.1;lr"});
  const Heard frame = server.hear();
  CHECK(frame.tokens == std::vector<std::string>{"sip", "", "", "sip:proxy@192.0.2.1;lr"});
  CHECK(frame.message.uri == "sip:far@127.0.0.1:5070");
}
