// The program dies in the middle of its calls, with a real signal, and starts again: it still owns
// every answered call, and ends or answers every other truthfully.
#include "agent/agent_program.hpp"
#include "net/peer.hpp"
#include "program.hpp"
#include "record/ledger.hpp"
#include "record/writer.hpp"

#include <drachtio/subscription.hpp>

#include <SQLiteCpp/Database.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <thread>

using namespace drachtio;
using namespace drachtio::test;
using namespace std::chrono_literals;
using boost::system::error_code;

namespace {

// What the program that will die does with its calls.
void serve(Agent& agent) {
  agent.invite([unanswered = std::vector<Response>{}](Request& req, Response& res) mutable {
    const std::string user = req.from().user;
    req.session()["user"] = user;
    if (user == "pending" || user == "prack") unanswered.push_back(res);
    if (user == "pending") return res.send(180);
    if (user == "prack") return res.send_reliably(183, {.body = our_sdp}, {});
    res.send(200, {.body = our_sdp});
  });
  agent.on_create().connect([](const DialogEvent& told) {
    if (told.session["user"].text() == "onhold") told.dialog.hold();
  });
}

// A program in a process of its own.
class Victim {
 public:
  // It calls each of `callees`.
  Victim(const Sim& sim, const std::filesystem::path& db,
         const std::vector<std::string>& callees = {}) {
    pid_ = ::fork();
    if (pid_ != 0) return;
    Agent agent{db};
    serve(agent);
    agent.on_connect().connect([&](const std::string&) {
      for (const std::string& callee : callees) {
        agent.siprequest("sip:" + callee + "@127.0.0.1:5070", {.body = our_sdp});
      }
    });
    agent.connect({.port = sim.port(), .secret = "cymru", .name = "sim"});
    agent.run();
    ::_exit(0);
  }
  ~Victim() { kill(); }
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;
  Victim(Victim&&) = delete;
  Victim& operator=(Victim&&) = delete;

