// Streams that the far end turns off, or exchanges for a fax, and wants again (RFC 3264 8.2).
#include "agent/scripted_server.hpp"
#include "sip/sdp.hpp"

using namespace drachtio;
using namespace drachtio::test;

namespace {

const std::string session_lines =
    "v=0\r\no=far 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n";
const std::string sound = "m=audio 7000 RTP/AVP 0\r\n";
const std::string picture = "m=video 7002 RTP/AVP 31\r\n";
const std::string no_picture = "m=video 0 RTP/AVP 31\r\n";
const std::string facsimile = "m=image 7000 udptl t38\r\n";
const std::string our_two = our_sdp + "m=video 15002 RTP/AVP 31\r\n";

bool has_line(const Heard& heard, const std::string& line) {
  return heard.message.body.find(line + "\r\n") != std::string::npos;
}

// The far end makes its offer; what the program answers to it by itself.
Heard reoffer(ScriptedServer& server, std::uint32_t cseq, const std::string& streams) {
  const std::string transaction = "tx" + std::to_string(cseq);
  const Saying saying{.cseq = cseq,
                      .branch = "z9hG4bK-" + transaction,
                      .body = streams.empty() ? "" : session_lines + streams};
  server.say(ScriptedServer::request("INVITE", transaction, saying));
  Heard heard = server.hear();
  CHECK(heard.message.status == 200);
  server.say(ScriptedServer::echo(heard, transaction));
  server.say(
      ScriptedServer::request("ACK", transaction,
                              {.cseq = cseq,
                               .branch = "z9hG4bK-ack" + transaction,
                               .body = streams.empty() ? session_lines + sound + picture : ""}));
  return heard;
}

// A call in that the program has answered with sound and picture.
void two_streams_up(ScriptedServer& server, Patient& program) {
  call_in(server, program, {.body = session_lines + sound + picture});
  program.response->send(200, {.body = our_two});
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  server.say(ScriptedServer::request("ACK", "tx1", {.branch = "z9hG4bK-ack1"}));
  REQUIRE(program.until([&] { return program.dialog().state() == State::stable; }));
}

}  // namespace

TEST_CASE_METHOD(Scripted, "A stream that is turned off is there again when it is offered again",
                 "[agent]") {
  two_streams_up(server, program);
  CHECK(has_line(reoffer(server, 2, sound + no_picture), "m=video 0 RTP/AVP 31"));
  SECTION("by the far end") {
    CHECK(has_line(reoffer(server, 3, sound + picture), "m=video 15002 RTP/AVP 31"));
  }
  SECTION("by the program's hold") {
    program.dialog().hold();
    CHECK(has_line(server.hear(), "m=video 15002 RTP/AVP 31"));
  }
  SECTION("as the program is asked for an offer") {
    CHECK(has_line(reoffer(server, 3, ""), "m=video 15002 RTP/AVP 31"));
  }
}

TEST_CASE_METHOD(Scripted, "A call is a call again after a fax that was not wanted", "[agent]") {
  two_streams_up(server, program);
  CHECK(has_line(reoffer(server, 2, facsimile + picture), "m=image 0 udptl t38"));
  const Heard again = reoffer(server, 3, sound + picture);
  CHECK(has_line(again, "m=audio 15000 RTP/AVP 0"));
  CHECK(has_line(again, "m=video 15002 RTP/AVP 31"));
}

TEST_CASE("A stream that was turned off is there again after a restart", "[agent]") {
  const ScratchFolder folder;
  const auto db = folder / "calls.db";
  ScriptedServer server;
  until_it_ends(server, db, [&](Patient& program) {
    two_streams_up(server, program);
    reoffer(server, 2, sound + no_picture);
    REQUIRE(program.until([&] { return !known_of(program.dialog())->former_streams.empty(); }));
  });
  Patient program{server, db};
  program.connect_soon();
  server.accept(program);
  const Heard question = server.hear();
  server.say(ScriptedServer::sent(question, "tx8", 1, true));
  server.say(created_by("far", ScriptedServer::response(200, "tx8", {}, "OPTIONS")));
  CHECK(has_line(reoffer(server, 3, sound + picture), "m=video 15002 RTP/AVP 31"));
}
