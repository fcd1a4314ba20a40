// Links of a program: lost in each state of a call and back, under TLS, to two servers at once.
#include "agent/agent_program.hpp"
#include "net/certificate.hpp"
#include "net/contains.hpp"
#include "net/relayed.hpp"
#include "program.hpp"

using namespace drachtio;
using namespace drachtio::test;
using namespace std::chrono_literals;
using boost::system::error_code;

namespace {

// A program whose link is lost when its calls have come to a point, and comes back by itself.
class Interrupted : public Program {
 public:
  explicit Interrupted(Sim& sim) : Program(sim), sim_(sim) {
    agent->on_connect().connect([this](const std::string&) { ++connects_; });
  }

  void lose_the_link_after(const std::string& story_end) {
    CAPTURE(story_end);
    const bool reached = until([&] { return story().ends_with(story_end); });
    INFO(story());
    REQUIRE(reached);
    const int before = connects_;
    sim_.command("drop");
    REQUIRE(until([&] { return connects_ > before; }));
  }

  // The call of the program has ended, at the server too, and the log proves itself.
  void is_over(Cause cause) {
    const bool over = until([&] { return agent->dialogs().empty(); });
    INFO(story());
    REQUIRE(over);
    REQUIRE(ends.size() == 1);
    std::optional<Cause> seen;
    for (const Event& event : events) {
      if (event.cause) seen = event.cause;
    }
    CHECK(seen == cause);
    agent.reset();
    CHECK(run("dialog-replay", {"--db", db().string(), "verify"}).status == 0);
  }

 private:
  Sim& sim_;
  int connects_ = 0;
};

error_code pending_error() { return Errc::malformed; }

}  // namespace

TEST_CASE("A link lost in each state of a call in: it is answered, resumed and ended all the same",
          "[agent]") {
  Sim sim{{"--ack-timeout", "60000"}};
  Interrupted program{sim};
  std::optional<Response> answer;
  int resumed = 0;
  const auto hang_up_when_resumed = [&] {
    program.agent->on_resumed().connect([&](const SipDialog& dialog) {
      ++resumed;
      CHECK(dialog.state() == State::stable);
      CHECK_FALSE(dialog.can_receive());
      dialog.terminate();
    });
  };
  SECTION("not answered") {
    program.agent->invite([&](Request&, Response& res) { answer = res; });
    program.connect();
    sim.command("call");
    program.lose_the_link_after("invited");
    hang_up_when_resumed();
    answer->send(200, {.body = our_sdp});
  }
  SECTION("ringing") {
    program.agent->invite([&](Request&, Response& res) { (answer = res)->send(180); });
    program.connect();
    sim.command("call");
    program.lose_the_link_after("progressed");
    hang_up_when_resumed();
    answer->send(200, {.body = our_sdp});
  }
  SECTION("early") {
    program.agent->invite([&](Request&, Response& res) {
      (answer = res)->send_reliably(183, {.body = our_sdp}, {});
    });
    program.connect();
    sim.command("call 1 0 prack");
    program.lose_the_link_after("early responded:PRACK/200");
    hang_up_when_resumed();
    answer->send(200, {.body = our_sdp});
  }
  SECTION("answered, the ACK not seen") {
    program.agent->invite([&](Request&, Response& res) { res.send(200, {.body = our_sdp}); });
    program.connect();
    sim.command("call 1 0 noack");
    hang_up_when_resumed();
    program.lose_the_link_after("answered");
  }
  SECTION("up") {
    program.agent->invite([&](Request&, Response& res) { res.send(200, {.body = our_sdp}); });
    program.connect();
    sim.command("call");
    hang_up_when_resumed();
    program.lose_the_link_after("confirmed");
  }
  SECTION("on hold") {
    program.agent->invite([&](Request&, Response& res) { res.send(200, {.body = our_sdp}); });
    program.agent->on_create().connect([](const DialogEvent& told) { told.dialog.hold(); });
    program.connect();
    sim.command("call");
    program.agent->on_resumed().connect(
        [](const SipDialog& dialog) { CHECK(dialog.held() == Hold::local); });
    hang_up_when_resumed();
    program.lose_the_link_after("acknowledged");
  }
  program.is_over(Cause::near_end_release);
  CHECK(resumed == 1);
  CHECK(sim.stats()["dialogs"] == 0);
  CHECK(sim.stats()["unanswered"] == 0);
}

TEST_CASE("A call that ends while the link is away is lost, and told so", "[agent]") {
  Sim sim;
  Interrupted program{sim};
  program.agent->invite([&](Request&, Response& res) { res.send(200, {.body = our_sdp}); });
  program.connect();
  sim.command("call");
  REQUIRE(program.until([&] { return program.created.size() == 1; }));
  sim.command("drop");
  sim.command("hangup");
  program.is_over(Cause::lost);
}

TEST_CASE("A link lost with a request of ours under way: its handler is told, the call goes on",
          "[agent]") {
  Sim sim;
  Interrupted program{sim};
  program.agent->invite([&](Request&, Response& res) { res.send(200, {.body = our_sdp}); });
  program.connect();
  sim.command("call 1 0 deaf");
  REQUIRE(program.until([&] { return program.created.size() == 1; }));
  const SipDialog dialog = program.created.front();
  SECTION("a re-INVITE, and one that waits for it") {
    std::vector<error_code> told;
    dialog.hold([&](error_code error, const SipMessage&) { told.push_back(error); });
    dialog.modify(our_sdp, [&](error_code error, const SipMessage&) { told.push_back(error); });
    bool resumed = false;
    program.agent->on_resumed().connect([&](const SipDialog&) { resumed = true; });
    program.lose_the_link_after("offered");
    REQUIRE(program.until([&] { return resumed && told.size() == 2; }));
    CHECK(told == std::vector<error_code>{Errc::no_link, Errc::no_link});
    CHECK(dialog.state() == State::stable);
    CHECK(dialog.held() == Hold::none);
  }
  SECTION("a BYE") {
    error_code told = pending_error();
    dialog.terminate([&](error_code error, const SipMessage&) { told = error; });
    program.lose_the_link_after("terminated");
    REQUIRE(program.until([&] { return told != pending_error(); }));
    CHECK(told == Errc::no_link);
    program.is_over(Cause::near_end_release);
  }
}

