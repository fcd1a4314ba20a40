// A program that is its server's client for call records: of its own calls, and of all others.
#include "agent/scripted_server.hpp"

using namespace drachtio;
using namespace drachtio::test;
using namespace std::chrono_literals;
using boost::system::error_code;

namespace {

using Kind = CallRecord::Kind;

struct Told {
  std::vector<CallRecord> records;

  CallRecordHandler handler() {
    return [this](const CallRecord& record) { records.push_back(record); };
  }
  [[nodiscard]] std::vector<Kind> kinds() const {
    std::vector<Kind> result;
    for (const CallRecord& record : records) result.push_back(record.kind);
    return result;
  }
};

}  // namespace

TEST_CASE("Call records come to their handler, with what the server says in them", "[agent]") {
  Sim sim{{"--talk", "20"}};
  Program program{sim};
  Told told;
  program.agent->cdr(told.handler());
  program.agent->invite([](Request& req, Response& res) {
    req.from().user == "wait" ? res.send(486) : res.send(200, {.body = our_sdp});
  });
  program.connect();
  SECTION("of an answered call") {
    sim.command("call 1 0 hangup");
    REQUIRE(program.until([&] { return told.records.size() == 3; }));
    CHECK(told.kinds() == std::vector{Kind::attempt, Kind::start, Kind::stop});
    const CallRecord& attempt = told.records[0];
    CHECK(attempt.server == "sim");
    CHECK(attempt.direction == Direction::in);
    CHECK(attempt.message.method == "INVITE");
    CHECK(attempt.role.empty());
    const CallRecord& start = told.records[1];
    CHECK(start.direction == Direction::out);
    CHECK(start.role == "uas");
    CHECK(start.message.status == 200);
    const CallRecord& stop = told.records[2];
    CHECK(stop.reason == "normal-release");
    CHECK(stop.message.method == "BYE");
    CHECK(stop.dialog == program.created.front());
    CHECK(stop.dialog.cause() == Cause::far_end_release);
    // Each message is one event, though it is seen twice.
    REQUIRE(program.until([&] { return program.story().ends_with("responded:BYE/200"); }));
    CHECK(program.story() == "invited answered confirmed terminated responded:BYE/200");
  }
  SECTION("of a refused one") {
    sim.command("call");
    REQUIRE(program.until([&] { return told.records.size() == 2; }));
    CHECK(told.records[1].reason == "call-rejected");
    CHECK(told.records[1].message.status == 486);
  }
  SECTION("a handler that throws disturbs nobody") {
    program.agent->cdr([](const CallRecord&) { throw std::runtime_error{"a bug"}; });
    sim.command("call 1 0 hangup");
    REQUIRE(program.ended(1));
  }
}

TEST_CASE("A call record's verb is no method of a handler", "[agent]") {
  Sim sim;
  Program program{sim};
  CHECK_THROWS_AS(program.agent->on("cdr:start", [](Request&, Response&) {}),
                  std::invalid_argument);
}

TEST_CASE("A call out is known from its record first, and controlled all the same", "[agent]") {
  Sim sim;
  Program program{sim, AgentOptions{.cdr = true}};
  program.connect();
  bool over = false;
  program.agent->siprequest(
      "sip:ring@127.0.0.1:5070",
      {.body = our_sdp,
       .on_provisional =
           [&](const SipCall&, const SipMessage&) {
             const auto open = program.agent->dialogs();
             REQUIRE(open.size() == 1);
             CHECK_FALSE(known_of(open.front())->invite.transaction_id.empty());
             open.front().terminate();
           }},
      [&](error_code, const SipDialog&, const SipMessage& answer) {
        over = true;
        CHECK(answer.status == 487);
      });
  REQUIRE(program.until([&] { return over; }));
  CHECK(program.story().find(" requested:CANCEL") != std::string::npos);
  CHECK(program.ends == std::vector<std::string>{"487 Request Terminated"});
}

