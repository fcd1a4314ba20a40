// The program calls: each way a call out may go, and what it sends in calls that are up.
#include "agent/calling.hpp"

using namespace drachtio;
using namespace drachtio::test;
using namespace std::chrono_literals;
using boost::system::error_code;

TEST_CASE("A call out is answered, acknowledged and ended", "[agent]") {
  Sim sim;
  Program program{sim};
  program.connect();
  std::vector<int> provisional;
  SipDialog early;
  const Outcome outcome =
      call_out(program, "answer",
               {.headers = {{"From", "\"Dave\" <sip:dave@127.0.0.1>"}, {"Subject", "a call"}},
                .on_provisional = [&](const SipCall&,
                                      const SipMessage& m) { provisional.push_back(m.status); },
                .on_dialog = [&](const SipDialog& dialog) { early = dialog; }});
  CHECK_FALSE(outcome.error);
  CHECK(provisional == std::vector{180});
  CHECK(early == outcome.dialog);
  REQUIRE(program.until([&] { return program.created.size() == 1; }));
  SipDialog dialog = outcome.dialog;
  CHECK(dialog.role() == Role::uac);
  CHECK(dialog.calling_party().display == "Dave");
  CHECK(status_of(program, [&](auto done) { dialog.terminate(done); }) == 200);
  CHECK(program.story() == "invited progressed answered confirmed terminated responded:BYE/200");
  CHECK(sim.stats()["dialogs"] == 0);
}

TEST_CASE("A call out is refused", "[agent]") {
  Sim sim;
  Program program{sim};
  program.connect();
  const auto [user, status] = GENERATE(std::pair{"busy", 486}, std::pair{"notfound", 404});
  const Outcome outcome = call_out(program, user);
  CHECK(outcome.error == Errc::rejected);
  CHECK(outcome.message.status == status);
  CHECK(outcome.dialog.state() == State::terminated);
}

TEST_CASE("RFC 3261 8.1.3.4: a redirection is followed where that is asked for", "[agent]") {
  Sim sim;
  Program program{sim};
  program.connect();
  SECTION("no") { CHECK(call_out(program, "redirect").message.status == 302); }
  SECTION("yes: one call, not two") {
    const Outcome outcome = call_out(program, "redirect", {.follow_redirects = true});
    CHECK_FALSE(outcome.error);
    REQUIRE(program.until([&] { return program.created.size() == 1; }));
    CHECK(program.story() == "invited rejected invited progressed answered confirmed");
  }
}

TEST_CASE("RFC 7616, RFC 8760: a challenge is answered, in the same call", "[agent]") {
  Sim sim;
  Program program{sim};
  program.connect();
  const std::string user = GENERATE("challenge", "challenge401", "challenge512", "stale");
  SECTION("with the right password") {
    const Outcome outcome = call_out(program, user, {.auth = Credentials{"alice", "secret"}});
    INFO(user);
    CHECK_FALSE(outcome.error);
    REQUIRE(program.until([&] { return program.created.size() == 1; }));
    CHECK(program.agent->dialogs().size() == 1);
    CHECK(program.story().starts_with("invited challenged invited"));
    std::vector<std::uint32_t> cseqs;
    for (const Event& event : program.events) {
      if (event.type == EventType::invited) cseqs.push_back(event.cseq);
    }
    for (std::size_t i = 1; i < cseqs.size(); ++i) CHECK(cseqs[i] == cseqs[i - 1] + 1);
  }
  SECTION("with a wrong one") {
    const Outcome outcome = call_out(program, user, {.auth = Credentials{"alice", "wrong"}});
    CHECK(outcome.error == Errc::rejected);
    CHECK(outcome.message.status == 403);
  }
  SECTION("without any") { CHECK(call_out(program, user).error == Errc::rejected); }
}

TEST_CASE("RFC 3262: a reliable provisional answer gets its PRACK by itself", "[agent]") {
  Sim sim;
  Program program{sim};
  program.connect();
  CHECK_FALSE(call_out(program, "prack").error);
  REQUIRE(program.until([&] { return program.created.size() == 1; }));
  CHECK(program.story() == "invited progressed early responded:PRACK/200 answered confirmed");
}

