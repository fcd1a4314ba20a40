// What a far end may send in a call and after it, and how it is answered.
#include "agent/scripted_server.hpp"

using namespace drachtio;
using namespace drachtio::test;

// --- what comes in a call -----------------------------------------------------------------------

TEST_CASE_METHOD(
    Scripted, "A re-INVITE of ours that the dialog's end overtakes fails, and all that wait for it",
    "[agent]") {
  call_up(server, program);
  Outcome first;
  Outcome second;
  program.dialog().modify(our_sdp, first.handler());
  program.dialog().modify(our_sdp, second.handler());
  server.say(ScriptedServer::sent(server.hear(), "tx2", 1, true));
  program.dialog().terminate();
  server.say(ScriptedServer::sent(server.hear(), "tx3", 2, true));
  REQUIRE(program.until([&] { return first.told && second.told; }));
  CHECK(first.error == Errc::dialog_over);
  CHECK(second.error == Errc::dialog_over);
}

TEST_CASE_METHOD(Scripted,
                 "RFC 3261 14.1: while we wait to try again after a 491, the far end may offer",
                 "[agent]") {
  // Who has called waits for 2.1 s at least; the other may not wait at all.
  Outcome outcome;
  const SipCall call = place(program, outcome);
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  server.say(ScriptedServer::response(200, "tx1", {.body = our_sdp}));
  server.say(ScriptedServer::sent(server.hear(), "tx1"));
  REQUIRE(program.until([&] { return outcome.told; }));
  const auto offered = [](const std::string& transaction, std::uint32_t cseq) {
    return created_by("ours",
                      ScriptedServer::request(
                          "INVITE", transaction,
                          {.cseq = cseq, .branch = "z9hG4bK-far" + transaction, .body = our_sdp}));
  };
  call.dialog().hold();
  server.say(ScriptedServer::sent(server.hear(), "tx2", 2));
  server.say(offered("tx3", 2));
  CHECK(server.hear().message.status == 491);
  server.say(ScriptedServer::response(491, "tx2", {.cseq = 2}));
  server.say(offered("tx4", 3));
  const Heard answer = server.hear();
  CHECK(answer.message.status == 200);
  CHECK(answer.message.headers["CSeq"] == "3 INVITE");
}

TEST_CASE_METHOD(Scripted,
                 "A CANCEL of the far end's re-INVITE is told to whoever was to answer it",
                 "[agent]") {
  call_up(server, program);
  std::optional<Response> answer;
  bool cancelled = false;
  program.dialog().on_modify([&](Request& req, Response& res) {
    answer = res;
    req.on_cancel().connect([&](const SipMessage&) { cancelled = true; });
  });
  server.say(ScriptedServer::request("INVITE", "tx2",
                                     {.cseq = 2, .branch = "z9hG4bK-2", .body = our_sdp}));
  REQUIRE(program.until([&] { return answer.has_value(); }));
  server.say(ScriptedServer::cancel("tx2"));
  REQUIRE(program.until([&] { return cancelled; }));
}

TEST_CASE_METHOD(Scripted,
                 "RFC 3261 12.2.2: a request of a dialog that is over, or unknown, is answered 481",
                 "[agent]") {
  const std::string method = GENERATE("INFO", "INVITE", "UPDATE", "NOTIFY");
  SECTION("over") {
    call_up(server, program);
    server.say(ScriptedServer::request("BYE", "tx2", {.cseq = 2, .branch = "z9hG4bK-2"}));
    CHECK(server.hear().message.status == 200);
  }
  SECTION("unknown") {}
  server.say(ScriptedServer::request(method, "tx3", {.cseq = 3, .branch = "z9hG4bK-3"}));
  const Heard answer = server.hear();
  CHECK(answer.message.status == 481);
  CHECK(answer.message.headers["CSeq"] == "3 " + method);
}

namespace {

using SetHandler = void (SipDialog::*)(RequestHandler) const;

}  // namespace

TEST_CASE_METHOD(Scripted, "Each method that is asked in a dialog has a handler of its own",
                 "[agent]") {
  call_up(server, program);
  const auto [method, set] =
      GENERATE(table<std::string, SetHandler>({{"UPDATE", &SipDialog::on_update},
                                               {"OPTIONS", &SipDialog::on_options},
                                               {"INFO", &SipDialog::on_info},
                                               {"MESSAGE", &SipDialog::on_message},
                                               {"NOTIFY", &SipDialog::on_notify},
                                               {"REFER", &SipDialog::on_refer}}));
  (program.dialog().*
   set)([&](Request& req, Response& res) { res.send(299, "Heard " + req.method()); });
  server.say(ScriptedServer::request(method, "tx2", {.cseq = 2, .branch = "z9hG4bK-2"}));
  const Heard answer = server.hear();
  CHECK(answer.message.status == 299);
  CHECK(answer.message.reason == "Heard " + method);
  CHECK(answer.message.headers["CSeq"] == "2 " + method);
}

