// The program is called: each way a call in may go, and what is answered where nobody listens.
#include "agent/agent_program.hpp"

using namespace drachtio;
using namespace drachtio::test;
using namespace std::chrono_literals;
using boost::system::error_code;

namespace {

void answer_calls(Program& program) {
  program.agent->invite([](Request&, Response& res) { res.send(200, {.body = our_sdp}); });
}

}  // namespace

TEST_CASE("A call in is answered, created once its ACK is logged, and ended by the far end",
          "[agent]") {
  Sim sim{{"--talk", "50"}};
  Program program{sim};
  std::string user;
  std::string subject;
  program.agent->invite([&](Request& req, Response& res) {
    CHECK(req.method() == "INVITE");
    CHECK(req.from().user == "hangup");
    CHECK(req.header("i") == req.message().call_id());
    CHECK(req.source().server == "sim");
    CHECK(req.source().protocol == "udp");
    CHECK(req.dialog().state() == State::pending);
    res.send(200, {.body = our_sdp}, [&](error_code error, const SipMessage& sent) {
      CHECK_FALSE(error);
      CHECK(sent.status == 200);
      CHECK_FALSE(sent.to().tag.empty());
    });
  });
  program.connect();
  sim.command("call 1 0 hangup");
  REQUIRE(program.ended(1));
  CHECK(program.ends.front() == "normal far end release");
  CHECK(program.created.size() == 1);
  REQUIRE(program.until([&] { return program.story().ends_with("responded:BYE/200"); }));
  CHECK(program.story() == "invited answered confirmed terminated responded:BYE/200");
  const SipDialog dialog = program.created.front();
  CHECK(dialog.role() == Role::uas);
  CHECK(dialog.state() == State::terminated);
  CHECK(dialog.calling_party().user == "hangup");
  CHECK(dialog.local().sdp == our_sdp);
}

TEST_CASE("A call that the program ends", "[agent]") {
  Sim sim;
  Program program{sim};
  answer_calls(program);
  error_code ended = Errc::no_link;
  program.agent->on_create().connect([&](const DialogEvent& told) {
    told.dialog.terminate([&](error_code error, const SipMessage& answer) {
      ended = error;
      CHECK(answer.status == 200);
    });
  });
  program.connect();
  sim.command("call");
  REQUIRE(program.ended(1));
  REQUIRE(program.until([&] { return !ended; }));
  CHECK(program.ends.front() == "normal near end release");

  SECTION("to end it again succeeds, and says so") {
    bool told = false;
    program.created.front().terminate([&](error_code error, const SipMessage& answer) {
      told = true;
      CHECK_FALSE(error);
      CHECK(answer.status == 0);
      CHECK(answer.reason == "the dialog had ended");
    });
    REQUIRE(program.until([&] { return told; }));
    CHECK(sim.stats()["requests"] == 1);
  }
}

TEST_CASE("A call in that the program sends INFO in, holds, takes off hold and ends", "[agent]") {
  Sim sim;
  Program program{sim};
  answer_calls(program);
  std::vector<int> answers;
  program.agent->on_create().connect([&](const DialogEvent& told) {
    const SipDialog dialog = told.dialog;
    const auto note = [&](error_code error, const SipMessage& answer) {
      CHECK_FALSE(error);
      answers.push_back(answer.status);
    };
    dialog.request("INFO", {.headers = {{"Content-Type", "text/plain"}}, .body = "hello"}, note);
    dialog.hold(note);
    dialog.unhold([=](error_code error, const SipMessage& answer) {
      note(error, answer);
      dialog.terminate(note);
    });
  });
  program.connect();
  sim.command("call");
  REQUIRE(program.until([&] { return answers.size() == 4; }));
  CHECK(answers == std::vector{200, 200, 200, 200});
  std::vector<Modification> done;
  for (const Event& event : program.events) {
    if (event.modification) done.push_back(*event.modification);
  }
  CHECK(done == std::vector{Modification::hold, Modification::unhold});
  CHECK(program.ends == std::vector<std::string>{"normal near end release"});
}

