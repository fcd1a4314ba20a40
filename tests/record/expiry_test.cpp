// Calls of which nothing more is heard: lost, in time; and what an end that turns up makes of that.
#include "catch.hpp"
#include "projection/fold.hpp"
#include "record/frames.hpp"
#include "scratch_folder.hpp"
#include "text/timestamp.hpp"

using namespace drachtio;
using namespace std::chrono_literals;
using namespace drachtio::test;

namespace {

void note(record::Ledger& ledger, EventType type, Instant at) {
  Event event;
  event.type = type;
  event.occurred_at = at;
  event.server = "pbx";
  const bool noted = ledger.note({0, std::move(event)});
  REQUIRE(noted);
}

}  // namespace

TEST_CASE("an attempt not answered in time is lost, an answered call after longer") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  const Capture stable = capture("uas-noack.cdr");  // so it ends
  feed(ledger, stable, "pbx");
  const Instant read_at = stable.chunks.back().read_at;
  ledger.expire(read_at + 23h, {.answered = 24h});
  CHECK(ledger.open_dialogs() == 1);
  ledger.expire(read_at + 25h, {.answered = 24h});
  CHECK(ledger.open_dialogs() == 0);
  // Our clock counts, not the server's: these frames say it is noon there.
  ledger.frame(from_server(attempt_frame(invite_text("c1"))));
  ledger.commit();
  const Instant heard = drachtio::now();
  const auto of_pending = [&] { return ledger.tips().find_sole("pbx", "c1;from-tag=a"); };
  ledger.expire(heard + 4min, {.pending = 5min});
  CHECK(of_pending()->state.state == State::pending);
  ledger.expire(heard + 5min, {.pending = 5min});
  CHECK(of_pending()->state.cause == Cause::lost);
  CHECK(of_pending()->state.times.end_time == of_pending()->state.last_heard);
}

TEST_CASE("a call in that nothing is answered to is lost once the server has forgotten it") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  ledger.frame(from_server(sip_frame(invite_text("untouched"))));
  ledger.frame(from_server(sip_frame(invite_text("ringing"))));
  ledger.frame(
      from_server("r|response|1|OK|application|1|udp|192.0.2.1|5060|12:00:00.000000|tx-|"
                  "ringing;from-tag=a||Msg sent:|\r\n" +
                  ringing_text("ringing")));
  const Instant heard = drachtio::now();
  const auto lost = [&](const std::string& call) {
    return ledger.tips().find_sole("pbx", call + ";from-tag=a")->state.cause == Cause::lost;
  };
  ledger.expire(heard + 63s, {});
  CHECK_FALSE(lost("untouched"));
  ledger.expire(heard + 71s, {});
  CHECK(lost("untouched"));
  CHECK_FALSE(lost("ringing"));
}

TEST_CASE("what was lost while the recorder was blind is not said to have gone unanswered") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  const Instant heard = drachtio::now();
  ledger.frame(from_server(sip_frame(invite_text("c1")), heard));
  const auto& state = ledger.tips().find_sole("pbx", "c1;from-tag=a")->state;
  SECTION("the link was down meanwhile") {
    note(ledger, EventType::link_down, heard + 1s);
    note(ledger, EventType::link_up, heard + 90s);
  }
  SECTION("it is down still") { note(ledger, EventType::link_down, heard + 1s); }
  SECTION("something else was missed") { note(ledger, EventType::gap, heard + 5s); }
  ledger.expire(drachtio::now() + 100s, {});
  REQUIRE(state.cause == Cause::lost);
  INFO(state.reason.value_or(""));
  CHECK(state.reason->starts_with("nothing heard since " + text::rfc3339(*state.times.end_time)));
  CHECK(state.reason->find(", with a gap since ") != std::string::npos);
}

TEST_CASE("our clock counts, not the server's, for calls that are read back from the log too") {
  const ScratchFolder folder;
  const auto path = folder / "calls.db";
  const auto off = GENERATE(-11h, -1h, 0h, 1h, 11h);
  const std::string time = text::rfc3339(drachtio::now() + off).substr(11, 15);
  {
    auto ledger = open_ledger(path);
    ledger.frame(from_server(sip_frame(invite_text("c1"), {}, time)));
    ledger.commit();
  }
  const Instant heard = drachtio::now();
  auto ledger = open_ledger(path);
  const auto& state = ledger.tips().find_sole("pbx", "c1;from-tag=a")->state;
  CHECK(abs(state.last_heard - heard - off) < 1min);
  ledger.expire(heard + 60s, {});
  CHECK(state.state == State::pending);
  ledger.expire(heard + 71s, {});
  CHECK(state.reason == "no answer within 64 s: the server forgot it");
}

