// A call that the program hands on with the server's proxy: what the frame says, what the program
// hears of it, and whose the call is afterwards (WIRE.md, DESIGN: `proxied`).
#include "agent/scripted_server.hpp"

#include <drachtio/asio.hpp>

#include <boost/asio/use_future.hpp>

using namespace drachtio;
using namespace drachtio::test;
using namespace std::chrono_literals;
using boost::system::error_code;

namespace {

struct Proxied {
  int told = 0;
  error_code error;
  std::vector<SipMessage> answers;

  ProxyHandler handler() {
    return [this](error_code e, const std::vector<SipMessage>& a) {
      ++told;
      error = e;
      answers = a;
    };
  }
  [[nodiscard]] std::vector<int> statuses() const {
    std::vector<int> result;
    for (const SipMessage& answer : answers) result.push_back(answer.status);
    return result;
  }
};

// Hands every call on to `destinations`.
void hand_on(Program& program, const std::vector<std::string>& destinations, Proxied* proxied,
             const ProxyOptions& options = {}) {
  program.agent->invite([=](Request& req, Response&) {
    req.proxy(destinations, options, proxied == nullptr ? ProxyHandler{} : proxied->handler());
  });
}

std::string answered_by_one(const Heard& proxy, const std::string& status) {
  return "f1|response|" + proxy.id +
         "|OK|network|300|udp|127.0.0.1|5074|10:00:00.300000|||continue\r\nSIP/2.0 " + status +
         "\r\nVia: SIP/2.0/UDP 127.0.0.1:5090;branch=z9hG4bK-p\r\nFrom: <sip:far@h>;tag=far\r\n"
         "To: <sip:service@h>;tag=other\r\nCall-ID: c1\r\nCSeq: 1 INVITE\r\n"
         "Content-Length: 0\r\n\r\n";
}

}  // namespace

// --- on the wire --------------------------------------------------------------------------------

TEST_CASE_METHOD(Scripted, "A proxy frame says where to, and how", "[agent]") {
  call_in(server, program);
  Proxied proxied;
  SECTION("nothing asked for: one after the other, no answers told") {
    program.request->proxy({"sip:bob@127.0.0.1:5074"});
    CHECK(server.hear().tokens == std::vector<std::string>{"proxy", "tx1", "", "", "", "serial", "",
                                                           "", "sip:bob@127.0.0.1:5074"});
  }
  SECTION("all of it") {
    program.request->proxy({"sip:bob@h1", "sip:bob@h2"},
                           {.headers = {{"X-Line", "7"}},
                            .remain_in_dialog = true,
                            .follow_redirects = true,
                            .simultaneous = true,
                            .provisional_timeout = 1500ms,
                            .final_timeout = 20s},
                           proxied.handler());
    const Heard frame = server.hear();
    CHECK(frame.tokens == std::vector<std::string>{"proxy", "tx1", "remainInDialog", "fullResponse",
                                                   "followRedirects", "simultaneous", "1500ms",
                                                   "20000ms", "sip:bob@h1", "sip:bob@h2"});
    CHECK(frame.message.method == "INVITE");
    CHECK(frame.message.uri == "sip:bob@h1");
    CHECK(frame.message.headers["X-Line"] == "7");
  }
}

TEST_CASE_METHOD(Scripted, "What would be no proxy frame is not sent, and the call still ours",
                 "[agent]") {
  call_in(server, program);
  Proxied proxied;
  const auto refuses = [&](const std::vector<std::string>& to, const ProxyOptions& options = {}) {
    proxied = {};
    program.request->proxy(to, options, proxied.handler());
    REQUIRE(program.until([&] { return proxied.told == 1; }));
    CHECK(proxied.error == Errc::malformed);
    REQUIRE(proxied.answers.size() == 1);
    CHECK_FALSE(proxied.answers.front().reason.empty());
    CHECK_FALSE(program.response->answered());
  };
  refuses({});
  refuses({""});
  refuses({"sip:bob@h|sip:eve@h"});
  refuses({"sip:bob@h", "sip:eve@h\r\nX: y"});
  refuses({"sip:bob@h x"});
  refuses({"sip:bob@h"}, {.headers = {{"X-Line", "7\r\nEvil: 1"}}});
  SECTION("nor one so long that it would have to go alone until others have answered") {
    proxied = {};
    program.request->proxy({"sip:bob@h"}, {.headers = {{"X-Long", std::string(4000, 'x')}}},
                           proxied.handler());
    REQUIRE(program.until([&] { return proxied.told == 1; }));
    CHECK(proxied.error == Errc::too_long);
  }
  CHECK(server.hears_nothing());
  program.response->send(486);
  CHECK(server.hear().message.status == 486);
}

