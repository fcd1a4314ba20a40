// What the far end asks in a call: answered by the dialog's handlers, or as drachtio users expect.
#include "agent/agent_program.hpp"
#include "sip/sdp.hpp"

using namespace drachtio;
using namespace drachtio::test;
using namespace std::chrono_literals;

TEST_CASE("What the far end asks in a call is answered where nobody listens", "[agent]") {
  Sim sim;
  Program program{sim};
  program.agent->invite([](Request&, Response& res) { res.send(200, {.body = our_sdp}); });
  program.connect();
  SECTION("200 to each request") {
    sim.command("call 1 0 chatty");
    REQUIRE(program.ended(1));
    REQUIRE(program.until([&] { return program.story().ends_with("responded:BYE/200"); }));
    const std::string story = program.story();
    for (const char* method : {"INFO", "MESSAGE", "OPTIONS", "NOTIFY", "REFER"}) {
      INFO(method);
      CHECK(story.find("responded:" + std::string{method} + "/200") != std::string::npos);
    }
    CHECK(sim.stats()["unanswered"] == 0);
  }
  // RFC 3264 6.1: what the offer allows of it.
  const auto ours = [](const DialogState& state) {
    return sip::streams(state.local.sdp.value_or("")).at(0).flow;
  };
  SECTION("200 with our SDP to a hold, and its signals") {
    int holds = 0;
    int unholds = 0;
    int refreshes = 0;
    program.agent->on_create().connect([&](const DialogEvent& told) {
      told.dialog.on_hold().connect([&](const SipDialog& dialog) {
        ++holds;
        CHECK(dialog.held() == Hold::remote);
      });
      told.dialog.on_unhold().connect([&](const SipDialog&) { ++unholds; });
      told.dialog.on_refresh().connect([&](const SipDialog&) { ++refreshes; });
    });
    sim.command("call 1 0 hold");
    REQUIRE(program.ended(1));
    CHECK(holds == 1);
    CHECK(unholds == 1);
    CHECK(refreshes == 1);
    CHECK(ours(*program.created.front().snapshot()) == sip::Flow::sendrecv);
  }
  SECTION("200 with our SDP to an UPDATE that offers") {
    sim.command("call 1 0 updates");
    REQUIRE(program.ended(1));
    CHECK(program.story().starts_with("invited answered confirmed offered modified terminated"));
    const auto state = program.created.front().snapshot();
    CHECK(state->hold() == Hold::remote);
    CHECK(ours(*state) == sip::Flow::recvonly);
    CHECK(state->remote.sdp->find("a=sendonly") != std::string::npos);
  }
  SECTION("200 with our SDP to a re-INVITE without any") {
    sim.command("call 1 0 latereinvite");
    REQUIRE(program.until([&] { return program.story().ends_with("acknowledged"); }));
    CHECK(program.created.front().local().sdp == our_sdp);
  }
}

TEST_CASE("Handlers of the dialog answer in its place", "[agent]") {
  Sim sim;
  Program program{sim};
  std::vector<std::string> heard;
  program.agent->invite([&](Request& req, Response& res) {
    const auto hear = [&](int status) {
      return [&heard, status](Request& request, Response& response) {
        heard.push_back(request.method() + ' ' + request.body());
        response.send(status);
      };
    };
    const SipDialog dialog = req.dialog();
    dialog.on_info(hear(200));
    dialog.on_message(hear(202));
    dialog.on_refer(hear(603));
    dialog.on_notify([](Request&, Response&) { throw std::runtime_error{"a bug"}; });
    res.send(200, {.body = our_sdp});
  });
  program.connect();
  sim.command("call 1 0 chatty");
  REQUIRE(program.ended(1));
  REQUIRE(program.until([&] { return program.story().ends_with("responded:BYE/200"); }));
  CHECK(heard == std::vector<std::string>{"INFO Signal=5\r\n", "MESSAGE hello", "REFER "});
  const std::string story = program.story();
  CHECK(story.find("responded:MESSAGE/202") != std::string::npos);
  CHECK(story.find("responded:REFER/603") != std::string::npos);
  CHECK(story.find("responded:NOTIFY/500") != std::string::npos);
}

TEST_CASE("An offer in the call is the program's to answer: re-INVITE or UPDATE", "[agent]") {
  Sim sim;
  Program program{sim};
  const auto [user, method] = GENERATE(
      table<std::string, std::string>({{"updates", "UPDATE"}, {"latereinvite", "INVITE"}}));
  std::string other_sdp = our_sdp;
  other_sdp.replace(other_sdp.find("15000"), 5, "15002");
  std::string asked;
  program.agent->invite([&](Request& req, Response& res) {
    req.dialog().on_modify([&](Request& offer, Response& answer) {
      asked = offer.method();
      answer.send(200, {.body = other_sdp});
    });
    res.send(200, {.body = our_sdp});
  });
  program.connect();
  sim.command("call 1 0 " + user);
  REQUIRE(program.until([&] { return program.story().find("modified") != std::string::npos; }));
  CHECK(asked == method);
  REQUIRE(program.until([&] { return program.created.front().local().sdp == other_sdp; }));
}