TEST_CASE_METHOD(Scripted,
                 "A request in a dialog has one handler: the latest, or none once it is taken away",
                 "[agent]") {
  call_up(server, program);
  const SipDialog dialog = program.dialog();
  std::uint32_t cseq = 1;
  const auto answer_to_info = [&] {
    const std::string number = std::to_string(++cseq);
    server.say(ScriptedServer::request("INFO", "tx" + number,
                                       {.cseq = cseq, .branch = "z9hG4bK-" + number}));
    return server.hear().message.status;
  };
  dialog.on_info([](Request&, Response& res) { res.send(298); });
  dialog.on_info([](Request&, Response& res) { res.send(299); });
  CHECK(answer_to_info() == 299);
  dialog.on_info({});
  CHECK(answer_to_info() == 200);
  SECTION("and one that is replaced while it runs is told to its end") {
    const auto kept = std::make_shared<int>(297);
    dialog.on_info([dialog, kept](Request&, Response& res) {
      dialog.on_info({});
      res.send(*kept);
    });
    CHECK(answer_to_info() == 297);
    CHECK(kept.use_count() == 1);
    CHECK(answer_to_info() == 200);
  }
}

TEST_CASE("The handlers of an empty handle are nobody's", "[agent]") {
  const auto kept = std::make_shared<int>();
  SipDialog{}.on_info([kept](Request&, Response&) {});
  CHECK(kept.use_count() == 1);
}

TEST_CASE_METHOD(Scripted,
                 "WIRE: a CANCEL that comes after our 200 is answered by the server's BYE",
                 "[agent]") {
  call_in(server, program);
  program.response->send(200, {.body = our_sdp});
  server.say(ScriptedServer::echo(server.hear(), "tx1"));
  server.say(ScriptedServer::hang_up("Call canceled"));
  REQUIRE(program.ended(1));
  CHECK(program.dialog().cause() == Cause::server_release);
  CHECK_FALSE(program.cancelled);
  CHECK(server.hears_nothing());
}

TEST_CASE_METHOD(Scripted, "terminate() takes content, status and handler, or a handler alone",
                 "[agent]") {
  call_in(server, program);
  Outcome refused;
  program.dialog().terminate({.headers = {{"Retry-After", "9"}}}, 486, refused.handler());
  const Heard answer = server.hear();
  CHECK(answer.message.status == 486);
  CHECK(answer.message.headers["Retry-After"] == "9");
  server.say(ScriptedServer::echo(answer, "tx1"));
  REQUIRE(program.until([&] { return refused.told; }));
  CHECK(refused.message.status == 486);
  Outcome over;
  program.dialog().terminate(over.handler());
  REQUIRE(program.until([&] { return over.told; }));
  CHECK(over.message.status == 0);
}

// --- INVITEs that are no new calls --------------------------------------------------------------

TEST_CASE_METHOD(
    Scripted,
    "An INVITE that is there already is not asked about again, and its other branch is no call",
    "[agent]") {
  call_in(server, program);
  SECTION("delivered again") {
    server.say(ScriptedServer::invite("tx1", {.body = our_sdp}));
    CHECK(server.hears_nothing());
  }
  SECTION("delivered again after its answer") {
    program.response->send(486);
    server.say(ScriptedServer::echo(server.hear(), "tx1"));
    server.say(ScriptedServer::invite("tx1", {.body = our_sdp}));
    CHECK(server.hears_nothing());
  }
  SECTION("RFC 3261 8.2.2.2: merged on its way") {
    server.say(ScriptedServer::invite("tx2", {.branch = "z9hG4bK-other", .body = our_sdp}));
    const Heard answer = server.hear();
    CHECK(answer.message.status == 482);
    CHECK(answer.tokens.at(1) == "tx2");
  }
  CHECK(program.asked == 1);
}

TEST_CASE_METHOD(
    Scripted,
    "What is no request is not answered, and an INVITE that cannot be read is answered 400",
    "[agent]") {
  int warnings = 0;
  program.agent->on_warning().connect([&](const std::string&) { ++warnings; });
  SECTION("no request") {
    server.say("m|sip|network|1|udp|127.0.0.1|5070|12:00:00.000000|tx1|||\r\nnonsense\r\n\r\n");
    CHECK(server.hears_nothing());
  }
  SECTION("not to be read") {
    std::string broken = ScriptedServer::invite("tx1");
    broken.replace(broken.find("<sip:far@127.0.0.1:5070>;tag=far"), 32, ":::<<>>");
    server.say(broken);
    CHECK(server.hear().message.status == 400);
  }
  REQUIRE(program.until([&] { return warnings == 1; }));
  CHECK(program.asked == 0);
}