TEST_CASE_METHOD(Scripted, "The longest proxy frame that is taken holds up nothing", "[agent]") {
  call_in(server, program);
  Proxied proxied;
  std::size_t size = 4000;
  const auto is_refused = [&] {
    proxied = {};
    program.request->proxy({"sip:bob@h"}, {.headers = {{"X-Long", std::string(size, 'x')}}},
                           proxied.handler());
    return program.until([&] { return proxied.told == 1; }, 1s);
  };
  while (is_refused()) --size;
  CHECK(size > 3000);
  CHECK(server.hear().tokens.at(0) == "proxy");
  program.agent->siprequest("sip:bob@h", {.method = "OPTIONS"}, [](auto, auto, auto&) {});
  CHECK(server.hear().message.method == "OPTIONS");
}

TEST_CASE_METHOD(Scripted, "What is answered cannot be handed on, nor the other way round",
                 "[agent]") {
  call_in(server, program);
  Proxied proxied;
  Outcome outcome;
  SECTION("answered") {
    program.response->send(200, {.body = our_sdp});
    program.request->proxy({"sip:bob@h"}, {}, proxied.handler());
    REQUIRE(program.until([&] { return proxied.told == 1; }));
    CHECK(proxied.error == Errc::answered_already);
  }
  SECTION("handed on") {
    program.request->proxy({"sip:bob@h"}, {}, proxied.handler());
    program.response->send(200, {.body = our_sdp}, outcome.handler());
    REQUIRE(program.until([&] { return outcome.told; }));
    CHECK(outcome.error == Errc::answered_already);
  }
  SECTION("given up by the caller") {
    server.say(ScriptedServer::cancel("tx1"));
    REQUIRE(program.until([&] { return program.cancelled; }));
    program.request->proxy({"sip:bob@h"}, {}, proxied.handler());
    REQUIRE(program.until([&] { return proxied.told == 1; }));
    CHECK(proxied.error == Errc::cancelled);
  }
}

TEST_CASE_METHOD(Scripted, "A request of no dialog is handed on likewise", "[agent]") {
  std::optional<Request> message;
  std::optional<Response> kept;
  program.agent->message([&](Request& req, Response& res) {
    message = req;
    kept = res;
  });
  server.say(
      "m1|sip|network|300|udp|127.0.0.1|5070|10:00:00.000000|tx9||127.0.0.1|5090|\r\n"
      "MESSAGE sip:service@h SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK-m\r\n"
      "From: <sip:far@h>;tag=far\r\nTo: <sip:service@h>\r\nCall-ID: m1\r\nCSeq: 1 MESSAGE\r\n"
      "Content-Length: 0\r\n\r\n");
  REQUIRE(program.until([&] { return message.has_value(); }));
  Proxied proxied;
  message->proxy({"sip:bob@h"}, {}, proxied.handler());
  const Heard frame = server.hear();
  CHECK(frame.message.method == "MESSAGE");
  server.say(answered_by_one(frame, "202 Accepted"));
  server.say("f2|response|" + frame.id + "|OK|done");
  REQUIRE(program.until([&] { return proxied.told == 1; }));
  CHECK(proxied.statuses() == std::vector{202});
  CHECK(program.story().empty());
}

// --- between two frames -------------------------------------------------------------------------

