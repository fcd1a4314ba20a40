// Dialogs that have left memory, and ids that are used again.
#include "catch.hpp"
#include "projection/fold.hpp"
#include "record/frames.hpp"
#include "scratch_folder.hpp"
#include "text/timestamp.hpp"

using namespace drachtio;
using namespace std::chrono_literals;
using namespace drachtio::test;

TEST_CASE("what is seen again of a call whose ids were used again is of that call") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  const auto say = [&](std::uint32_t cseq, const std::string& method, const std::string& start) {
    ledger.frame(
        from_server("m|sip|network|1|udp|192.0.2.1|5060|12:00:00.000000|tx" + std::to_string(cseq) +
                    "|c;from-tag=a|\r\n" + start + "\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9" +
                    std::to_string(cseq) + method + "\r\nFrom: <sip:a@x>;tag=a\r\nTo: <sip:b@x>" +
                    (start.starts_with("INVITE") ? "" : ";tag=b") +
                    "\r\nCall-ID: c\r\nCSeq: " + std::to_string(cseq) + ' ' + method + "\r\n\r\n"));
  };
  const auto call = [&](std::uint32_t cseq, bool whole) {
    say(cseq, "INVITE", "INVITE sip:b@x SIP/2.0");
    ledger.frame(from_server("r|response|1|OK|application|1|udp|192.0.2.1|5060|12:00:00.000000|tx" +
                             std::to_string(cseq) +
                             "|c;from-tag=a||Msg sent:|\r\nSIP/2.0 200 OK\r\nVia: SIP/2.0/UDP "
                             "192.0.2.1;branch=z9" +
                             std::to_string(cseq) +
                             "INVITE\r\nFrom: <sip:a@x>;tag=a\r\nTo: <sip:b@x>;tag=b\r\nCall-ID: "
                             "c\r\nCSeq: " +
                             std::to_string(cseq) + " INVITE\r\n\r\n"));
    if (whole) say(cseq + 1, "BYE", "BYE sip:b@x SIP/2.0");
  };
  call(1, true);
  call(7, false);
  const std::size_t staged = ledger.staged();
  call(1, true);  // after a reconnect, say
  CHECK(ledger.staged() == staged);
  CHECK(ledger.open_dialogs() == 1);
  CHECK(ledger.tips().size() == 2);
}

TEST_CASE("dialogs that ended long ago leave memory, and are found again when they are needed") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  if (GENERATE(false, true)) ledger.look_back(5min);
  feed(ledger, capture("uas-normal.app"), "pbx");
  for (int i = 0; i < 18000; ++i) {
    const std::string call_id = "call-" + std::to_string(i);
    const std::string invite = invite_text(call_id);
    ledger.frame(from_server(sip_frame(invite)));
    std::string cancel = invite;
    cancel.replace(0, 6, "CANCEL");
    cancel.replace(cancel.find("1 INVITE"), 8, "1 CANCEL");
    ledger.frame(from_server(sip_frame(cancel)));
    if (i % 1000 == 0) ledger.commit();
  }
  ledger.commit();
  CHECK(ledger.tips().size() <= 16385);
  const std::int64_t head = ledger.head().position;
  feed(ledger, capture("uas-normal.app"), "pbx", 10);
  CHECK(ledger.staged() == 0);
  CHECK(ledger.head().position == head);
}

TEST_CASE("an INVITE that contradicts its envelope opens no call that is not found again") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  ledger.frame(from_server(attempt_frame(invite_text("c1"))));
  std::string answer = ringing_text("c1");
  answer.replace(answer.find("180 Ringing"), 11, "200 OK");
  ledger.frame(from_server("id|cdr:start|application|12:00:01.000000|uas\r\n" + answer));
  ledger.expire(drachtio::now() + 48h, {5min, 24h});
  CHECK(ledger.tips().find_sole("pbx", "c1;from-tag=a")->state.cause == Cause::lost);
  std::string other = invite_text("c2");
  other.replace(other.find("CSeq: 1"), 7, "CSeq: 2");
  ledger.frame(from_server(sip_frame(other, "c1;from-tag=a")));
  const std::size_t staged = ledger.staged();
  ledger.frame(from_server(sip_frame(other, "c1;from-tag=a")));
  CHECK(ledger.staged() == staged);
}

// A writer that has just been started has not dropped them itself.
TEST_CASE(
    "calls that ended before the log was opened are found again for as long as it looks back") {
  const ScratchFolder folder;
  const auto path = folder / "calls.db";
  {
    auto ledger = open_ledger(path);
    feed(ledger, capture("uas-normal.app"), "pbx");
    ledger.commit();
  }
  auto ledger = open_ledger(path);
  ledger.look_back(5min);
  feed(ledger, capture("uas-normal.app"), "pbx", 10);
  CHECK(ledger.staged() == 0);
}

TEST_CASE("each of thousands of refused calls with the same ids is a leg, and few stay in memory") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  ledger.look_back(5min);
  constexpr int calls = 3000;
  Instant at = drachtio::now();
  const auto hear = [&](std::string payload) {
    at += 1ms;
    const std::string time = text::rfc3339(at).substr(std::string{"2026-11-27T"}.size(), 15);
    payload.replace(payload.find("12:00:00.000000"), 15, time);
    ledger.frame(from_server(std::move(payload), at));
  };
  for (int i = 0; i < calls; ++i) {
    const std::string id = "tx-" + std::to_string(i);
    hear(sip_frame(invite_text("same"), id));
    std::string refusal = ringing_text("same");
    refusal.replace(refusal.find("180 Ringing"), 11, "486 Busy Here");
    hear("r|response|1|OK|application|1|udp|192.0.2.1|5060|12:00:00.000000|tx-" + id + "|" + id +
         "||Msg sent:|\r\n" + refusal);
    if (i % 50 == 0) ledger.commit();
  }
  ledger.commit();
  CHECK(types(folder / "calls.db").size() == 1000);  // as many as are read at once
  CHECK(ledger.head().position == 2 * calls);
  CHECK(ledger.open_dialogs() == 0);
  CHECK(ledger.tips().size() <= 64);
}
