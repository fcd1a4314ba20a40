// A far end that has the dialog no more (RFC 3261 12.2.1.2, RFC 5057), and one that asks to try
// again later (RFC 3261 14.1, 14.2).
#include "agent/scripted_server.hpp"

using namespace drachtio;
using namespace drachtio::test;
using boost::system::error_code;

namespace {

struct CallUp : Scripted {
  CallUp() { call_up(server, program); }

  // The server sends what the program has asked, and the far end answers.
  void answered(const Heard& asked, int status, const std::string& headers = {}) {
    const std::string transaction = "tx-" + asked.message.method + std::to_string(++sent_);
    server.say(ScriptedServer::sent(asked, transaction, sent_, true));
    server.say(created_by(
        "far", ScriptedServer::response(status, transaction, {.cseq = sent_, .headers = headers},
                                        asked.message.method)));
  }

  std::uint32_t sent_ = 0;
};

}  // namespace

TEST_CASE_METHOD(CallUp, "RFC 5057: 481 or 408 in a call that is up ends it, by a BYE", "[agent]") {
  const int status = GENERATE(481, 408);
  const std::string method = GENERATE("INFO", "MESSAGE", "OPTIONS", "UPDATE", "INVITE");
  Outcome outcome;
  const bool offers = method == "UPDATE" || method == "INVITE";
  program.dialog().request(method, {.body = offers ? our_sdp : ""}, outcome.handler());
  answered(server.hear(), status);
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK(outcome.message.status == status);
  CHECK(server.hear().message.method == "BYE");
}

TEST_CASE_METHOD(CallUp, "A call lives on where another method is answered so", "[agent]") {
  Outcome outcome;
  program.dialog().request(GENERATE("NOTIFY", "REFER", "SUBSCRIBE"), {}, outcome.handler());
  answered(server.hear(), 481);
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK(server.hears_nothing());
  CHECK(program.dialog().state() == State::stable);
}

TEST_CASE_METHOD(CallUp, "RFC 3261 14.1, 21.5.1: a 500 with Retry-After is tried again",
                 "[agent]") {
  Outcome outcome;
  program.dialog().modify(our_sdp, outcome.handler());
  answered(server.hear(), 500, "Retry-After: 0\r\n");
  const Heard again = server.hear();
  CHECK(again.message.method == "INVITE");
  CHECK_FALSE(outcome.told);
  answered(again, 500);
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK(outcome.error == Errc::rejected);
}

TEST_CASE_METHOD(CallUp, "A 500 that asks for long patience is an answer", "[agent]") {
  Outcome outcome;
  program.dialog().modify(our_sdp, outcome.handler());
  answered(server.hear(), 500, "Retry-After: 3600\r\n");
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK(outcome.error == Errc::rejected);
}