TEST_CASE_METHOD(Scripted, "The handler is told once, when the last destination has answered",
                 "[agent]") {
  call_in(server, program);
  Proxied proxied;
  program.request->proxy({"sip:bob@h1", "sip:bob@h2"}, {}, proxied.handler());
  const Heard frame = server.hear();
  server.say(answered_by_one(frame, "486 Busy Here"));
  REQUIRE(program.until([&] { return program.story() == "invited proxied"; }));
  CHECK(proxied.told == 0);
  server.say(answered_by_one(frame, "200 OK"));
  server.say("f2|response|" + frame.id + "|OK|done");
  REQUIRE(program.until([&] { return proxied.told > 0; }));
  server.say("f3|response|" + frame.id + "|OK|done");
  CHECK(server.hears_nothing());
  CHECK(proxied.told == 1);
  CHECK_FALSE(proxied.error);
  CHECK(proxied.statuses() == std::vector{486, 200});
  CHECK(program.dialog().cause() == Cause::proxied);
}

TEST_CASE_METHOD(Scripted, "A call that the server will not hand on is the program's again",
                 "[agent]") {
  call_in(server, program);
  SECTION("who asked is told, and answers") {
    Proxied proxied;
    program.request->proxy({"sip:bob@h"}, {}, proxied.handler());
    server.say(ScriptedServer::refused(server.hear(), "Unknown transaction id: tx1"));
    REQUIRE(program.until([&] { return proxied.told == 1; }));
    CHECK(proxied.error == Errc::refused_by_server);
    CHECK(proxied.answers.at(0).reason == "Unknown transaction id: tx1");
    program.response->send(603);
    CHECK(server.hear().message.status == 603);
  }
  SECTION("nobody asked: it is answered 500") {
    program.request->proxy({"sip:bob@h"});
    server.say(ScriptedServer::refused(server.hear(), "Unknown transaction id: tx1"));
    CHECK(server.hear().message.status == 500);
  }
}

TEST_CASE_METHOD(Scripted, "The link goes while others are asked: the handler is told", "[agent]") {
  call_in(server, program);
  Proxied proxied;
  program.request->proxy({"sip:bob@h"}, {}, proxied.handler());
  const Heard frame = server.hear();
  SECTION("before any has answered") {
    server.drop();
    REQUIRE(program.until([&] { return proxied.told == 1; }));
    CHECK(proxied.error == Errc::no_link);
    CHECK(program.story() == "invited");  // the server goes on with it, or never got it
    CHECK(program.response->answered());
  }
  SECTION("after one has") {
    server.say(answered_by_one(frame, "486 Busy Here"));
    server.drop();
    REQUIRE(program.until([&] { return proxied.told == 1; }));
    CHECK(proxied.error == Errc::no_link);
    CHECK(program.story() == "invited proxied");
  }
}

TEST_CASE_METHOD(Scripted, "terminate() on a call that is being handed on waits for its outcome",
                 "[agent]") {
  call_in(server, program);
  program.request->proxy({"sip:bob@h"});
  const Heard frame = server.hear();
  Outcome outcome;
  program.dialog().terminate(outcome.handler());
  CHECK(server.hears_nothing());
  server.say("f2|response|" + frame.id + "|OK|done");
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK_FALSE(outcome.error);
  CHECK(outcome.message.reason == "the dialog had ended");
  CHECK(program.dialog().cause() == Cause::proxied);
}

// --- beside the stand-in ------------------------------------------------------------------------

TEST_CASE("A call that is handed on ends as proxied, for this program", "[agent]") {
  Sim sim{{"--talk", "20"}};
  Program program{sim};
  int failed = 0;
  program.agent->on_failed().connect([&](const DialogEvent&) { ++failed; });
  Proxied proxied;
  SECTION("unheard") { hand_on(program, {"sip:bob@127.0.0.1:5074"}, nullptr); }
  SECTION("heard") { hand_on(program, {"sip:bob@127.0.0.1:5074"}, &proxied); }
  program.connect();
  sim.command("call");
  REQUIRE(program.ended(1));
  CHECK(program.story() == "invited proxied");
  CHECK(failed == 1);
  CHECK(program.created.empty());
  CHECK(program.agent->dialogs().empty());
  REQUIRE(program.until([&] { return sim.stats()["ended"] == 1; }));
}