TEST_CASE("Other programs' calls are logged, and are not this program's", "[agent]") {
  Sim sim;
  Program other{sim};
  other.agent->invite([](Request&, Response& res) { res.send(200, {.body = our_sdp}); });
  other.connect();
  const ScratchFolder folder;
  const auto db = folder / "calls.db";
  std::int64_t number = 0;
  {
    Program recording{sim, db, {.cdr = true}};
    recording.connect();
    sim.command("call");
    REQUIRE(other.until([&] { return other.created.size() == 1; }));
    REQUIRE(recording.until([&] { return recording.story() == "invited answered"; }));
    CHECK(recording.created.empty());
    CHECK(recording.agent->dialogs().empty());
    number = recording.events.back().dialog;
  }
  // Nor after a restart: nothing is sent in them.
  Program again{sim, db, {.cdr = true}};
  again.connect();
  other.created.front().terminate();
  REQUIRE(other.ended(1));
  REQUIRE(again.until([&] { return !again.ends.empty(); }));
  CHECK(again.ends == std::vector<std::string>{"normal near end release"});
  CHECK(again.events.back().dialog == number);
  CHECK(sim.stats()["requests"] == 1);  // the BYE
}

TEST_CASE_METHOD(Scripted, "A call in is the program's as soon as its INVITE is there, too",
                 "[agent]") {
  std::string attempt = ScriptedServer::invite("tx1", {.body = our_sdp});
  attempt = "a|cdr:attempt|network|12:00:00.000000" + attempt.substr(attempt.find("\r\n"));
  server.say(attempt);
  REQUIRE(program.until([&] { return program.story() == "invited"; }));
  CHECK(program.agent->dialogs().empty());  // as yet it may be anybody's
  call_in(server, program);
  CHECK(program.agent->dialogs().size() == 1);
  program.dialog().terminate();
  const Heard refusal = server.hear();
  CHECK(refusal.message.status == 480);
  CHECK(refusal.tokens.at(1) == "tx1");
  CHECK(program.story() == "invited session-set");
}

TEST_CASE("A call record tells of a CANCEL that a lost link did not bring", "[agent]") {
  ScriptedServer server;
  Patient program{server, {.cdr = true}};
  program.connect_soon();
  server.accept(program);
  call_in(server, program);
  program.response->send(180);
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  server.drop();
  server.accept(program);
  CHECK(server.hear().message.status == 183);
  std::string record = ScriptedServer::invite("tx1", {.body = our_sdp});
  record.replace(0, record.find("\r\n"), "m|cdr:stop|network|12:00:05.000000|call-canceled");
  server.say(record);
  REQUIRE(program.until([&] { return program.cancelled; }));
  CHECK(program.dialog().cause() == Cause::cancelled);
}

TEST_CASE("A program that dies with a call known from its record first has it after the restart",
          "[agent]") {
  const ScratchFolder folder;
  const auto db = folder / "calls.db";
  ScriptedServer server;
  const AgentOptions options{.cdr = true};
  std::string attempt = ScriptedServer::invite("tx1", {.body = our_sdp});
  attempt = "a|cdr:attempt|network|12:00:00.000000" + attempt.substr(attempt.find("\r\n"));
  {
    Patient program{server, db, options};
    program.connect_soon();
    server.accept(program);
    server.say(attempt);
    call_in(server, program);
  }
  server.drop();
  Patient again{server, db, options};
  CHECK(again.agent->dialogs().size() == 1);
  int handed_over = 0;
  again.agent->on_resumed_invite([&](Request& req, Response& res) {
    ++handed_over;
    CHECK(req.body() == our_sdp);
    res.send(486);
  });
  again.connect_soon();
  server.accept(again);
  const Heard answer = server.hear();
  CHECK(answer.message.status == 486);
  CHECK(answer.tokens.at(1) == "tx1");
  CHECK(handed_over == 1);
}
