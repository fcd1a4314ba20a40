// Agents, handles and completion tokens at the beginning and end of their lives.
#include "agent/scripted_server.hpp"

#include <drachtio/asio.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/use_future.hpp>

#include <future>
#include <thread>

using namespace drachtio;
using namespace drachtio::test;
using namespace std::chrono_literals;
using boost::system::error_code;
namespace asio = boost::asio;

TEST_CASE("An Agent that is gone lets go of its log, whatever was still to be done", "[agent]") {
  const ScratchFolder folder;
  Sim sim;
  SipDialog dialog;
  {
    Program program{sim, folder / "calls.db"};
    program.agent->invite([](Request&, Response& res) { res.send(200, {.body = our_sdp}); });
    program.connect();
    sim.command("call");
    REQUIRE(program.until([&] { return program.created.size() == 1; }));
    dialog = program.created.front();
    // From another thread, so that it waits for one that never comes.
    std::thread{[&] {
      dialog.terminate();
      program.agent->siprequest("sip:answer@127.0.0.1", {.body = our_sdp});
    }}.join();
  }
  CHECK_NOTHROW(Agent{folder / "calls.db"});
  CHECK_THROWS_AS(dialog.session()["x"] = 1, std::logic_error);
  error_code told;
  dialog.terminate([&](error_code error, const SipMessage&) { told = error; });
  CHECK(told == Errc::no_dialog);
}

TEST_CASE("Handles are used by other threads while the Agent goes", "[agent]") {
  Sim sim;
  const bool linked = GENERATE(false, true);
  for (int round = 0; round < 20; ++round) {
    const ScratchFolder folder;
    SipCall call;
    std::atomic<bool> done{false};
    std::atomic<int> used{0};
    std::optional<std::thread> other;
    {
      boost::asio::io_context io{1};
      Agent agent{io, folder / "calls.db"};
      if (linked) {
        bool up = false;
        agent.on_connect().connect([&](const std::string&) { up = true; });
        agent.listen({.host = "127.0.0.1", .port = 0});
        agent.connect({.port = sim.port(), .secret = "cymru"});
        while (!up) io.run_one();
      }
      call = agent.siprequest("sip:answer@127.0.0.1", {.body = our_sdp});
      other.emplace([&] {
        for (; !done; ++used) call.cancel();
      });
      io.run_for(1ms);
    }
    const int used_before = used;
    while (used <= used_before) std::this_thread::yield();
    done = true;
    other->join();
    Outcome outcome;
    call.cancel({}, outcome.handler());
    CHECK(outcome.error == Errc::no_dialog);
  }
}

TEST_CASE("A handler runs where it is bound to, whose io_context has work until then", "[agent]") {
  Sim sim;
  Program program{sim};
  program.connect();
  boost::asio::io_context elsewhere{1};
  std::thread::id ran_on;
  std::thread other{[&] {
    async_call(*program.agent, "sip:busy@127.0.0.1:5070", RequestOptions{.body = our_sdp},
               boost::asio::bind_executor(
                   elsewhere, [&](error_code, const SipDialog&, const SipMessage& answer) {
                     ran_on = std::this_thread::get_id();
                     CHECK(answer.status == 486);
                   }));
    elsewhere.run();
  }};
  const std::thread::id id = other.get_id();
  CHECK(program.until([&] { return elsewhere.stopped(); }));
  other.join();
  CHECK(ran_on == id);
}

TEST_CASE("use_future, from another thread", "[agent]") {
  Sim sim;
  Program program{sim};
  program.connect();
  std::atomic<bool> done{false};
  std::thread other{[&] {
    auto answer = async_call(*program.agent, "sip:answer@127.0.0.1:5070",
                             RequestOptions{.body = our_sdp}, boost::asio::use_future);
    const auto [dialog, message] = answer.get();
    CHECK(message.status == 200);
    CHECK(async_terminate(dialog, boost::asio::use_future).get().status == 200);
    auto refused = async_call(*program.agent, "sip:busy@127.0.0.1:5070",
                              RequestOptions{.body = our_sdp}, boost::asio::use_future);
    CHECK_THROWS_AS(refused.get(), boost::system::system_error);
    done = true;
  }};
  CHECK(program.until([&] { return done.load(); }));
  other.join();
}

namespace {

template <typename Future>
bool is_ready(Program& program, const Future& future) {
  return program.until([&] { return future.wait_for(0s) == std::future_status::ready; });
}

}  // namespace

TEST_CASE("A link can be waited for: it is told when it is up, once", "[agent]") {
  ScriptedServer server;
  Patient program{server};
  int told = 0;
  int connects = 0;
  program.agent->on_connect().connect([&](const std::string&) { ++connects; });
  auto never = async_connect(*program.agent, {.port = 1, .name = "nobody"}, asio::use_future);
  program.agent->connect({.port = server.port(), .secret = "cymru", .name = "server"},
                         [&](error_code error, const SipMessage&) { told += error ? 100 : 1; });
  server.accept(program);
  REQUIRE(program.until([&] { return told == 1; }));
  server.drop();
  server.accept(program);
  REQUIRE(program.until([&] { return connects == 2; }));
  CHECK(told == 1);
  CHECK(never.wait_for(0s) == std::future_status::timeout);
  program.agent->stop();
  REQUIRE(is_ready(program, never));
  CHECK_THROWS_WITH(never.get(), Catch::Contains("there is no link to the server"));
  auto late = async_connect(*program.agent, {.port = server.port()}, asio::use_future);
  REQUIRE(is_ready(program, late));
  CHECK_THROWS_WITH(late.get(), Catch::Contains("there is no link to the server"));
}