TEST_CASE("A link lost in each state of a call out: nobody waits for it, so it is given up",
          "[agent][slow]") {
  Sim sim;
  Interrupted program{sim};
  program.connect();
  const auto [user, state] = GENERATE(table<std::string, std::string>(
      {{"silent", "invited"}, {"ring", "progressed"}, {"early", "responded:PRACK/200"}}));
  error_code told = pending_error();
  program.agent->siprequest(
      "sip:" + user + "@127.0.0.1:5070", {.body = our_sdp},
      [&](error_code error, const SipDialog&, const SipMessage&) { told = error; });
  program.lose_the_link_after(state);
  REQUIRE(program.until([&] { return told != pending_error(); }));
  CHECK(told == Errc::no_link);
  program.is_over(Cause::lost);
  CHECK(sim.stats()["dialogs"] == 0);
}

TEST_CASE("A far end that never answers the probe takes one of them, however often it is asked",
          "[agent]") {
  Sim sim;
  Program program{sim, {.probe_every = 1s, .probes_at_once = 2}};
  program.agent->invite([](Request&, Response& res) { res.send(200, {.body = our_sdp}); });
  int resumed = 0;
  program.agent->on_resumed().connect([&](const SipDialog&) { ++resumed; });
  program.connect();
  sim.command("call 1 0 mute");
  REQUIRE(program.until([&] { return program.created.size() == 1; }));
  sim.command("call 1 0 wait");
  REQUIRE(program.until([&] { return program.created.size() == 2; }));
  sim.command("drop");
  REQUIRE(program.until([&] { return resumed == 1; }));
  // The mute one has been asked again, and again, by then.
  CHECK_FALSE(program.until([&] { return resumed > 1; }, 3s));
  sim.command("hangup");  // which the program is not told of
  REQUIRE(program.ended(1));
  CHECK(program.created[1].cause() == Cause::lost);
}

TEST_CASE("Two servers at once: each call is of its server, and one link lost leaves the other",
          "[agent]") {
  Sim one;
  Sim two;
  Program program{one};
  program.agent->invite([&](Request& req, Response& res) {
    CHECK(req.source().server == req.dialog().server());
    res.send(200, {.body = our_sdp});
  });
  program.connect();  // as "sim"
  int up = 0;
  std::vector<std::string> down;
  program.agent->on_connect().connect(
      [&](const std::string& server) { CHECK(server == (up++ == 0 ? "other" : "sim")); });
  program.agent->on_disconnect().connect(
      [&](const std::string& server, const std::string&) { down.push_back(server); });
  program.agent->connect({.port = two.port(), .secret = "cymru", .name = "other"});
  REQUIRE(program.until([&] { return up == 1; }));

  one.command("call");
  two.command("call");
  REQUIRE(program.until([&] { return program.created.size() == 2; }));
  CHECK(program.created[0].server() != program.created[1].server());
  program.agent->siprequest("sip:answer@127.0.0.1:5070", {.body = our_sdp, .server = "other"});
  REQUIRE(program.until([&] { return program.created.size() == 3; }));
  CHECK(program.created[2].server() == "other");
  CHECK(one.stats()["dialogs"] == 1);
  CHECK(two.stats()["dialogs"] == 2);

  one.command("drop");
  REQUIRE(program.until([&] { return up == 2; }));
  CHECK(down == std::vector<std::string>{"sim"});
  for (const SipDialog& dialog : program.created) {
    CHECK(dialog.can_receive() == (dialog.server() == "other"));
    dialog.terminate();
  }
  REQUIRE(program.ended(3));
  CHECK(one.stats()["dialogs"] == 0);
  CHECK(two.stats()["dialogs"] == 0);
}

TEST_CASE("TLS: a server whose certificate is vouched for is connected to, another is not",
          "[agent]") {
  Sim sim{{"--talk", "20"}};
  const Certificate certificate{"IP:127.0.0.1"};
  net::RelayOptions options;
  options.dial = {"127.0.0.1", sim.port()};
  options.accept_tls = net::TlsContext::server(certificate.certificate(), certificate.key());
  const Relayed tls{options};
  Program program{sim};
  program.agent->invite([](Request&, Response& res) { res.send(200, {.body = our_sdp}); });
  int up = 0;
  std::string why;
  program.agent->on_connect().connect([&](const std::string&) { ++up; });
  program.agent->on_disconnect().connect(
      [&](const std::string&, const std::string& what) { why = what; });
  ConnectOptions connect{.port = tls.port(), .secret = "cymru", .name = "tls", .tls = true};
  SECTION("vouched for") {
    connect.ca = certificate.certificate();
    program.agent->connect(connect);
    REQUIRE(program.until([&] { return up == 1; }));
    sim.command("call 1 0 hangup");
    REQUIRE(program.ended(1));
    CHECK(program.ends.front() == "normal far end release");
  }
  SECTION("believed unseen") {
    connect.verify = false;
    program.agent->connect(connect);
    REQUIRE(program.until([&] { return up == 1; }));
  }
  SECTION("not vouched for") {
    program.agent->connect(connect);
    REQUIRE(program.until([&] { return !why.empty(); }));
    CHECK_THAT(why, contains("certificate"));
    CHECK(up == 0);
  }
}
