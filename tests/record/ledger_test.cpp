// The road from frames to events: what the ledger adds to the dialog rules.
#include "record/ledger.hpp"

#include "catch.hpp"
#include "projection/fold.hpp"
#include "record/frames.hpp"
#include "scratch_folder.hpp"

using namespace drachtio;
using namespace std::chrono_literals;
using namespace drachtio::test;

TEST_CASE("nothing is on disk before commit, everything after") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  feed(ledger, capture("uas-normal.app"));
  CHECK(ledger.staged() == 15);
  CHECK(log::Reader{folder / "calls.db"}.head().position == 0);
  ledger.commit();
  CHECK(ledger.staged() == 0);
  CHECK(log::Reader{folder / "calls.db"}.head().position == 15);
}

TEST_CASE("the tip, the fold of the log and the projection are the same dialog") {
  for (const std::string& name : test::capture_names()) {
    INFO(name);
    const ScratchFolder folder;
    auto ledger = open_ledger(folder / "calls.db");
    feed(ledger, capture(name));
    ledger.commit();
    log::Reader reader{folder / "calls.db"};
    projection::DialogTable table{reader.database()};
    std::size_t dialogs = 0;
    ledger.tips().each([&](record::Tip& tip) {
      ++dialogs;
      CHECK(projection::fold(reader.of_dialog(tip.state.number)) == tip.state);
      CHECK(table.find(tip.state.number) == tip.state);
    });
    CHECK(dialogs > 0);
  }
}

TEST_CASE(
    "a message seen again is no second event: on the same way, on the other, after a restart") {
  const ScratchFolder folder;
  std::int64_t head = 0;
  {
    auto ledger = open_ledger(folder / "calls.db");
    feed(ledger, capture("uas-midcall.app"));
    ledger.commit();
    head = ledger.head().position;
    feed(ledger, capture("uas-midcall.app"), {}, 10);
    feed(ledger, capture("uas-midcall.cdr"), {}, 20);
    CHECK(ledger.staged() == 0);
  }
  auto ledger = open_ledger(folder / "calls.db");
  feed(ledger, capture("uas-midcall.app"));
  feed(ledger, capture("uas-midcall.cdr"), {}, 10);
  CHECK(ledger.staged() == 0);
  CHECK(ledger.head().position == head);
}

TEST_CASE("a call with the ids of one that was answered and has ended is another call") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  const auto say = [&](const std::string& start_line, int cseq, const std::string& method,
                       const std::string& to_tag) {
    const std::string source = start_line.starts_with("SIP/") ? "application" : "network";
    ledger.frame({"pbx", 1, wire::Sender::server,
                  "id|sip|" + source + "|1|udp|192.0.2.1|5060|12:00:00.000000|tx" +
                      std::to_string(cseq) + "||192.0.2.9|5060|\r\n" + start_line +
                      "\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK" + std::to_string(cseq) +
                      "\r\nFrom: <sip:ann@example.com>;tag=a\r\nTo: <sip:bob@example.com>" +
                      to_tag + "\r\nCall-ID: again\r\nCSeq: " + std::to_string(cseq) + ' ' +
                      method + "\r\nContent-Length: 0\r\n\r\n",
                  drachtio::now()});
  };
  for (const int first : {1, 11}) {
    const std::string tag = ";tag=b" + std::to_string(first);
    say("INVITE sip:bob@example.com SIP/2.0", first, "INVITE", "");
    say("INVITE sip:bob@example.com SIP/2.0", first, "INVITE", "");  // sent again
    say("SIP/2.0 200 OK", first, "INVITE", tag);
    say("ACK sip:bob@example.com SIP/2.0", first, "ACK", tag);
    say("BYE sip:bob@example.com SIP/2.0", first + 1, "BYE", tag);
    ledger.commit();
  }
  std::vector<dialog::Dialog> calls;
  ledger.tips().each([&](record::Tip& tip) { calls.push_back(tip.state); });
  REQUIRE(calls.size() == 2);
  for (const dialog::Dialog& call : calls) {
    CHECK(call.version == 4);
    CHECK(call.cause == Cause::far_end_release);
  }
  CHECK(ledger.head().position == 8);
}

TEST_CASE("the same traffic of another server is another server's calls") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  feed(ledger, capture("uas-normal.app"), "east");
  feed(ledger, capture("uas-normal.app"), "west", 10);
  CHECK(ledger.staged() == 30);
}

TEST_CASE("after a restart the open dialogs go on where they were") {
  const Capture whole = capture("uas-midcall.app");
  for (std::size_t split = 1; split < whole.chunks.size(); ++split) {
    INFO(split);
    const ScratchFolder folder;
    const Capture first{
        whole.header,
        {whole.chunks.begin(), whole.chunks.begin() + static_cast<std::ptrdiff_t>(split)}};
    const Capture rest{
        whole.header,
        {whole.chunks.begin() + static_cast<std::ptrdiff_t>(split), whole.chunks.end()}};
    {
      auto ledger = open_ledger(folder / "calls.db");
      feed(ledger, first, "pbx");
      ledger.commit();
    }
    auto ledger = open_ledger(folder / "calls.db");
    feed(ledger, rest, "pbx");
    ledger.commit();
    CHECK(types(folder / "calls.db") ==
          std::vector<std::string>{"invited", "answered", "confirmed", "requested", "responded",
                                   "offered", "modified", "acknowledged", "offered", "modified",
                                   "acknowledged", "terminated", "responded"});
  }
}

