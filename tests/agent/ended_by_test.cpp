// What ended a dialog is told with its end: the BYE, CANCEL or final answer, with its headers
// (Reason, RFC 3326), to the dialog's own slots and to the Agent's.
#include "agent/scripted_server.hpp"

using namespace drachtio;
using namespace drachtio::test;

namespace {

constexpr const char* busy_elsewhere = "SIP;cause=600;text=\"Busy Everywhere\"";

// What was told of the end of dialogs.
struct Ends {
  explicit Ends(Program& program) {
    const auto hear = [this](const DialogEvent& told) {
      agent_wide.push_back(told.ended_by != nullptr ? *told.ended_by : SipMessage{});
    };
    program.agent->on_terminate().connect(hear);
    program.agent->on_failed().connect(hear);
  }
  void listen(const SipDialog& dialog) {
    dialog.on_terminate().connect(
        [this](const SipDialog&, const SipMessage& end) { its_own.push_back(end); });
  }
  // The one message that both were given.
  [[nodiscard]] const SipMessage& only() const {
    REQUIRE(its_own.size() == 1);
    REQUIRE(agent_wide == its_own);
    return its_own.front();
  }

  std::vector<SipMessage> agent_wide;
  std::vector<SipMessage> its_own;
};

}  // namespace

TEST_CASE_METHOD(Scripted, "The end of a call brings the BYE that ended it", "[agent]") {
  Ends ends{program};
  call_up(server, program);
  ends.listen(program.dialog());
  SECTION("the far end's") {
    server.say(ScriptedServer::request(
        "BYE", "tx2", {.cseq = 2, .branch = "z9hG4bK-2", .headers = "Reason: Q.850;cause=16\r\n"}));
    REQUIRE(program.ended(1));
    CHECK(ends.only().headers["Reason"] == "Q.850;cause=16");
  }
  SECTION("ours, as the server sent it") {
    program.dialog().terminate({.headers = {{"Reason", busy_elsewhere}}});
    server.say(ScriptedServer::sent(server.hear(), "tx2", 2, true));
    REQUIRE(program.ended(1));
    CHECK(ends.only().headers["Reason"] == busy_elsewhere);
    CHECK(ends.only().headers["CSeq"] == "2 BYE");
  }
  SECTION("the server's, in our name") {
    server.say(ScriptedServer::hang_up("ACK timeout"));
    REQUIRE(program.ended(1));
    CHECK(ends.only().headers["Reason"] == "SIP;cause=200;text=\"ACK timeout\"");
  }
  CHECK(ends.only().method == "BYE");
}

TEST_CASE_METHOD(Scripted, "The end of a call in that was not answered brings what ended it",
                 "[agent]") {
  Ends ends{program};
  call_in(server, program);
  ends.listen(program.dialog());
  SECTION("the caller's CANCEL") {
    server.say(ScriptedServer::cancel("tx1"));
    REQUIRE(program.ended(1));
    CHECK(ends.only().method == "CANCEL");
  }
  SECTION("our final answer, as the server sent it") {
    program.response->send(603, {.headers = {{"Reason", busy_elsewhere}}});
    server.say(ScriptedServer::echo(server.hear(), "tx1"));
    REQUIRE(program.ended(1));
    CHECK(ends.only().status == 603);
    CHECK(ends.only().headers["Reason"] == busy_elsewhere);
  }
}

TEST_CASE_METHOD(Scripted, "The end of a call out brings the final answer that refused it",
                 "[agent]") {
  Ends ends{program};
  Outcome outcome;
  place(program, outcome, {.on_dialog = [&](const SipDialog& dialog) { ends.listen(dialog); }});
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  server.say(ScriptedServer::response(486, "tx1", {.headers = "Reason: Q.850;cause=17\r\n"}));
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK(ends.only().status == 486);
  CHECK(ends.only().headers["Reason"] == "Q.850;cause=17");
}

TEST_CASE_METHOD(Scripted, "The end of a dialog that no message ended brings an empty one",
                 "[agent]") {
  Ends ends{program};
  call_up(server, program);
  ends.listen(program.dialog());
  program.dialog().request("INFO");
  server.say(ScriptedServer::refused(server.hear(), no_dialog));
  REQUIRE(program.ended(1));
  CHECK(program.dialog().cause() == Cause::lost);
  CHECK(ends.only() == SipMessage{});
}
