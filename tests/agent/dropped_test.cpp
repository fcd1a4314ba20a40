// A Response that is dropped unanswered answers 500 at once: nobody is left who could answer, and
// the caller would wait for 64 s.
#include "agent/scripted_server.hpp"

#include <thread>

using namespace drachtio;
using namespace drachtio::test;

namespace {

// Hears the program's warnings.
struct Warned : Scripted {
  Warned() {
    program.agent->on_warning().connect([this](const std::string& what) { said.push_back(what); });
  }
  // The program answers no request of this method, and keeps no Response.
  void drop_each(const std::string& method) {
    program.agent->on(method, [](Request&, Response&) {});
  }

  std::vector<std::string> said;
};

}  // namespace

TEST_CASE_METHOD(Warned, "A call whose handler keeps no Response is answered 500, with a warning",
                 "[agent]") {
  drop_each("INVITE");
  server.say(ScriptedServer::invite("tx1", {.body = our_sdp}));
  const Heard answer = server.hear();
  CHECK(answer.message.status == 500);
  CHECK(answer.tokens.at(1) == "tx1");
  REQUIRE(said.size() == 1);
  CHECK(said.front() == "the Response to INVITE c1 was dropped unanswered: 500 is answered");
}

TEST_CASE_METHOD(Warned, "The last copy of a Response that goes is what counts, not the Request",
                 "[agent]") {
  call_in(server, program);
  std::optional<Response> copy = program.response;
  program.response.reset();
  CHECK(server.hears_nothing());
  SECTION("on the Agent's thread") { copy.reset(); }
  SECTION("on another thread") {
    std::thread{[&] { copy.reset(); }}.join();
  }
  CHECK(server.hear().message.status == 500);
  CHECK(program.request->method() == "INVITE");
}

TEST_CASE_METHOD(Warned, "A provisional answer is no answer: a Response dropped after it gives 500",
                 "[agent]") {
  call_in(server, program);
  rings(server, program);
  program.response.reset();
  CHECK(server.hear().message.status == 500);
}

TEST_CASE_METHOD(Warned, "A Response may be dropped once there is a final answer", "[agent]") {
  call_in(server, program);
  SECTION("of its own") { program.response->send(200, {.body = our_sdp}); }
  SECTION("by terminate()") { program.dialog().terminate(); }
  SECTION("by others, as the request was handed on") {
    program.request->proxy({"sip:bob@127.0.0.1:5070"});
  }
  program.response.reset();
  CHECK(server.hear().message.status != 500);
  CHECK(server.hears_nothing());
  CHECK(said.empty());
}

TEST_CASE_METHOD(Warned, "A Response may be dropped once its call is over", "[agent]") {
  call_in(server, program);
  SECTION("by the caller's CANCEL") { server.say(ScriptedServer::cancel("tx1")); }
  SECTION("by the caller's BYE") {
    server.say(ScriptedServer::request("BYE", "tx2", {.cseq = 2, .branch = "z9hG4bK-2"}));
    CHECK(server.hear().message.status == 200);
    CHECK(server.hear().message.status == 487);
  }
  REQUIRE(program.until([&] { return program.cancelled; }));
  program.response.reset();
  CHECK(server.hears_nothing());
  CHECK(said.empty());
}

TEST_CASE_METHOD(Warned, "Any request whose Response is dropped is answered 500", "[agent]") {
  SECTION("out of dialog") {
    drop_each("MESSAGE");
    server.say(ScriptedServer::out_of_dialog("MESSAGE", "tx1"));
  }
  SECTION("in a dialog") {
    call_up(server, program);
    program.dialog().on_info([](Request&, Response&) {});
    server.say(ScriptedServer::request("INFO", "tx2", {.cseq = 2, .branch = "z9hG4bK-2"}));
  }
  CHECK(server.hear().message.status == 500);
  CHECK(said.size() == 1);
}

TEST_CASE_METHOD(Warned,
                 "An answer that the server refuses is followed by 500, if nobody has the "
                 "Response any more",
                 "[agent]") {
  call_in(server, program);
  program.response->send(200, {.body = our_sdp});
  const Heard answer = server.hear();
  program.response.reset();
  CHECK(server.hears_nothing());
  server.say(ScriptedServer::refused(answer, "Server error: busy"));
  const Heard refusal = server.hear();
  CHECK(refusal.message.status == 500);
  SECTION("which is given once") {
    server.say(ScriptedServer::refused(refusal, "Server error: busy"));
    CHECK(server.hears_nothing());
  }
}

TEST_CASE_METHOD(Warned,
                 "A request that was not handed on is answered 500, if nobody has its "
                 "Response any more",
                 "[agent]") {
  call_in(server, program);
  bool told = false;
  program.request->proxy({"sip:bob@127.0.0.1:5070"}, {},
                         [&](boost::system::error_code error, const std::vector<SipMessage>&) {
                           told = error == Errc::refused_by_server;
                         });
  const Heard handed_on = server.hear();
  program.response.reset();
  server.say(ScriptedServer::refused(handed_on, "Server error: busy"));
  CHECK(server.hear().message.status == 500);
  CHECK(told);
}

TEST_CASE_METHOD(Warned, "A Response dropped while the link is away gives 500 when it is back",
                 "[agent]") {
  call_in(server, program);
  server.drop();
  bool down = false;
  program.agent->on_disconnect().connect([&](const auto&, const auto&) { down = true; });
  REQUIRE(program.until([&] { return down; }));
  program.response.reset();
  server.accept(program);
  CHECK(server.hear().message.status == 500);
}

TEST_CASE("Once the Agent has stopped or is gone, a Response may be dropped", "[agent]") {
  ScriptedServer server;
  std::optional<Response> kept;
  std::vector<std::string> said;
  {
    Patient program{server};
    program.agent->on_warning().connect([&](const std::string& what) { said.push_back(what); });
    program.connect_soon();
    server.accept(program);
    call_in(server, program);
    SECTION("stopped") {
      program.agent->stop();
      program.response.reset();
      program.io.restart();
      program.io.poll();
    }
    SECTION("gone") { kept = program.response; }
  }
  kept.reset();
  CHECK(said.empty());
}
