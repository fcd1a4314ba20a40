// A server that a test speaks for, frame by frame: for what happens between two frames, where a
// program of its own would be too quick. One thread: the program runs while the test waits.
//
//   TEST_CASE_METHOD(Scripted, "...") {
//     server.say(server.invite("tx1"));
//     program.response->send(200, ...);
//     server.say(server.echo(server.hear(), "tx1"));
//
// Every call has the Call-ID "c1". One that comes in is from tag "far" to tag "ours"; one that the
// program places is from "ours" to "far".
#pragma once

#include "agent/agent_program.hpp"
#include "net/peer.hpp"

namespace drachtio::test {

// The server's words for what it does not have.
constexpr const char* no_transaction = "Response not sent due to unknown transaction";
constexpr const char* no_dialog = "Server error: unable to find dialog for dialog id provided";

// A frame of the program's.
struct Heard {
  std::string id;
  std::vector<std::string> tokens;  // of the first line, after the id
  SipMessage message;
};

struct Saying {
  std::uint32_t cseq = 1;
  std::string branch = "z9hG4bK-1";
  std::string headers = {};  // whole lines
  std::string body = {};     // SDP
};

class ScriptedServer {
 public:
  [[nodiscard]] std::uint16_t port() const { return door_.port(); }

  // Takes the next connection: the login, and the routes that are asked for.
  void accept(Program& program);
  // The methods that the program asked for when it was accepted, in their order.
  [[nodiscard]] const std::vector<std::string>& routes() const { return routes_; }
  // Dials the program, as in outbound mode: the login only.
  void dial(Program& program, std::uint16_t port);
  // Whether the program closes the connection; nothing is read of what it still says.
  [[nodiscard]] bool is_let_go();
  // Lets go of it.
  void drop() { peer_.reset(); }

  void say(const std::string& payload) { peer_->send_frame(payload); }
  // The next frame, but for what a login asks.
  Heard hear();
  // Whether a frame lies there already.
  [[nodiscard]] bool has_said_more() { return peer_->has_something(std::chrono::milliseconds{0}); }
  // None comes, though all that was said before has been dealt with: told by the answer to an
  // OPTIONS said after it.
  bool hears_nothing();

  // --- the far end to the program
  static std::string invite(const std::string& transaction, const Saying& saying = {});
  static std::string request(const std::string& method, const std::string& transaction,
                             const Saying& saying);  // in that dialog
  static std::string out_of_dialog(const std::string& method, const std::string& transaction);
  static std::string cancel(const std::string& transaction);
  // By the server, in the name of the program that was called.
  static std::string hang_up(const std::string& why);
  static std::string response(int status, const std::string& transaction, const Saying& saying = {},
                              const std::string& method = "INVITE");

  // --- replies to the program's frames
  static std::string echo(const Heard& answer, const std::string& transaction);
  static std::string sent(const Heard& request, const std::string& transaction,
                          std::uint32_t cseq = 1, bool program_was_called = false);
  static std::string refused(const Heard& frame, const std::string& why);

 private:
  std::string read();

  Door door_;
  Program* program_ = nullptr;
  std::optional<Peer> peer_;
  std::vector<std::string> routes_;
};

// The same frame in another call than "c1".
std::string in_call(const std::string& call_id, std::string frame);
// The same frame in a call whose first request had that From tag: a response in a call that came in
// ("far"), a request of the far end's in one that the program has placed ("ours").
std::string created_by(const std::string& tag, std::string frame);

// A program that keeps what it is asked, and answers only when the test says so.
struct Patient : Program {
  explicit Patient(const ScriptedServer& server, AgentOptions options = {})
      : Program(server.port(), options) {
    wait();
  }
  Patient(const ScriptedServer& server, const std::filesystem::path& db, AgentOptions options = {})
      : Program(server.port(), db, options) {
    wait();
  }
  [[nodiscard]] SipDialog dialog() const { return request->dialog(); }

  int asked = 0;
  bool cancelled = false;
  std::optional<Request> request;
  std::optional<Response> response;

 private:
  void wait() {
    agent->invite([this](Request& req, Response& res) {
      ++asked;
      request = req;
      response = res;
      req.on_cancel().connect([this](const SipMessage&) { cancelled = true; });
    });
  }
};

// What a program does until it is no more: another opens its log afterwards.
template <typename Life>
void until_it_ends(ScriptedServer& server, const std::filesystem::path& db, const Life& life) {
  {
    Patient program{server, db};
    program.connect_soon();
    server.accept(program);
    life(program);
  }
  server.drop();
}

// A server and a program that is logged in to it.
struct Scripted {
  Scripted() {
    program.connect_soon();
    server.accept(program);
  }

  ScriptedServer server;
  Patient program{server};
};

// ... that does not wait long before it asks what has become of a call.
struct Impatient {
  Impatient() {
    program.connect_soon();
    server.accept(program);
  }

  ScriptedServer server;
  Patient program{
      server,
      {.forgotten_after = std::chrono::milliseconds{100}, .t1x64 = std::chrono::milliseconds{800}}};
};

// A call in, as far as the program's handler.
inline void call_in(ScriptedServer& server, Patient& program,
                    const Saying& saying = {.body = our_sdp}) {
  server.say(ScriptedServer::invite("tx1", saying));
  REQUIRE(program.until([&] { return program.asked == 1; }));
}

// ... that rings.
inline void rings(ScriptedServer& server, Patient& program) {
  program.response->send(180);
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  REQUIRE(program.until([&] { return program.story() == "invited progressed"; }));
}

// ... and up.
inline void call_up(ScriptedServer& server, Patient& program) {
  call_in(server, program);
  program.response->send(200, {.body = our_sdp});
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  server.say(ScriptedServer::request("ACK", "tx1", {.branch = "z9hG4bK-ack"}));
  REQUIRE(program.until([&] { return program.created.size() == 1; }));
}

inline SipCall place(Program& program, Outcome& outcome, RequestOptions options = {}) {
  if (!options.late_offer) options.body = our_sdp;
  return program.agent->siprequest("sip:far@127.0.0.1:5070", std::move(options),
                                   outcome.call_handler());
}

// A call out that rings.
inline SipCall call_out(ScriptedServer& server, Program& program, Outcome& outcome) {
  SipCall call = place(program, outcome);
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  server.say(ScriptedServer::response(180, "tx1"));
  REQUIRE(program.until([&] { return program.story() == "invited progressed"; }));
  return call;
}

}  // namespace drachtio::test