TEST_CASE("Who waits for a link is told that its certificates cannot be read", "[agent]") {
  ScriptedServer server;
  Patient program{server};
  const ConnectOptions options{.tls = true, .ca = "/no/such/file"};
  CHECK_THROWS_WITH(program.agent->connect(options), Catch::Contains("/no/such/file"));
  Outcome link;
  async_connect(*program.agent, options, link.handler());
  REQUIRE(program.until([&] { return link.told; }));
  CHECK(link.error == Errc::no_certificates);
  CHECK_THAT(link.message.reason, Catch::Contains("/no/such/file"));
}

TEST_CASE("What the slots of a call hold is let go when the call has ended", "[agent]") {
  Sim sim;
  Program program{sim};
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = held;
  SipDialog kept;
  program.agent->invite([&](Request& req, Response& res) {
    kept = req.dialog();
    kept.on_info([held](Request&, Response& info) { info.send(200); });
    kept.on_terminate().connect([held](const SipDialog&, const SipMessage&) {});
    res.send(200, {.body = our_sdp});
  });
  program.connect();
  sim.command("call");
  REQUIRE(program.until([&] { return program.created.size() == 1; }));
  held.reset();
  CHECK_FALSE(watch.expired());
  kept.terminate();
  REQUIRE(program.ended(1));
  CHECK(program.until([&] { return watch.expired(); }));
}

TEST_CASE("What the handlers of a call under way hold is let go with its Agent", "[agent]") {
  ScriptedServer server;
  const std::weak_ptr<int> watch = [&] {
    Patient program{server};
    program.connect_soon();
    server.accept(program);
    // A program may keep the handle together with what it knows of the call.
    const auto kept = std::make_shared<SipCall>();
    const auto owned = std::make_shared<int>(1);
    const auto on_answer = [kept, owned](error_code, const SipDialog&, const SipMessage&) {};
    const auto on_cancel = [kept, owned](error_code, const SipMessage&) {};
    *kept = program.agent->siprequest(
        "sip:b@127.0.0.1",
        {.body = our_sdp, .on_provisional = [kept, owned](const SipCall&, const SipMessage&) {}},
        on_answer);
    kept->cancel({}, on_cancel);
    const SipCall other = program.agent->siprequest(
        "sip:b@127.0.0.1", {.method = "MESSAGE"},
        [kept, owned](error_code, const SipDialog&, const SipMessage&) {});
    CHECK(server.hear().message.method == "INVITE");
    CHECK(server.hear().message.method == "MESSAGE");
    return std::weak_ptr{owned};
  }();
  CHECK(watch.expired());
}

TEST_CASE("What the handlers of a call that was never placed hold is let go with its Agent",
          "[agent]") {
  const ScratchFolder folder;
  std::weak_ptr<int> watch;
  {
    Agent agent{folder / "calls.db"};  // does not run
    const auto kept = std::make_shared<SipCall>();
    const auto owned = std::make_shared<int>(1);
    watch = owned;
    *kept = agent.siprequest("sip:b@127.0.0.1", {.body = our_sdp},
                             [kept, owned](error_code, const SipDialog&, const SipMessage&) {});
  }
  CHECK(watch.expired());
}

TEST_CASE("An answer with a reason of its own, as a future", "[agent]") {
  Sim sim;
  Program program{sim};
  std::future<SipMessage> sent;
  program.agent->invite([&](Request&, Response& res) {
    sent = async_send(res, 486, "Busy, Really", Content{}, boost::asio::use_future);
  });
  program.connect();
  sim.command("call");
  REQUIRE(program.ended(1));
  CHECK(program.ends.front() == "486 Busy, Really");
  CHECK(sent.get().reason == "Busy, Really");
}

TEST_CASE("An Agent that goes tells nobody who still waits", "[agent]") {
  ScriptedServer server;
  bool told = false;
  {
    Patient program{server};
    program.connect_soon();
    server.accept(program);
    call_in(server, program);
    program.response->send(200, {.body = our_sdp});
    program.dialog().terminate([&](error_code, const SipMessage&) { told = true; });
    CHECK(server.hear().message.status == 200);
    CHECK(server.hears_nothing());  // it waits for what becomes of the 200
  }
  CHECK_FALSE(told);
}

TEST_CASE("An Agent that has stopped connects to nobody", "[agent]") {
  Sim sim;
  Program program{sim};
  program.agent->stop();
  bool up = false;
  program.agent->on_connect().connect([&](const std::string&) { up = true; });
  program.connect_soon();
  CHECK_FALSE(program.until([&] { return up; }, 1s));
}

TEST_CASE(
    "What would never be on disk is refused: a session is only read once its Agent has stopped",
    "[agent]") {
  ScriptedServer server;
  Patient program{server};
  program.connect_soon();
  server.accept(program);
  call_in(server, program);
  const Session session = program.dialog().session();
  session["before"] = 1;
  program.agent->stop();
  CHECK(server.is_let_go());
  CHECK_THROWS_AS(session["after"] = 1, std::logic_error);
  CHECK(session["before"].integer() == 1);
  CHECK_FALSE(session["after"].exists());
}

TEST_CASE("stop() lets go of every timer: the io_context has nothing left to wait for", "[agent]") {
  const ScratchFolder folder;
  asio::io_context io{1};
  Agent agent{io, folder / "calls.db"};
  bool fired = false;
  agent.after(1h, [&] { fired = true; });
  agent.after(0ms, [&] { agent.stop(); });
  io.run_for(20s);
  CHECK(io.stopped());  // it ran out of work
  CHECK_FALSE(fired);
}
