// What the program offers in a call: one offer at a time, each acknowledged, in which direction.
#include "agent/scripted_server.hpp"

using namespace drachtio;
using namespace drachtio::test;
using boost::system::error_code;

namespace {

// A call in that is up.
struct Up : Scripted {
  Up() { call_up(server, program); }

  // The server has sent an INVITE or UPDATE of ours, and the far end answers.
  void sent(const Heard& offer, const std::string& transaction, std::uint32_t cseq) {
    server.say(ScriptedServer::sent(offer, transaction, cseq, true));
  }
  void answered(const std::string& transaction, std::uint32_t cseq, int status,
                const std::string& method = "INVITE", const std::string& sdp = our_sdp) {
    server.say(created_by(
        "far", ScriptedServer::response(status, transaction, {.cseq = cseq, .body = sdp}, method)));
  }
  static std::string directed(const std::string& direction) {
    std::string sdp = our_sdp;
    return sdp.replace(sdp.find("sendrecv"), 8, direction);
  }
  // The far end offers, and has its answer.
  void theirs(const std::string& transaction, std::uint32_t cseq, const std::string& direction) {
    std::string sdp = directed(direction);
    server.say(ScriptedServer::request(
        "INVITE", transaction,
        {.cseq = cseq, .branch = "z9hG4bK-" + transaction, .body = std::move(sdp)}));
    server.say(ScriptedServer::echo(server.hear(), transaction));
    server.say(ScriptedServer::request("ACK", transaction,
                                       {.cseq = cseq, .branch = "z9hG4bK-ack" + transaction}));
  }
  // The program holds; the far end accepts, by `answer`.
  std::string holds(Hold held, const std::string& answer) {
    program.dialog().hold();
    const Heard offer = server.hear();
    sent(offer, "txh", 1);
    answered("txh", 1, 200, "INVITE", directed(answer));
    CHECK(server.hear().message.method == "ACK");
    REQUIRE(program.until([&] { return program.dialog().held() == held; }));
    return direction_of(offer);
  }
  // Which way an offer of ours says the media flows: its last line.
  static std::string direction_of(const Heard& offer) {
    const std::string& sdp = offer.message.body;
    return sdp.substr(sdp.rfind("a="));
  }
};

}  // namespace

TEST_CASE_METHOD(Up,
                 "RFC 6337 5.3: an offer says what the program wants, whatever the far end holds",
                 "[agent]") {
  theirs("tx2", 2, "sendonly");
  CHECK(holds(Hold::both, "inactive") == "a=sendonly\r\n");
  program.dialog().unhold();
  CHECK(direction_of(server.hear()) == "a=sendrecv\r\n");
}

TEST_CASE_METHOD(Up, "A hold of a call that nobody holds only sends, and then both again",
                 "[agent]") {
  CHECK(holds(Hold::local, "recvonly") == "a=sendonly\r\n");
  program.dialog().unhold();
  CHECK(direction_of(server.hear()) == "a=sendrecv\r\n");
}

TEST_CASE_METHOD(Up, "A re-INVITE by request() waits its turn, and is acknowledged", "[agent]") {
  Outcome outcome;
  program.dialog().modify(our_sdp);
  program.dialog().request("invite", {.headers = {{"X-Why", "because"}}, .body = our_sdp},
                           outcome.handler());
  const Heard first = server.hear();
  CHECK(first.message.method == "INVITE");
  CHECK(server.hears_nothing());
  sent(first, "tx2", 1);
  answered("tx2", 1, 200);
  CHECK(server.hear().message.method == "ACK");
  const Heard second = server.hear();
  CHECK(second.message.method == "INVITE");
  CHECK(second.message.headers["X-Why"] == "because");
  server.say(ScriptedServer::request("INVITE", "tx9",
                                     {.cseq = 2, .branch = "z9hG4bK-9", .body = our_sdp}));
  CHECK(server.hear().message.status == 491);  // ours is open
  sent(second, "tx3", 2);
  const int status = GENERATE(200, 488);
  answered("tx3", 2, status);
  if (status == 200) CHECK(server.hear().message.method == "ACK");
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK_FALSE(outcome.error);  // any final answer is one
  CHECK(outcome.message.status == status);
}

TEST_CASE_METHOD(Up, "RFC 3311 5.1: an UPDATE that offers waits for the offer under way",
                 "[agent]") {
  Outcome outcome;
  program.dialog().hold();
  program.dialog().request("UPDATE", {.body = our_sdp}, outcome.handler());
  program.dialog().request("UPDATE", {});  // offers nothing: at once
  const Heard hold = server.hear();
  CHECK(hold.message.method == "INVITE");
  CHECK(server.hear().message.body.empty());
  CHECK(server.hears_nothing());
  sent(hold, "tx2", 1);
  answered("tx2", 1, 200);
  CHECK(server.hear().message.method == "ACK");
  const Heard update = server.hear();
  CHECK(update.message.method == "UPDATE");
  sent(update, "tx3", 2);
  answered("tx3", 2, 200, "UPDATE");
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK(server.hears_nothing());  // an UPDATE has no ACK
}

TEST_CASE_METHOD(Scripted, "RFC 3311 5.1: an UPDATE may offer before the call is answered",
                 "[agent]") {
  call_in(server, program);
  program.response->send_reliably(183, {.body = our_sdp}, {});
  program.dialog().request("UPDATE", {.body = our_sdp});
  const Heard progress = server.hear();
  CHECK(progress.message.status == 183);
  CHECK(server.hears_nothing());  // the caller's offer has no answer yet
  server.say(ScriptedServer::echo(progress, "tx1"));
  CHECK(server.hear().message.method == "UPDATE");
}

TEST_CASE_METHOD(Up, "RFC 3261 14.1: five tries, and the 491 is the program's", "[agent][slow]") {
  Outcome outcome;
  program.dialog().modify(our_sdp, outcome.handler());
  for (std::uint32_t attempt = 1; attempt <= 5; ++attempt) {
    const std::string transaction = "txo" + std::to_string(attempt);
    const Heard offer = server.hear();
    CHECK(offer.message.method == "INVITE");
    sent(offer, transaction, attempt);
    answered(transaction, attempt, 491);
  }
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK(outcome.error == Errc::rejected);
  CHECK(outcome.message.status == 491);
  CHECK(server.hears_nothing());
}

TEST_CASE_METHOD(Up, "What would be no request is refused, and nothing is sent", "[agent]") {
  const auto told = [&](const std::string& method, const Content& content) {
    Outcome outcome;
    program.dialog().request(method, content, outcome.handler());
    REQUIRE(program.until([&] { return outcome.told; }));
    CHECK(outcome.error == Errc::malformed);
    return outcome.message.reason;
  };
  CHECK(told("", {}) == "\"\" is no method");
  CHECK(told("IN FO", {}) == "\"IN FO\" is no method");
  CHECK(told("INVITE", {}) == "a re-INVITE needs an offer: nobody would answer theirs");
  CHECK(told("INVITE", {.body = "no SDP"}) == "a body that is no SDP needs a Content-Type header");
  CHECK(server.hears_nothing());
  program.dialog().modify(our_sdp);  // nothing stands in its way
  CHECK(server.hear().message.method == "INVITE");
}