TEST_CASE("Destinations are tried in turn: the handler has each one's final answer", "[agent]") {
  Sim sim{{"--talk", "20"}};
  Program program{sim};
  Proxied proxied;
  SECTION("until one answers") {
    hand_on(program, {"sip:busy@h", "sip:bob@h", "sip:notfound@h"}, &proxied);
    program.connect();
    sim.command("call");
    REQUIRE(program.until([&] { return proxied.told == 1; }));
    CHECK(proxied.statuses() == std::vector{486, 200});
  }
  SECTION("all refuse") {
    hand_on(program, {"sip:busy@h", "sip:notfound@h"}, &proxied);
    program.connect();
    sim.command("call");
    REQUIRE(program.until([&] { return proxied.told == 1; }));
    CHECK_FALSE(proxied.error);
    CHECK(proxied.statuses() == std::vector{486, 404});
  }
  SECTION("a redirection is followed where asked for") {
    hand_on(program, {"sip:redirect@h"}, &proxied, {.follow_redirects = true});
    program.connect();
    sim.command("call");
    REQUIRE(program.until([&] { return proxied.told == 1; }));
    CHECK(proxied.statuses() == std::vector{302, 200});
  }
}

TEST_CASE("A call that has rung is not handed on: the program goes on with it", "[agent]") {
  Sim sim;
  Program program{sim};
  Proxied proxied;
  program.agent->invite([&](Request& req, Response& res) {
    res.send(180);
    req.proxy({"sip:bob@h"}, {}, [&, res](error_code error, const auto& answers) {
      proxied.handler()(error, answers);
      res.send(200, {.body = our_sdp});
    });
  });
  program.connect();
  sim.command("call");
  REQUIRE(program.until([&] { return program.created.size() == 1; }));
  CHECK(proxied.error == Errc::refused_by_server);
}

TEST_CASE("Call records tell how a call went that was handed on: it is the program's no more",
          "[agent]") {
  Sim sim{{"--talk", "20"}};
  Program program{sim};
  std::vector<CallRecord> records;
  program.agent->cdr([&](const CallRecord& record) { records.push_back(record); });
  hand_on(program, {"sip:bob@h"}, nullptr,
          {.headers = {{"X-Line", "7"}}, .remain_in_dialog = true});
  program.connect();
  sim.command("call");
  REQUIRE(program.until([&] { return records.size() == 6; }));
  CHECK(records[1].message.headers["X-Line"] == "7");
  CHECK(records[1].message.headers["Record-Route"] == "<sip:127.0.0.1:5060;lr>");
  CHECK(records[2].role == "proxy-uac");
  CHECK(records[3].role == "proxy-uas");
  // One dialog for each leg: the caller hung up.
  CHECK(records[4].dialog.role() == Role::uas);
  CHECK(records[4].dialog.cause() == Cause::far_end_release);
  CHECK(records[5].dialog.role() == Role::uac);
  CHECK(records[5].dialog.cause() == Cause::near_end_release);
  CHECK(program.created.empty());
  CHECK(program.agent->dialogs().empty());
}

TEST_CASE("A call that was handed on and refused is told of once", "[agent]") {
  Sim sim;
  Program program{sim};
  std::vector<CallRecord> records;
  program.agent->cdr([&](const CallRecord& record) { records.push_back(record); });
  int failed = 0;
  program.agent->on_failed().connect([&](const DialogEvent&) { ++failed; });
  hand_on(program, {"sip:busy@h"}, nullptr);
  program.connect();
  sim.command("call");
  REQUIRE(program.until([&] { return records.size() == 4; }));
  CHECK(records[3].dialog.reason() == "486 Busy Here");
  CHECK(failed == 1);
}

TEST_CASE("Handing on takes a completion token", "[agent]") {
  Sim sim{{"--talk", "20"}};
  Program program{sim};
  std::future<std::vector<SipMessage>> answers;
  program.agent->invite([&](Request& req, Response&) {
    answers = async_proxy(req, {"sip:busy@h", "sip:bob@h"}, {}, boost::asio::use_future);
  });
  program.connect();
  sim.command("call");
  REQUIRE(program.until(
      [&] { return answers.valid() && answers.wait_for(0s) == std::future_status::ready; }));
  CHECK(answers.get().size() == 2);
}
