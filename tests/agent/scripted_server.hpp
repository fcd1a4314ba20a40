// A server that a test speaks for, frame by frame: for what happens between two frames, where a
// program of its own would be too quick. One thread: the program runs while the test waits.
//
//   ScriptedServer server;
//   Program program{server.port()};
//   server.accept(program);
//   server.say(server.invite("tx1"));
//   const Heard answer = server.hear();
//   server.say(server.echo(answer, "tx1"));
//
// Every call has the Call-ID "c1". One that comes in is from tag "far" to tag "ours"; one that the
// program places is from "ours" to "far".
#pragma once

#include "agent/agent_program.hpp"
#include "net/peer.hpp"

namespace drachtio::test {

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
  // Lets go of it.
  void drop() { peer_.reset(); }

  void say(const std::string& payload) { peer_->send_frame(payload); }
  // The next frame, but for what a login asks.
  Heard hear();
  // None comes, though all that was said before has been dealt with: told by the answer to an
  // OPTIONS said after it.
  bool hears_nothing();

  // --- the far end to the program
  static std::string invite(const std::string& transaction, const Saying& saying = {});
  static std::string request(const std::string& method, const std::string& transaction,
                             const Saying& saying);  // in that dialog
  static std::string cancel(const std::string& transaction);
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
};

}  // namespace drachtio::test
