// The session of a call: written as patches, on disk before what is sent after, shared where
// joined.
#include "agent/scripted_server.hpp"
#include "program.hpp"

#include <drachtio/subscription.hpp>

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <sstream>
#include <thread>

using namespace drachtio;
using namespace drachtio::test;
using namespace std::chrono_literals;
using boost::system::error_code;

namespace {

// A program that answers calls, and is connected.
struct Answering {
  Answering() {
    program.agent->invite([](Request&, Response& res) { res.send(200, {.body = our_sdp}); });
    program.connect();
  }
  SipDialog one_call() {
    const std::size_t before = program.created.size();
    sim.command("call");
    REQUIRE(program.until([&] { return program.created.size() > before; }));
    return program.created.back();
  }

  Sim sim;
  Program program{sim};
};

}  // namespace

TEST_CASE("A handler reads its own writes, and they are logged before its answer", "[agent]") {
  Sim sim;
  Program program{sim};
  program.agent->invite([](Request& req, Response& res) {
    const Session session = req.session();
    CHECK(session.json() == "{}");
    session["user"] = "jack jones";
    session["tries"] = 3;
    session["vip"] = true;
    session["address"]["city"] = "Ulm";
    CHECK(session["user"].text() == "jack jones");
    CHECK(session["tries"].integer() == 3);
    CHECK(session["vip"].boolean() == true);
    CHECK(session["address"]["city"].text() == "Ulm");
    CHECK_FALSE(session["nothing"].exists());
    res.send(200, {.body = our_sdp});
    session["tries"] = nullptr;
  });
  program.connect();
  sim.command("call");
  REQUIRE(program.until([&] { return program.created.size() == 1; }));
  const SipDialog dialog = program.created.front();
  CHECK(program.story().starts_with("invited session-set session-set session-set session-set"));
  CHECK(program.story().find("answered") > program.story().rfind("session-set", 60));
  REQUIRE(program.until([&] {
    return dialog.snapshot()->session ==
           R"({"user":"jack jones","vip":true,"address":{"city":"Ulm"}})";
  }));
  std::ostringstream out;
  out << dialog.session()["user"] << dialog.session()["address"] << dialog.session()["none"];
  CHECK(out.str() == R"(jack jones{"city":"Ulm"})");
}

TEST_CASE_METHOD(Answering, "What is no text, no JSON or too much is refused, and changes nothing",
                 "[agent]") {
  const Session session = one_call().session();
  session["a"] = "b";
  CHECK_THROWS_AS(session["c"] = "\xff\xfe", std::invalid_argument);
  CHECK_THROWS_AS(session["\xff"], std::invalid_argument);
  CHECK_THROWS_AS(session["a"]["\xff\xfe"], std::invalid_argument);
  CHECK_THROWS_AS(session["c"].set_json("{"), std::invalid_argument);
  CHECK_THROWS_AS(session.merge("[1]"), std::invalid_argument);
  CHECK_THROWS_AS(session["c"] = std::string(Session::limit, 'x'), std::length_error);
  CHECK(session.json() == R"({"a":"b"})");
}

TEST_CASE_METHOD(Answering, "Joined sessions are one from then on", "[agent]") {
  const SipDialog a = one_call();
  const SipDialog b = one_call();
  a.session()["from"] = "a";
  b.session()["own"] = 1;
  a.session().join(b.session());
  CHECK(b.session().json() == R"({"own":1,"from":"a"})");
  b.session()["later"] = true;
  CHECK(a.session()["later"].boolean() == true);
  REQUIRE(program.until([&] { return a.snapshot()->session.find("later") != std::string::npos; }));
  CHECK(known_of(a)->joined == b.snapshot()->number);
  int sets = 0;
  for (const Event& event : program.events) {
    if (event.type == EventType::session_set && event.patch.find("later") != std::string::npos) {
      ++sets;
    }
  }
  CHECK(sets == 2);
}

TEST_CASE("What is sent after an assignment waits until that is on disk", "[agent]") {
  ScriptedServer server;
  Patient program{server};
  program.connect_soon();
  server.accept(program);
  call_in(server, program);
  {
    SQLite::Database other{program.db().string(), SQLite::OPEN_READWRITE};
    const SQLite::Transaction holds{other, SQLite::TransactionBehavior::IMMEDIATE};
    program.request->session()["user"] = "jack";
    program.response->send(200, {.body = our_sdp});
    program.until([] { return false; }, 1s);
    CHECK_FALSE(server.has_said_more());
  }
  CHECK(server.hear().message.status == 200);
  const SQLite::Database log{program.db().string()};
  SQLite::Statement patches{log, "SELECT count(*) FROM event WHERE type = 'session-set'"};
  patches.executeStep();
  CHECK(patches.getColumn(0).getInt() == 1);
}

TEST_CASE_METHOD(Answering, "A value is copied from one member to another, of any session",
                 "[agent]") {
  const Session one = one_call().session();
  const Session other = one_call().session();
  one["name"] = "jack";
  one["count"] = 3;
  other["deep"].set_json(R"({"list":[1,2]})");
  one["copy"] = one["name"];
  one["from"]["other"] = other["deep"]["list"];
  const SessionValue count = one["count"];
  other["count"] = count;
  CHECK(one.json() == R"({"name":"jack","count":3,"copy":"jack","from":{"other":[1,2]}})");
  CHECK(other["count"].integer() == 3);
  one["copy"] = other["nothing"];
  CHECK_FALSE(one["copy"].exists());
  one["name"] = static_cast<const char*>(nullptr);
  CHECK_FALSE(one["name"].exists());
  CHECK(one["count"] == other["count"]);
  CHECK(one["count"] == "3");
  CHECK(one["count"] == 3);
  CHECK_FALSE(one["count"] == 0);
  CHECK_FALSE(one["name"] == "jack");
  CHECK(one["name"] == nullptr);
  CHECK(one["name"] == static_cast<const char*>(nullptr));
  REQUIRE(program.until([&] {  // each was an event
    return std::ranges::count(program.events, EventType::session_set, &Event::type) == 8;
  }));
}