TEST_CASE("RFC 3261 13.2.2.4: two callees ring, one answers", "[agent]") {
  Sim sim;
  Program program{sim};
  program.connect();
  std::vector<std::string> tags;
  const Outcome outcome =
      call_out(program, "fork", {.on_provisional = [&](const SipCall&, const SipMessage& ringing) {
                 tags.push_back(ringing.to().tag);
               }});
  CHECK(tags == std::vector<std::string>{"fork1", "fork2"});
  CHECK(outcome.dialog.remote().tag == "fork1");
}

TEST_CASE("A late offer out: the 2xx offers, the program answers in its ACK", "[agent]") {
  Sim sim;
  Program program{sim};
  program.connect();
  Outcome outcome;
  const SipCall out = program.agent->siprequest("sip:answer@127.0.0.1:5070", {.late_offer = true},
                                                outcome.call_handler());
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK(outcome.message.body.find("o=far") != std::string::npos);
  CHECK(program.created.empty());
  out.ack(our_sdp);
  REQUIRE(program.until([&] { return program.created.size() == 1; }));
  CHECK(out.dialog().local().sdp == our_sdp);
}

TEST_CASE("CANCEL: before the answer, before the server has spoken, and as the 200 comes",
          "[agent]") {
  Sim sim;
  Program program{sim};
  program.connect();
  Outcome outcome;
  SECTION("while it rings") {
    program.agent->siprequest(
        "sip:ring@127.0.0.1:5070",
        {.body = our_sdp,
         .on_provisional = [](const SipCall& out, const SipMessage&) { out.cancel(); }},
        outcome.call_handler());
    REQUIRE(program.until([&] { return outcome.told; }));
    CHECK(outcome.message.status == 487);
  }
  SECTION("at once") {
    program.agent->siprequest("sip:ring@127.0.0.1:5070", {.body = our_sdp}, outcome.call_handler())
        .cancel();
    REQUIRE(program.until([&] { return outcome.told; }));
    CHECK(outcome.message.status == 487);
  }
  SECTION("by the dialog's handle") {
    program.agent->siprequest(
        "sip:ring@127.0.0.1:5070",
        {.body = our_sdp, .on_dialog = [](const SipDialog& d) { d.terminate(); }},
        outcome.call_handler());
    REQUIRE(program.until([&] { return outcome.told; }));
    CHECK(outcome.message.status == 487);
  }
  SECTION("crossing the 200: ACK, and the server hangs up") {
    program.agent->siprequest(
        "sip:crossing@127.0.0.1:5070",
        {.body = our_sdp,
         .on_provisional = [](const SipCall& out, const SipMessage&) { out.cancel(); }},
        outcome.call_handler());
    REQUIRE(program.ended(1));
    CHECK(program.ends.front() == "ACK-BYE due to cancel race condition");
    CHECK(program.story().find("confirmed terminated") != std::string::npos);
  }
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK((outcome.error == Errc::cancelled || outcome.error == Errc::rejected));
  CHECK(sim.stats()["dialogs"] == 0);
}

TEST_CASE("Any request in the dialog, and its answer", "[agent]") {
  Sim sim;
  Program program{sim};
  program.connect();
  SipDialog dialog = call_out(program, "answer").dialog;
  const std::string method = GENERATE("INFO", "MESSAGE", "OPTIONS", "NOTIFY", "REFER", "UPDATE");
  Content content;
  if (method == "INFO") {
    content = {.headers = {{"Content-Type", "application/dtmf-relay"}}, .body = "Signal=5\r\n"};
  }
  if (method == "REFER") content.headers.add("Refer-To", "<sip:carol@127.0.0.1>");
  const int status = status_of(program, [&](auto done) { dialog.request(method, content, done); });
  CHECK(status == (method == "REFER" ? 202 : 200));
}

TEST_CASE("A request out of dialog", "[agent]") {
  Sim sim;
  Program program{sim};
  program.connect();
  const Outcome outcome = call_out(program, "bob", {.method = "OPTIONS"});
  CHECK_FALSE(outcome.error);
  CHECK(outcome.message.status == 200);
  CHECK_FALSE(outcome.dialog);
  CHECK(program.story().empty());
}

TEST_CASE("Without a link there is no call, and no exception", "[agent]") {
  Sim sim;
  Program program{sim};
  const Outcome outcome = call_out(program, "answer");
  CHECK(outcome.error == Errc::no_link);
  CHECK_FALSE(outcome.message.reason.empty());
}