TEST_CASE("A call that is refused, and one that is challenged and tried again", "[agent]") {
  Sim sim{{"--talk", "20"}};
  Program program{sim};
  program.agent->invite([&](Request& req, Response& res) {
    if (req.from().user == "wait") return res.send(486, "Busy, Really");
    if (req.header("Proxy-Authorization").empty()) {
      return res.send(407,
                      {.headers = {{"Proxy-Authenticate", "Digest realm=\"a\", nonce=\"b\""}}});
    }
    res.send(200, {.body = our_sdp});
  });
  program.connect();
  SECTION("refused") {
    sim.command("call 1 0 wait");
    REQUIRE(program.ended(1));
    CHECK(program.ends.front() == "486 Busy, Really");
  }
  SECTION("challenged") {
    sim.command("call 1 0 auth");
    REQUIRE(program.until([&] { return program.created.size() == 1; }));
    CHECK(program.story() == "invited challenged invited answered confirmed");
    CHECK(program.agent->dialogs().size() == 1);
  }
}

TEST_CASE("The caller's CANCEL reaches the handler, and nothing can be answered then", "[agent]") {
  Sim sim;
  Program program{sim};
  bool cancelled = false;
  error_code late;
  const std::string caller = GENERATE("cancel", "hasty");
  program.agent->invite([&](Request& req, Response& res) {
    if (caller == "cancel") res.send(180);
    req.on_cancel().connect([&, res](const SipMessage& cancel) {
      cancelled = true;
      CHECK(cancel.method == "CANCEL");
      res.send(200, {.body = our_sdp}, [&](error_code error, const SipMessage&) { late = error; });
    });
  });
  program.connect();
  sim.command("call 1 0 " + caller);
  REQUIRE(program.ended(1));
  REQUIRE(program.until([&] { return late == Errc::cancelled; }));
  CHECK(cancelled);
  CHECK(program.ends.front() == "Call completed elsewhere");
}

TEST_CASE("RFC 3262: a reliable provisional answer and its PRACK", "[agent]") {
  Sim sim;
  Program program{sim};
  program.agent->invite([&](Request&, Response& res) {
    res.send_reliably(183, {.body = our_sdp}, [res](error_code error, const SipMessage& prack) {
      CHECK_FALSE(error);
      CHECK(prack.method == "PRACK");
      res.send(200, {.body = our_sdp});
    });
  });
  program.connect();
  sim.command("call 1 0 prack");
  REQUIRE(program.until([&] { return program.created.size() == 1; }));
  CHECK(program.story() == "invited progressed early responded:PRACK/200 answered confirmed");
}

TEST_CASE("RFC 3264: a late offer in: our 200 offers, the ACK answers", "[agent]") {
  Sim sim{{"--talk", "20"}};
  Program program{sim};
  answer_calls(program);
  program.connect();
  sim.command("call 1 0 late");
  REQUIRE(program.ended(1));
  const auto state = program.created.front().snapshot();
  CHECK(state->local.sdp == our_sdp);
  REQUIRE(state->remote.sdp);
  CHECK(state->remote.sdp->find("o=far") != std::string::npos);
}

TEST_CASE("No ACK: the server hangs up, and nothing is answered to its BYE", "[agent]") {
  Sim sim{{"--ack-timeout", "50"}};
  Program program{sim};
  answer_calls(program);
  program.connect();
  sim.command("call 1 0 noack");
  REQUIRE(program.ended(1));
  CHECK(program.ends.front() == "ACK timeout");
  CHECK(program.created.empty());
  CHECK(program.story() == "invited answered terminated");
}

TEST_CASE("RFC 4028: a session timer that runs out ends the call in the server's name", "[agent]") {
  Sim sim{{"--talk", "20"}};
  Program program{sim};
  answer_calls(program);
  program.connect();
  sim.command("call 1 0 expires");
  REQUIRE(program.ended(1));
  CHECK(program.ends.front() == "Session timer expired");
  CHECK(program.story() == "invited answered confirmed terminated");
}