TEST_CASE("a message libosip2 refuses is kept as evidence, and tracking goes on") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  const std::string broken = "INVITE nonsense\r\n\r\nwith \xFF bytes";
  ledger.frame(from_server(sip_frame(broken)));
  ledger.frame(from_server(sip_frame(invite_text("c1"))));
  ledger.frame(from_server("id|telepathy|x"));
  ledger.commit();
  CHECK(types(folder / "calls.db") ==
        std::vector<std::string>{"unreadable", "invited", "unreadable"});
  log::Reader reader{folder / "calls.db"};
  CHECK(reader.evidence(1)->bytes == broken);
  CHECK(reader.evidence(3)->bytes == "id|telepathy|x");
}

TEST_CASE("an unreadable message stands in the history of the dialog its envelope names") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  ledger.frame(from_server(sip_frame(invite_text("c1"))));
  ledger.frame(from_server(sip_frame("garbage\r\n\r\n", "c1;from-tag=a")));
  ledger.commit();
  CHECK(log::Reader{folder / "calls.db"}.at(2)->dialog == 1);
}

TEST_CASE("the client's frames are read for `proxy` alone and none is ever kept") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  for (const char* payload :
       {"id|authenticate|s3cret|", "id|authenticate", "s3cret", "id|sip||\r\nINVITE s3cret"}) {
    ledger.frame({"pbx", 1, wire::Sender::client, payload, drachtio::now()});
  }
  CHECK(ledger.staged() == 0);
}

TEST_CASE("a proxy that the server refuses leaves the call as it was") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  ledger.frame(from_server(sip_frame(invite_text("c1"))));
  ledger.frame({"pbx", 1, wire::Sender::client, "p1|proxy|tx-|||||||sip:x", drachtio::now()});
  ledger.frame(from_server("r|response|p1|NOK|error proxying request to "));
  ledger.frame(from_server("r|response|p1|OK|done"));  // not its reply any more
  CHECK(ledger.staged() == 1);
}

// On the program's own connection a cdr:attempt comes before the reply to our INVITE; on two, by
// chance.
TEST_CASE("an INVITE known from a call record: the next event tells what its own sighting told") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  ledger.frame(from_server(attempt_frame(invite_text("c1"))));
  ledger.frame(from_server(sip_frame(invite_text("c1"))));
  ledger.frame(from_server(sip_frame(invite_text("c1"))));  // after a reconnect, say
  CHECK(ledger.staged() == 1);                              // each message is one event
  const auto& state = ledger.tips().find_sole("pbx", "c1;from-tag=a")->state;
  SECTION("ringing") {
    ledger.frame(
        from_server("r|response|1|OK|application|1|udp|192.0.2.1|5060|12:00:00.000000|tx-|"
                    "c1;from-tag=a||Msg sent:|\r\n" +
                    ringing_text("c1")));
    CHECK(state.invite.transaction_id == "tx-");
    CHECK(state.local.signaling_address == "192.0.2.9");
  }
  SECTION("proxied: found by its transactionId") {
    ledger.frame({"pbx", 1, wire::Sender::client, "p1|proxy|tx-|||||||sip:x", drachtio::now()});
    ledger.frame(from_server("r|response|p1|OK|done"));
    CHECK(state.cause == Cause::proxied);
  }
  CHECK(ledger.staged() == 2);
  ledger.commit();
  CHECK(projection::fold(log::Reader{folder / "calls.db"}.of_dialog(1)) == state);
}

TEST_CASE("evidence is dropped with an event that says through where and why") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  feed(ledger, capture("uas-normal.app"));
  ledger.commit();
  ledger.drop_evidence(10, "kept for 30 days");
  log::Reader reader{folder / "calls.db"};
  CHECK(reader.head().position == 16);
  CHECK_FALSE(reader.evidence(10));
  CHECK(reader.evidence(11));
  CHECK(reader.at(16)->data.find("30 days") != std::string::npos);
}

TEST_CASE("A login seen from the server's side is noted, and its secret kept nowhere") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  ledger.frame({"pbx", 1, wire::Sender::server, "id|authenticate|cymru|", drachtio::now()});
  ledger.commit();
  log::Reader reader{folder / "calls.db"};
  const auto noted = reader.at(1);
  REQUIRE(noted);
  CHECK(noted->type == "unreadable");
  CHECK(noted->data.find("mistaken") != std::string::npos);
  CHECK(noted->data.find("cymru") == std::string::npos);
  CHECK(reader.evidence(1)->bytes.empty());
}

TEST_CASE("recorded_at never decreases, though the clock does") {
  const ScratchFolder folder;
  Instant clock = drachtio::now() + 1h;
  record::Ledger ledger{log::EventLog{folder / "calls.db"}, [&] { return clock -= 1s; }};
  feed(ledger, capture("uas-normal.app"));
  ledger.commit();
  std::int64_t last = 0;
  for (const log::Row& row : log::Reader{folder / "calls.db"}.after(0)) {
    CHECK(row.recorded_at >= last);
    last = row.recorded_at;
  }
}