TEST_CASE("A link that is lost fails what waits for it, and leaves the calls", "[agent]") {
  Sim sim;
  Program program{sim};
  program.connect();
  SipDialog up = call_out(program, "answer").dialog;
  Outcome ringing;
  program.agent->siprequest(
      "sip:ring@127.0.0.1:5070",
      {.body = our_sdp,
       .on_provisional = [&](const SipCall&, const SipMessage&) { sim.command("drop"); }},
      ringing.call_handler());
  REQUIRE(program.until([&] { return ringing.told; }));
  CHECK(ringing.error == Errc::no_link);
  CHECK(up.state() == State::stable);
  // It comes up again by itself; the call is there, and can be ended.
  bool again = false;
  program.agent->on_connect().connect([&](const std::string&) { again = true; });
  REQUIRE(program.until([&] { return again; }));
  CHECK(status_of(program, [&](auto done) { up.terminate(done); }) == 200);
  REQUIRE(program.until([&] { return program.agent->dialogs().empty(); }));
  CHECK(sim.stats()["dialogs"] == 0);
}

TEST_CASE("An empty handle does nothing, and says so", "[agent]") {
  SipDialog nobody;
  CHECK_FALSE(nobody);
  CHECK(nobody.state() == State::pending);
  error_code told;
  nobody.terminate([&](error_code error, const SipMessage&) { told = error; });
  CHECK(told == Errc::no_dialog);
}

TEST_CASE("A challenge in the dialog is answered with the call's credentials", "[agent]") {
  Sim sim;
  Program program{sim};
  program.connect();
  SECTION("which it has") {
    SipDialog dialog = call_out(program, "picky", {.auth = Credentials{"alice", "secret"}}).dialog;
    CHECK(status_of(program, [&](auto done) { dialog.request("OPTIONS", {}, done); }) == 200);
  }
  SECTION("which it has not") {
    SipDialog dialog = call_out(program, "picky").dialog;
    CHECK(status_of(program, [&](auto done) { dialog.request("OPTIONS", {}, done); }) == 407);
  }
}

TEST_CASE("To end a call twice at once is one BYE, and both are told", "[agent]") {
  Sim sim;
  Program program{sim};
  program.connect();
  SipDialog dialog = call_out(program, "answer").dialog;
  int told = 0;
  const auto done = [&](error_code error, const SipMessage& answer) {
    ++told;
    CHECK_FALSE(error);
    CHECK(answer.status == 200);
  };
  dialog.terminate(done);
  dialog.terminate(done);
  REQUIRE(program.until([&] { return told == 2; }));
  int byes = 0;
  for (const Event& event : program.events) byes += event.method == "BYE" && event.status == 0;
  CHECK(byes == 1);
}

TEST_CASE("A callback that throws disturbs nobody", "[agent]") {
  Sim sim;
  Program program{sim};
  program.agent->on_connect().connect(
      [](const std::string&) { throw std::runtime_error{"a bug"}; });
  program.connect();
  SipDialog dialog = call_out(program, "answer").dialog;
  dialog.on_terminate().connect(
      [](const SipDialog&, const SipMessage&) { throw std::runtime_error{"a bug"}; });
  dialog.request("OPTIONS", {}, [](error_code, const SipMessage&) { throw 7; });
  CHECK(status_of(program, [&](auto done) { dialog.terminate(done); }) == 200);
  CHECK(program.ended(1));
}

TEST_CASE("Only what is a SIP URI is sent on", "[agent]") {
  Sim sim;
  Program program{sim};
  program.connect();
  const auto refused = [&](const std::string& uri, const std::string& route = {}) {
    Outcome outcome;
    program.agent->siprequest(uri, {.body = our_sdp, .route = route}, outcome.call_handler());
    REQUIRE(program.until([&] { return outcome.told; }));
    return outcome.error == Errc::malformed;
  };
  CHECK(refused("tel:+123"));  // a drachtio-server 0.9.10 dies of it
  CHECK(refused("bob@127.0.0.1"));
  CHECK(refused("sip:bob@127.0.0.1 x"));
  CHECK(refused("sip:answer@h", "sip:x|y"));
  CHECK(refused("sip:answer@h", "sip:x\r\nINVITE sip:evil SIP/2.0"));
  CHECK(sim.stats()["requests"] == 0);
  CHECK_FALSE(refused("SIPS:answer@127.0.0.1:5071"));
}
