// Holds and other re-INVITEs of the program: one at a time, tried again, refused (RFC 3261 14).
#include "agent/calling.hpp"
#include "agent/scripted_server.hpp"

using namespace drachtio;
using namespace drachtio::test;
using boost::system::error_code;

TEST_CASE("Hold and unhold, and what they are asked twice", "[agent]") {
  Sim sim;
  Program program{sim};
  program.connect();
  SipDialog dialog = call_out(program, "answer").dialog;
  CHECK(status_of(program, [&](auto done) { dialog.unhold(done); }) == 0);
  CHECK(status_of(program, [&](auto done) { dialog.hold(done); }) == 200);
  CHECK(dialog.held() == Hold::local);
  CHECK(dialog.local().sdp->find("a=sendonly") != std::string::npos);
  CHECK(status_of(program, [&](auto done) { dialog.hold(done); }) == 0);
  CHECK(status_of(program, [&](auto done) { dialog.unhold(done); }) == 200);
  CHECK(dialog.held() == Hold::none);
  CHECK(dialog.local().sdp->find("a=sendrecv") != std::string::npos);
}

TEST_CASE("RFC 3261 14.1: overlapping re-INVITEs wait for one another", "[agent]") {
  Sim sim;
  Program program{sim};
  program.connect();
  SipDialog dialog = call_out(program, "answer").dialog;
  std::vector<int> done;
  for (int i = 0; i < 5; ++i) {
    dialog.modify(our_sdp, [&done, i](error_code error, const SipMessage&) {
      CHECK_FALSE(error);
      done.push_back(i);
    });
  }
  REQUIRE(program.until([&] { return done.size() == 5; }));
  CHECK(done == std::vector{0, 1, 2, 3, 4});
  int open = 0;
  for (const Event& event : program.events) {
    if (event.type == EventType::offered) CHECK(++open == 1);
    if (event.type == EventType::modified) --open;
  }
}

TEST_CASE("RFC 3261 14.1: a 491 is tried again, another refusal is not", "[agent]") {
  Sim sim;
  Program program{sim};
  program.connect();
  SECTION("glare") {
    SipDialog dialog = call_out(program, "glare").dialog;
    CHECK(status_of(program, [&](auto done) { dialog.hold(done); }) == 200);
    CHECK(program.story().find("offered responded:INVITE/491 offered modified") !=
          std::string::npos);
  }
  SECTION("refused") {
    SipDialog dialog = call_out(program, "stubborn").dialog;
    CHECK(status_of(program, [&](auto done) { dialog.hold(done); }) == -1);
    CHECK(dialog.held() == Hold::none);
  }
}

TEST_CASE("RFC 3261 14.2: a re-INVITE that comes while ours is open is answered 491", "[agent]") {
  Sim sim;
  Program program{sim};
  program.connect();
  SipDialog dialog = call_out(program, "clash").dialog;
  CHECK(status_of(program, [&](auto done) { dialog.hold(done); }) == 200);
  REQUIRE(program.until(
      [&] { return program.story().find("responded:INVITE/491") != std::string::npos; }));
  CHECK(dialog.held() == Hold::local);
  CHECK(dialog.state() == State::stable);
  CHECK(sim.stats()["unanswered"] == 0);
}

TEST_CASE("A hold that waits for a modify holds what that has made", "[agent]") {
  Sim sim;
  Program program{sim};
  program.connect();
  SipDialog dialog = call_out(program, "answer").dialog;
  std::string other = our_sdp;
  other.replace(other.find("15000"), 5, "15002");
  dialog.modify(other);
  CHECK(status_of(program, [&](auto done) { dialog.hold(done); }) == 200);
  CHECK(dialog.local().sdp->find("m=audio 15002") != std::string::npos);
  CHECK(dialog.held() == Hold::local);
}

TEST_CASE_METHOD(Scripted, "A re-INVITE has the program's headers, and a Content-Type", "[agent]") {
  call_up(server, program);
  const SipDialog dialog = program.agent->find(program.dialog().dialog_id());
  REQUIRE(dialog == program.dialog());
  dialog.modify({.headers = {{"Subject", "more"}}, .body = our_sdp});
  const Heard offer = server.hear();
  CHECK(offer.message.method == "INVITE");
  CHECK(offer.message.headers["Subject"] == "more");
  CHECK(offer.message.headers["Content-Type"] == "application/sdp");
  CHECK(offer.message.body == our_sdp);
}

TEST_CASE("What is asked of a call that is over is told so, with a link or without", "[agent]") {
  Sim sim;
  Program program{sim};
  program.connect();
  SipDialog dialog = call_out(program, "answer").dialog;
  CHECK(status_of(program, [&](auto done) { dialog.terminate(done); }) == 200);
  SECTION("the link is up") {}
  SECTION("the link is down") {
    bool down = false;
    program.agent->on_disconnect().connect(
        [&](const std::string&, const std::string&) { down = true; });
    sim.command("drop");
    REQUIRE(program.until([&] { return down; }));
  }
  Outcome modified;
  Outcome asked;
  dialog.modify(our_sdp, modified.handler());
  dialog.request("INFO", {}, asked.handler());
  REQUIRE(program.until([&] { return modified.told && asked.told; }));
  CHECK(modified.error == Errc::dialog_over);
  CHECK(asked.error == Errc::dialog_over);
}
