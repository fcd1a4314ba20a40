// Requests out of dialog that no handler of their own takes: they come to on_any.
#include "agent/scripted_server.hpp"

using namespace drachtio;
using namespace drachtio::test;

namespace {

// A program that says 299 to whatever comes to on_any.
struct Open {
  Open() {
    program.agent->on_any(
        [](Request& req, Response& res) { res.send(299, "Any " + req.method()); });
    program.connect_soon();
    server.accept(program);
  }
  std::string reason_of_answer() { return server.hear().message.reason; }

  ScriptedServer server;
  Patient program{server};  // has a handler for INVITE
};

}  // namespace

TEST_CASE_METHOD(Open, "on_any asks for each method that can come out of dialog, once", "[agent]") {
  CHECK(server.routes() == std::vector<std::string>{"info", "invite", "message", "notify",
                                                    "options", "publish", "refer", "register",
                                                    "subscribe"});
}

TEST_CASE_METHOD(Scripted,
                 "Without on_any a method without a handler is neither asked for nor taken",
                 "[agent]") {
  CHECK(server.routes() == std::vector<std::string>{"invite"});
  server.say(ScriptedServer::out_of_dialog("MESSAGE", "tx1"));
  CHECK(server.hear().message.status == 404);
}

TEST_CASE_METHOD(Open, "A request out of dialog comes to on_any where its method has no handler",
                 "[agent]") {
  // PING is none of IANA's: in outbound mode it may come all the same.
  const std::string method = GENERATE("REGISTER", "OPTIONS", "REFER", "PING");
  server.say(ScriptedServer::out_of_dialog(method, "tx1"));
  CHECK(reason_of_answer() == "Any " + method);
  CHECK(program.asked == 0);
}

TEST_CASE_METHOD(Open, "A method's own handler comes before on_any", "[agent]") {
  call_in(server, program);
  CHECK(server.hears_nothing());
}

TEST_CASE("An INVITE without a handler of its own comes to on_any", "[agent]") {
  ScriptedServer server;
  Program program{server.port()};
  SipDialog dialog;
  program.agent->on_any([&](Request& req, Response& res) {
    dialog = req.dialog();
    res.send(486);
  });
  program.connect_soon();
  server.accept(program);
  server.say(ScriptedServer::invite("tx1", {.body = our_sdp}));
  CHECK(server.hear().message.status == 486);
  CHECK(dialog.role() == Role::uas);
}

TEST_CASE_METHOD(Open, "What comes in a dialog does not come to on_any", "[agent]") {
  const Saying again{.cseq = 2, .branch = "z9hG4bK-2"};
  SECTION("that is known: the dialog's default is answered, else 501") {
    call_up(server, program);
    const auto [method, status] =
        GENERATE(table<std::string, int>({{"INFO", 200}, {"SUBSCRIBE", 501}}));
    server.say(ScriptedServer::request(method, "tx2", again));
    CHECK(server.hear().message.status == status);
  }
  SECTION("that is not known: 481") {
    server.say(ScriptedServer::request("NOTIFY", "tx2", again));
    CHECK(server.hear().message.status == 481);
  }
}