TEST_CASE_METHOD(Answering, "Sessions are joined still when the program is back", "[agent]") {
  const Session a = one_call().session();
  a.join(one_call().session());
  program.agent.reset();
  Program again{sim, program.db()};
  const auto dialogs = again.agent->dialogs();
  REQUIRE(dialogs.size() == 2);
  dialogs[1].session()["later"] = true;
  CHECK(dialogs[0].session()["later"].boolean() == true);
}

TEST_CASE_METHOD(Answering, "A patch of joined sessions is in the log for both or for neither",
                 "[agent]") {
  const SipDialog a = one_call();
  const SipDialog b = one_call();
  std::atomic<bool> done{false};
  std::atomic<int> looks{0};
  std::atomic<int> halves{0};
  std::thread looking{[&] {
    const SQLite::Database log{program.db().string()};
    SQLite::Statement count{log,
                            "SELECT count(*) FROM event "
                            "WHERE type IN ('session-set', 'session-joined')"};
    while (!done) {
      count.executeStep();
      if (count.getColumn(0).getInt() % 2 != 0) ++halves;
      count.reset();
      ++looks;
    }
  }};
  a.session().join(b.session());
  for (int i = 0; i < 200 || looks < 200; ++i) {
    const SipDialog& one = i % 2 == 0 ? a : b;
    one.session()["count"] = i;
    CHECK(program.until([&] { return b.snapshot()->session == one.session().json(); }));
  }
  done = true;
  looking.join();
  CHECK(halves == 0);
}

TEST_CASE_METHOD(Answering, "A session of a Subscription can be read, not written", "[agent]") {
  one_call().session()["user"] = "jack";
  REQUIRE(program.until([&] { return program.story().find("session-set") != std::string::npos; }));
  DialogSignals signals;
  int told = 0;
  signals.on_event().connect([&](const DialogEvent& event) {
    if (event.event.type != EventType::session_set) return;
    ++told;
    CHECK(event.session["user"].text() == "jack");
    CHECK_THROWS_AS(event.session["user"] = "jill", std::logic_error);
  });
  Subscription{program.db(), signals}.deliver();
  CHECK(told == 1);
}

TEST_CASE("What could not be read again is refused, and the log proves itself", "[agent]") {
  Sim sim;
  Program program{sim};
  program.agent->invite([](Request& req, Response& res) {
    const Session session = req.session();
    CHECK_THROWS_AS(session["n"] = HUGE_VAL, std::invalid_argument);
    CHECK_THROWS_AS(session["n"] = std::nan(""), std::invalid_argument);
    CHECK_THROWS_AS(session["n"].set_json("1e999"), std::invalid_argument);
    std::string path_deep = "1";
    for (std::size_t level = 1; level < Session::deepest; ++level) {
      path_deep = "{\"a\":" + path_deep + "}";
    }
    session["deep"].set_json(path_deep);
    CHECK_THROWS_AS(session["deep"].set_json("{\"a\":" + path_deep + "}"), std::invalid_argument);
    const auto deeper = [](auto self, const SessionValue& value, std::size_t levels) -> void {
      if (levels == 0) {
        CHECK_THROWS_AS(value = 1, std::invalid_argument);
      } else {
        self(self, value["a"], levels - 1);
      }
    };
    deeper(deeper, session["path"], Session::deepest);
    res.send(200, {.body = our_sdp});
  });
  program.connect();
  sim.command("call");
  REQUIRE(program.until([&] { return program.created.size() == 1; }));
  CHECK(program.created.front().session()["n"].exists() == false);
  CHECK(program.created.front().session()["deep"].exists());
  program.agent.reset();
  CHECK(run("dialog-replay", {"--db", program.db().string(), "verify"}).status == 0);
}

TEST_CASE_METHOD(Answering, "A session joined to another leaves the one it was joined to",
                 "[agent]") {
  sim.command("call 3");
  REQUIRE(program.until([&] { return program.created.size() == 3; }));
  const Session a = program.created[0].session();
  const Session b = program.created[1].session();
  const Session c = program.created[2].session();
  a.join(b);
  b.join(c);
  a["x"] = 1;
  b["y"] = 2;
  CHECK(a.json() == R"({"x":1})");
  CHECK(b.json() == R"({"y":2})");
  CHECK(c.json() == R"({"y":2})");
}

TEST_CASE_METHOD(Answering, "A session that joining would make too long is not joined", "[agent]") {
  const SipDialog a = one_call();
  const SipDialog b = one_call();
  a.session()["a"] = std::string(Session::limit / 2, 'x');
  b.session()["b"] = std::string(Session::limit / 2, 'x');
  CHECK_THROWS_AS(a.session().join(b.session()), std::length_error);
  CHECK_FALSE(b.session()["a"].exists());
  b.session()["later"] = true;
  CHECK_FALSE(a.session()["later"].exists());
}