  void kill() {
    if (pid_ == 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

 private:
  int pid_ = 0;
};

// Waits until the log says so.
template <typename Condition>
bool logged(const std::filesystem::path& db, const Condition& condition) {
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (!std::filesystem::exists(db)) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  std::map<std::string, int> counts;
  DialogSignals signals;
  signals.on_event().connect(
      [&](const DialogEvent& told) { ++counts[std::string{to_string(told.event.type)}]; });
  while (std::chrono::steady_clock::now() < deadline) {
    try {
      Subscription subscription{db, signals};
      while (std::chrono::steady_clock::now() < deadline) {
        if (condition(counts)) return true;
        subscription.wait(50ms);
      }
    } catch (const std::runtime_error&) {
      counts.clear();  // it is not made yet
    }
  }
  return false;
}

std::vector<std::string> callees(const std::map<std::string, int>& counts) {
  std::vector<std::string> all;
  for (const auto& [name, count] : counts)
    all.insert(all.end(), static_cast<std::size_t>(count), name);
  return all;
}

std::map<std::string, int> by_cause(const Program& program) {
  std::map<std::string, int> causes;
  for (const Event& event : program.events) {
    if (event.cause) ++causes[std::string{to_string(*event.cause)}];
  }
  return causes;
}

}  // namespace

TEST_CASE("kill -9 with 200 calls up: every answered one is resumed, every other comes to an end",
          "[agent][slow]") {
  const ScratchFolder folder;
  const auto db = folder / "calls.db";
  Sim sim;
  {
    // Calls out that are up, that ring, and whose 200 will cross the CANCEL, at once or late.
    Victim victim{sim, db, callees({{"answer", 20}, {"ring", 15}, {"crossing", 10}, {"tardy", 5}})};
    REQUIRE(logged(
        db, [](auto& counts) { return counts["progressed"] == 50 && counts["confirmed"] == 20; }));
    sim.command("call 30 0 wait");
    sim.command("call 60 0 onhold");
    sim.command("call 30 0 pending");
    sim.command("call 30 0 prack");
    REQUIRE(logged(db, [](auto& counts) {
      return counts["confirmed"] == 110 && counts["modified"] == 60 && counts["early"] == 30 &&
             counts["responded"] == 30 && counts["progressed"] == 50 + 30 + 30;
    }));
  }
  Program program{sim, db};
  CHECK(program.agent->dialogs().size() == 200);
  int resumed = 0;
  int handed_over = 0;
  program.agent->on_resumed().connect([&](const SipDialog& dialog) {
    ++resumed;
    CHECK_FALSE(dialog.can_receive());
    CHECK(dialog.held() ==
          (dialog.session()["user"].text() == "onhold" ? Hold::local : Hold::none));
    dialog.terminate();
  });
  program.agent->on_resumed_invite([&](Request& req, Response& res) {
    ++handed_over;
    CHECK(req.method() == "INVITE");
    CHECK(req.from().user == req.session()["user"].text());
    res.send(req.from().user == "prack" ? 200 : 486, {.body = our_sdp});
  });
  program.connect();
  REQUIRE(program.until([&] { return program.agent->dialogs().empty(); }));
  CHECK(resumed == 140);  // those answered only now, too: their ACK went where nobody reads
  CHECK(handed_over == 60);
  auto causes = by_cause(program);
  CHECK(causes["near-end-release"] == 140);
  CHECK(causes["rejected"] == 30);
  CHECK(causes["lost"] == 30);  // the calls out that rang
  auto stats = sim.stats();
  CHECK(stats["dialogs"] == 0);
  CHECK(stats["unanswered"] == 0);
  CHECK(stats["answered"] == 155);  // the crossing ones too: the server has hung up
  program.agent.reset();
  CHECK(run("dialog-replay", {"--db", db.string(), "verify"}).status == 0);
}

TEST_CASE("Calls that ended while the program was away, and a server that restarted, are lost",
          "[agent][slow]") {
  const ScratchFolder folder;
  const auto db = folder / "calls.db";
  Sim sim;
  {
    Victim victim{sim, db, callees({{"answer", 5}})};
    REQUIRE(logged(db, [](auto& counts) { return counts["confirmed"] == 5; }));
    sim.command("call 15");
    REQUIRE(logged(db, [](auto& counts) { return counts["confirmed"] == 20; }));
  }
  const bool restarted = GENERATE(false, true);
  sim.command(restarted ? "forget" : "hangup");
  REQUIRE(sim.stats()["dialogs"] == 0);
  Program program{sim, db};
  program.connect();
  REQUIRE(program.ended(20));
  CHECK(by_cause(program) == std::map<std::string, int>{{"lost", 20}});
  for (const std::string& why : program.ends) CHECK(why == "the server does not know it");
}

TEST_CASE("What was not answered yet when the server restarted is lost, each in its own way",
          "[agent][slow]") {
  const ScratchFolder folder;
  const auto db = folder / "calls.db";
  Sim sim;
  {
    Victim victim{sim, db, callees({{"ring", 5}})};
    REQUIRE(logged(db, [](auto& counts) { return counts["progressed"] == 5; }));
    sim.command("call 5 0 pending");
    sim.command("call 5 0 prack");
    REQUIRE(logged(
        db, [](auto& counts) { return counts["progressed"] == 15 && counts["responded"] == 5; }));
  }
  sim.command("forget");
  REQUIRE(sim.stats()["dialogs"] == 0);
  Program program{sim, db};
  program.agent->on_resumed_invite(
      [](Request&, Response& res) { res.send(200, {.body = our_sdp}); });
  program.connect();
  REQUIRE(program.ended(15));
  CHECK(by_cause(program) == std::map<std::string, int>{{"lost", 15}});
  CHECK(program.agent->dialogs().empty());
}

TEST_CASE("An unanswered call in is refused 503 where nobody wants it after a restart",
          "[agent][slow]") {
  const ScratchFolder folder;
  const auto db = folder / "calls.db";
  Sim sim;
  {
    Victim victim{sim, db};
    REQUIRE(logged(db, [](auto& counts) { return counts["link-up"] == 1; }));
    sim.command("call 5 0 pending");
    REQUIRE(logged(db, [](auto& counts) { return counts["progressed"] == 5; }));
  }
  Program program{sim, db};
  program.connect();
  REQUIRE(program.ended(5));
  for (const std::string& why : program.ends) CHECK(why == "503 Service Unavailable");
}

TEST_CASE("Call records tell a resumed call's end at once, with its true reason", "[agent][slow]") {
  const ScratchFolder folder;
  const auto db = folder / "calls.db";
  Sim sim;
  {
    Victim victim{sim, db};
    REQUIRE(logged(db, [](auto& counts) { return counts["link-up"] == 1; }));
    sim.command("call 5");
    REQUIRE(logged(db, [](auto& counts) { return counts["confirmed"] == 5; }));
  }
  Program program{sim, db, {.cdr = true}};
  int resumed = 0;
  program.agent->on_resumed().connect([&](const SipDialog&) { ++resumed; });
  std::vector<std::string> ended_by;
  program.agent->on_terminate().connect([&](const DialogEvent& told) {
    ended_by.push_back(told.ended_by == nullptr ? "" : told.ended_by->method);
  });
  program.connect();
  REQUIRE(program.until([&] { return resumed == 5; }));
  sim.command("hangup");
  REQUIRE(program.ended(5));
  for (const std::string& why : program.ends) CHECK(why == "normal far end release");
  CHECK(ended_by == std::vector<std::string>(5, "BYE"));
}

TEST_CASE("A 200 whose echo the crash swallowed: the call is known, so it was answered",
          "[agent][slow]") {
  const ScratchFolder folder;
  const auto db = folder / "calls.db";
  Sim sim;
  {
    // The program that dies, seen from its connection: the log has the INVITE, the server the 200.
    Peer dying{sim.port()};
    dying.send_frame("1|authenticate|cymru|");
    dying.read_frame();
    dying.send_frame("2|route|invite");
    dying.read_frame();
    sim.command("call");
    const std::string invite = dying.read_frame();
    record::Ledger ledger{log::EventLog{db}, [] { return drachtio::now(); }};
    ledger.frame({"sim", 1, wire::Sender::server, invite, drachtio::now()});
    ledger.commit();
    std::string transaction = invite;
    for (int i = 0; i < 8; ++i) transaction.erase(0, transaction.find('|') + 1);
    transaction.erase(transaction.find('|'));
    dying.send_frame("3|sip|" + transaction +
                     "|\r\nSIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\n"
                     "Content-Length: " +
                     std::to_string(our_sdp.size()) + "\r\n\r\n" + our_sdp);
    dying.read_frame();
  }
  Program program{sim, db};
  int resumed = 0;
  program.agent->on_resumed().connect([&](const SipDialog& dialog) {
    ++resumed;
    CHECK(dialog.state() == State::stable);
    CHECK(dialog.snapshot()->inferred);
    CHECK_FALSE(dialog.times().connect_time);
    dialog.terminate();
  });
  program.connect();
  REQUIRE(program.ended(1));
  CHECK(resumed == 1);
  CHECK(program.ends.front() == "normal near end release");
}

TEST_CASE("A link that comes back hands nothing over that the program still has", "[agent][slow]") {
  Sim sim;
  Program program{sim};
  std::optional<Response> late;
  int handed_over = 0;
  program.agent->invite([&](Request&, Response& res) { late = res; });
  program.agent->on_resumed_invite([&](Request&, Response&) { ++handed_over; });
  program.connect();
  sim.command("call");
  REQUIRE(program.until([&] { return late.has_value(); }));
  bool again = false;
  program.agent->on_connect().connect([&](const std::string&) { again = true; });
  sim.command("drop");
  REQUIRE(program.until([&] { return again; }));
  late->send(200, {.body = our_sdp});
  // Its ACK goes to the connection that was lost: what stands is what the server says.
  REQUIRE(program.until([&] { return program.story().find("resumed") != std::string::npos; }));
  CHECK(handed_over == 0);
  REQUIRE(program.agent->dialogs().size() == 1);
  CHECK(program.agent->dialogs().front().state() == State::stable);
  CHECK_FALSE(program.agent->dialogs().front().can_receive());
}

TEST_CASE("The log fails for good: the program is told, and its calls go on", "[agent][slow]") {
  Sim sim;
  const bool refuse = GENERATE(true, false);
  Program program{sim, AgentOptions{.refuse_when_log_failed = refuse}};
  program.agent->invite([](Request&, Response& res) { res.send(200, {.body = our_sdp}); });
  std::string why;
  program.agent->on_log_failed().connect([&](const std::string& what) { why = what; });
  program.connect();
  sim.command("call");
  REQUIRE(program.until([&] { return program.created.size() == 1; }));
  {
    SQLite::Database rival{program.db().string(), SQLite::OPEN_READWRITE, 5000};
    rival.exec(
        "INSERT INTO event SELECT position + 1, NULL, NULL, 'gap', 0, recorded_at, '{}', 1, NULL, "
        "hash, zeroblob(32) FROM event ORDER BY position DESC LIMIT 1");
  }
  SipDialog dialog = program.created.front();
  int status = 0;
  dialog.request("OPTIONS", {}, [&](error_code, const SipMessage& m) { status = m.status; });
  REQUIRE(program.until([&] { return !why.empty(); }));
  REQUIRE(program.until([&] { return status == 200; }));
  sim.command("call");
  if (refuse) {
    REQUIRE(program.until([&] { return sim.stats()["refused"] == 1; }));
  } else {
    REQUIRE(program.until([&] { return program.created.size() == 2; }));
  }
  dialog.terminate();
  REQUIRE(program.until([&] { return dialog.state() == State::terminated; }));
}

TEST_CASE("A far end that no longer answers the probe is lost at the next one", "[agent][slow]") {
  const ScratchFolder folder;
  const auto db = folder / "calls.db";
  Sim sim;
  {
    Victim victim{sim, db};
    REQUIRE(logged(db, [](auto& counts) { return counts["link-up"] == 1; }));
    sim.command("call 3");
    REQUIRE(logged(db, [](auto& counts) { return counts["confirmed"] == 3; }));
  }
  Program program{sim, db, {.probe_every = 1s}};
  int resumed = 0;
  program.agent->on_resumed().connect([&](const SipDialog&) { ++resumed; });
  program.connect();
  REQUIRE(program.until([&] { return resumed == 3; }));
  sim.command("hangup");  // which this program is not told of
  REQUIRE(program.ended(3));
  CHECK(resumed == 3);
}
