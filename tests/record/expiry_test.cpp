// Calls of which nothing more is heard: lost, in time; and what an end that turns up makes of that.
#include "catch.hpp"
#include "projection/fold.hpp"
#include "record/frames.hpp"
#include "scratch_folder.hpp"

using namespace drachtio;
using namespace std::chrono_literals;
using namespace drachtio::test;

TEST_CASE("an attempt not answered in time is lost, an answered call after longer") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  feed(ledger, capture("uas-noack.cdr"), "pbx");  // ends stable
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
  CHECK(ledger.open_dialogs() == 1);
  ledger.expire(heard + 23h, {.answered = 24h});
  CHECK(ledger.open_dialogs() == 1);
  ledger.expire(heard + 25h, {.answered = 24h});
  CHECK(ledger.open_dialogs() == 0);
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
