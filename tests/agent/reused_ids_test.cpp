// A caller that uses the ids of an earlier call again, and one whose INVITE comes over two
// branches.
#include "agent/scripted_server.hpp"
#include "log/reader.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

using namespace drachtio;
using namespace drachtio::test;

namespace {

// The same frame, so much later by the server's clock.
std::string later(std::string frame, const std::string& time) {
  const std::string noon = "12:00:00.000000";
  return frame.replace(frame.find(noon), noon.size(), time);
}

// "c1 answered, c1 answered": every leg in the log, in order.
std::string legs(const std::filesystem::path& db) {
  const SQLite::Database database{db.string(), SQLite::OPEN_READONLY};
  SQLite::Statement query{database,
                          "SELECT group_concat(disposition || ' ' || status, ', ') FROM "
                          "(SELECT disposition, status FROM call_record ORDER BY id)"};
  query.executeStep();
  return query.getColumn(0).getString();
}

// A call in, with the same ids each time, that is answered, and that the far end ends.
void whole_call(ScriptedServer& server, Patient& program, const std::string& transaction,
                const std::string& minute) {
  const int before = program.asked;
  server.say(later(ScriptedServer::invite(transaction, {.body = our_sdp}), minute + ":00.000000"));
  REQUIRE(program.until([&] { return program.asked == before + 1; }));
  program.response->send(200, {.body = our_sdp});
  server.say(later(ScriptedServer::echo(server.hear(), transaction), minute + ":01.000000"));
  server.say(later(ScriptedServer::request("ACK", transaction + "a", {.branch = "z9hG4bK-ack"}),
                   minute + ":02.000000"));
  server.say(
      later(ScriptedServer::request("BYE", transaction + "b", {.cseq = 2, .branch = "z9hG4bK-bye"}),
            minute + ":03.000000"));
  const Heard ok = server.hear();
  CHECK(ok.message.status == 200);
  server.say(later(ScriptedServer::echo(ok, transaction + "b"), minute + ":04.000000"));
  REQUIRE(server.hears_nothing());
}

}  // namespace

TEST_CASE_METHOD(Scripted, "A caller that uses all ids again has another call each time",
                 "[agent]") {
  whole_call(server, program, "tx1", "12:00");
  whole_call(server, program, "tx2", "12:01");
  whole_call(server, program, "tx3", "12:02");
  CHECK(legs(program.db()) == "answered 200, answered 200, answered 200");
}

TEST_CASE("A caller that uses all ids again has another call after a restart, too", "[agent]") {
  const ScratchFolder folder;
  const auto db = folder / "calls.db";
  ScriptedServer server;
  until_it_ends(server, db, [&](Patient& program) { whole_call(server, program, "tx1", "12:00"); });
  until_it_ends(server, db, [&](Patient& program) { whole_call(server, program, "tx2", "12:01"); });
  CHECK(legs(db) == "answered 200, answered 200");
}

TEST_CASE_METHOD(
    Scripted, "RFC 3261 8.2.2.2: a second branch is answered 482 and stands in the log as refused",
    "[agent]") {
  call_in(server, program);
  rings(server, program);
  server.say(ScriptedServer::invite("tx2", {.branch = "z9hG4bK-2", .body = our_sdp}));
  const Heard refusal = server.hear();
  CHECK(refusal.message.status == 482);
  CHECK(refusal.tokens.at(1) == "tx2");
  server.say(ScriptedServer::echo(refusal, "tx2"));
  program.response->send(200, {.body = our_sdp});
  const Heard answer = server.hear();
  CHECK(answer.message.status == 200);
  server.say(ScriptedServer::echo(answer, "tx1"));
  server.say(ScriptedServer::request("ACK", "tx1", {.branch = "z9hG4bK-ack"}));
  REQUIRE(program.until([&] { return program.created.size() == 1; }));
  CHECK(program.asked == 1);
  CHECK(program.agent->dialogs().size() == 1);
  CHECK(legs(program.db()) == "active 200, failed 482");
}