TEST_CASE("what was missed of a server whose clock is off is missed all the same") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  const auto off = GENERATE(-11h, -1h, 0h, 1h, 11h);
  const std::string time = text::rfc3339(drachtio::now() + off).substr(11, 15);
  SECTION("while the call was under way") {
    ledger.frame(from_server(sip_frame(invite_text("c1"), {}, time)));
    note(ledger, EventType::link_down, drachtio::now());
    note(ledger, EventType::link_up, drachtio::now());
    ledger.expire(drachtio::now() + 100s, {});
    CHECK_THAT(*ledger.tips().find_sole("pbx", "c1;from-tag=a")->state.reason,
               Catch::Contains(", with a gap since "));
  }
  SECTION("but not what was missed before it") {
    note(ledger, EventType::link_down, drachtio::now() - 2s);
    note(ledger, EventType::link_up, drachtio::now() - 1s);
    ledger.frame(from_server(sip_frame(invite_text("c1"), {}, time)));
    ledger.expire(drachtio::now() + 100s, {});
    CHECK(ledger.tips().find_sole("pbx", "c1;from-tag=a")->state.reason ==
          "no answer within 64 s: the server forgot it");
  }
}

TEST_CASE("what was missed between two recorders is remembered by the second one") {
  const ScratchFolder folder;
  const auto path = folder / "calls.db";
  Instant heard;
  {
    auto ledger = open_ledger(path);
    ledger.frame(from_server(sip_frame(invite_text("c1"))));
    heard = drachtio::now();
    note(ledger, EventType::link_down, heard + 1s);  // stopped, as it should be
    ledger.commit();
  }
  auto ledger = open_ledger(path);
  note(ledger, EventType::link_up, heard + 4s);
  ledger.expire(drachtio::now() + 100s, {});
  const auto& state = ledger.tips().find_sole("pbx", "c1;from-tag=a")->state;
  REQUIRE(state.cause == Cause::lost);
  CHECK(state.reason->find(", with a gap since ") != std::string::npos);
}

TEST_CASE("what a program does whose connection is gone is not said not to have happened") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  ledger.frame(from_server(sip_frame(invite_text("c1"))));
  ledger.closed(1);
  ledger.expire(drachtio::now() + 100s, {});
  const auto& state = ledger.tips().find_sole("pbx", "c1;from-tag=a")->state;
  REQUIRE(state.cause == Cause::lost);
  CHECK(state.reason == "nothing heard since " + text::rfc3339(state.last_heard) +
                            ", and its program's connection is gone");
}

TEST_CASE("what the recorder missed before a call began is not held against it") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  note(ledger, EventType::link_down, to_instant(1));
  note(ledger, EventType::link_up, to_instant(1));
  ledger.frame(from_server(sip_frame(invite_text("c1"))));
  ledger.expire(drachtio::now() + 100s, {});
  CHECK(ledger.tips().find_sole("pbx", "c1;from-tag=a")->state.reason ==
        "no answer within 64 s: the server forgot it");
}