TEST_CASE("RFC 3311: an UPDATE of the caller before the answer is an offer of its own", "[agent]") {
  Sim sim;
  Program program{sim};
  std::optional<Response> waiting;
  program.agent->invite([&](Request&, Response& res) {
    waiting = res;
    res.send_reliably(183, {.body = our_sdp}, {});
  });
  program.agent->on_event().connect([&](const DialogEvent& told) {
    if (told.event.type == EventType::modified) waiting->send(200);
  });
  program.connect();
  sim.command("call 1 0 update");
  REQUIRE(program.until([&] { return program.created.size() == 1; }));
  CHECK(program.story() ==
        "invited progressed early responded:PRACK/200 offered modified answered confirmed");
  CHECK(program.created.front().held() == Hold::remote);
  CHECK(sim.stats()["unanswered"] == 0);
}

TEST_CASE("A call that nothing is answered to is forgotten by the server, and lost",
          "[agent][slow]") {
  Sim sim{{"--forget-after", "1"}};
  Program program{sim, {.forgotten_after = 2500ms}};
  std::optional<Response> waiting;
  program.agent->invite([&](Request&, Response& res) { waiting = res; });
  program.connect();
  sim.command("call");
  REQUIRE(program.ended(1));
  CHECK(program.ends.front() == "the server does not know it");
  CHECK(sim.stats()["unanswered"] == 0);
}

TEST_CASE("A handler that throws answers 500", "[agent]") {
  Sim sim;
  Program program{sim};
  program.agent->invite([](Request&, Response&) { throw std::runtime_error{"a bug"}; });
  program.connect();
  sim.command("call");
  REQUIRE(program.ended(1));
  CHECK(program.ends.front() == "500 Server Internal Error");
}

TEST_CASE("A second final answer is an error, not a second frame", "[agent]") {
  Sim sim;
  Program program{sim};
  error_code second;
  program.agent->invite([&](Request&, Response& res) {
    res.send(200, {.body = our_sdp});
    CHECK(res.answered());
    res.send(486, {}, [&](error_code error, const SipMessage&) { second = error; });
  });
  program.connect();
  sim.command("call");
  REQUIRE(program.until([&] { return second == Errc::answered_already; }));
  REQUIRE(program.until([&] { return program.created.size() == 1; }));
}

TEST_CASE("What would be no SIP message, or too long for a server, is refused here", "[agent]") {
  Sim sim;
  Program program{sim};
  std::vector<error_code> errors;
  std::string why;
  program.agent->invite([&](Request&, Response& res) {
    const auto note = [&](error_code error, const SipMessage& message) {
      errors.push_back(error);
      why = message.reason;
    };
    res.send(200, {.headers = {{"Subject", "two\r\nVia: lines"}}}, note);
    res.send(200, {.body = "not SDP, and no Content-Type"}, note);
    res.send(99, {}, note);
    res.send(200, {.headers = {{"X-Long", std::string(13'000, 'x')}}, .body = our_sdp}, note);
  });
  program.connect();
  sim.command("call");
  REQUIRE(program.until([&] { return errors.size() == 4; }));
  CHECK(errors ==
        std::vector<error_code>{Errc::malformed, Errc::malformed, Errc::malformed, Errc::too_long});
  CHECK(why.find("12228") != std::string::npos);
}

TEST_CASE("Long frames go out one at a time", "[agent]") {
  Sim sim;
  Program program{sim};
  program.agent->invite([&](Request&, Response& res) {
    res.send(200, {.headers = {{"X-Long", std::string(9'000, 'x')}}, .body = our_sdp});
  });
  program.connect();
  sim.command("call 20");
  REQUIRE(program.until([&] { return program.created.size() == 20; }));
}

TEST_CASE("Frames that come in pieces make the same calls", "[agent]") {
  Sim sim{{"--talk", "20", "--split", "7"}};
  Program program{sim};
  answer_calls(program);
  program.connect();
  sim.command("call 3 0 hangup");
  REQUIRE(program.ended(3));
}