TEST_CASE("RFC 5057: a call whose far end has it no more is lost, unless the program hangs up") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  const auto say = [&](const std::string& source, const std::string& start, int cseq,
                       const std::string& method, bool by_program) {
    const std::string program = "<sip:bob@example.com>";
    const std::string caller = "<sip:ann@example.com>;tag=a";
    const std::string tagged = program + (start.starts_with("INVITE") ? "" : ";tag=b");
    ledger.frame(from_server(
        "m|sip|" + source + "|1|udp|192.0.2.1|5060|12:00:00.000000|tx-" + method +
        std::to_string(cseq) + "|c1;from-tag=a|\r\n" + start +
        "\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9" + std::to_string(cseq) + method + "\r\nFrom: " +
        (by_program ? tagged : caller) + "\r\nTo: " + (by_program ? caller : tagged) +
        "\r\nCall-ID: c1\r\nCSeq: " + std::to_string(cseq) + ' ' + method + "\r\n\r\n"));
  };
  say("network", "INVITE sip:bob@example.com SIP/2.0", 1, "INVITE", false);
  say("application", "SIP/2.0 200 OK", 1, "INVITE", false);
  ledger.frame(from_server(
      "m|sip|network|1|udp|192.0.2.1|5060|12:00:00.000000|tx-ack|c1;from-tag=a|\r\nACK "
      "sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9ack\r\nFrom: "
      "<sip:ann@example.com>;tag=a\r\nTo: <sip:bob@example.com>;tag=b\r\nCall-ID: c1\r\nCSeq: 1 "
      "ACK\r\n\r\n"));
  const auto& state = ledger.tips().find_sole("pbx", "c1;from-tag=a")->state;
  REQUIRE(state.state == State::stable);
  const auto refused = [&](const std::string& method, const std::string& status) {
    say("application", method + " sip:ann@192.0.2.1 SIP/2.0", 5, method, true);
    say("network", "SIP/2.0 " + status, 5, method, true);
  };
  const auto in_time = [&] { ledger.expire(drachtio::now() + 33s, {.answered = 24h}); };
  SECTION("481 or 408 to a request that asks for the dialog") {
    const std::string method = GENERATE("INVITE", "UPDATE", "INFO", "MESSAGE", "OPTIONS");
    const std::string status = GENERATE("481 Call Does Not Exist", "408 Request Timeout");
    refused(method, status);
    ledger.expire(drachtio::now() + 30s, {.answered = 24h});
    CHECK(state.state == State::stable);
    in_time();
    CHECK(state.cause == Cause::lost);
    CHECK(state.reason == status.substr(0, 3) + " to a request in the dialog, and no BYE for 32 s");
  }
  SECTION("never to one that does not") {
    refused(GENERATE("NOTIFY", "REFER", "SUBSCRIBE", "PRACK"), "481 No Such Subscription");
    in_time();
    CHECK(state.state == State::stable);
  }
  SECTION("nor for another refusal") {
    refused("INFO", "486 Busy Here");
    in_time();
    CHECK(state.state == State::stable);
  }
  SECTION("the program hangs up") {
    refused("INFO", "481 Call Does Not Exist");
    say("application", "BYE sip:ann@192.0.2.1 SIP/2.0", 6, "BYE", true);
    in_time();
    CHECK(state.cause == Cause::near_end_release);
  }
  SECTION("the far end is heard of again") {
    refused("INFO", "408 Request Timeout");
    say("network", "INFO sip:bob@example.com SIP/2.0", 2, "INFO", false);
    in_time();
    CHECK(state.state == State::stable);
  }
}

TEST_CASE("a call that was handed on may ring elsewhere, and is not forgotten") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  ledger.frame(from_server(sip_frame(invite_text("c1"))));
  ledger.frame(
      {"pbx", 1, wire::Sender::client, "p1|proxy|tx-||fullResponse|||||sip:x", drachtio::now()});
  const Instant heard = drachtio::now();
  const auto state = [&] { return ledger.tips().find_sole("pbx", "c1;from-tag=a")->state; };
  ledger.expire(heard + 100s, {});
  CHECK(state().state == State::pending);
  SECTION("it is answered there") {
    ledger.frame(from_server("r|response|p1|OK|done"));
    CHECK(state().cause == Cause::proxied);
  }
  SECTION("the server would not hand it on, and has forgotten it") {
    ledger.frame(from_server("r|response|p1|NOK|Unknown transaction id: tx-"));
    ledger.expire(heard + 100s, {});
    CHECK(state().cause == Cause::lost);
  }
}

TEST_CASE("patience with others' calls only: those that call records alone have told of") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  feed(ledger, capture("uas-noack.cdr"), "pbx");  // ends stable
  Capture own = capture("uas-normal.app");
  std::erase_if(own.chunks, [](const wire::CaptureChunk& chunk) {
    return chunk.bytes.find(" BYE\r\n") != std::string::npos;
  });
  feed(ledger, own, "pbx");
  CHECK(ledger.open_dialogs() == 4);
  ledger.expire(drachtio::now() + 25h, {.answered = 24h, .with_others_only = true});
  CHECK(ledger.open_dialogs() == 3);
}

TEST_CASE("a real end that turns up after `lost` replaces cause and end time") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  const Capture whole = capture("uas-normal.app");
  std::size_t fed = 0;
  for (std::size_t i = 0; i < whole.chunks.size(); ++i) {
    if (whole.chunks[i].bytes.find("BYE sip:") == std::string::npos) continue;
    fed = i;
    break;
  }
  REQUIRE(fed > 0);
  const auto middle = whole.chunks.begin() + static_cast<std::ptrdiff_t>(fed);
  feed(ledger, {whole.header, {whole.chunks.begin(), middle}}, "pbx");
  ledger.expire(drachtio::now() + 25h, {.answered = 24h});
  ledger.tips().each([](record::Tip& tip) { CHECK(tip.state.cause == Cause::lost); });
  feed(ledger, {whole.header, {middle, whole.chunks.end()}}, "pbx");
  std::size_t ended = 0;
  ledger.tips().each([&](record::Tip& tip) {
    if (tip.state.cause == Cause::far_end_release) ++ended;
  });
  CHECK(ended == 3);
}
