// The road from frames to events: what the ledger adds to the dialog rules.
#include "record/ledger.hpp"

#include "capture_file.hpp"
#include "catch.hpp"
#include "log/reader.hpp"
#include "projection/fold.hpp"
#include "record/writer.hpp"
#include "scratch_folder.hpp"
#include "wire/frame_reader.hpp"

#include <array>
#include <map>

using namespace drachtio;
using namespace std::chrono_literals;
using test::ScratchFolder;

namespace {

record::Ledger open_ledger(const std::filesystem::path& path) {
  return record::Ledger{log::EventLog{path}, [] { return record::now(); }};
}

// Feeds a capture's frames, as the connections `first_connection` and up.
void feed(record::Ledger& ledger, const test::Capture& capture, const std::string& server = {},
          std::uint64_t first_connection = 0) {
  std::map<std::pair<std::uint64_t, wire::Sender>, wire::FrameReader> readers;
  for (const wire::CaptureChunk& chunk : capture.chunks) {
    wire::FrameReader& reader = readers[{chunk.connection, chunk.from}];
    reader.push(chunk.bytes);
    while (const auto payload = reader.next()) {
      ledger.frame({server, first_connection + chunk.connection, chunk.from, std::string{*payload},
                    chunk.read_at});
    }
  }
}

test::Capture capture(const std::string& name) {
  return test::read_capture(test::capture_path(name));
}

std::vector<std::string> types(const std::filesystem::path& path) {
  log::Reader reader{path};
  std::vector<std::string> result;
  for (const log::Row& row : reader.after(0)) result.push_back(row.type);
  return result;
}

// Frames of a server, as it would send them.
record::Frame from_server(std::string payload, Instant at = record::now()) {
  return {"pbx", 1, wire::Sender::server, std::move(payload), at};
}

std::string invite_text(const std::string& call_id, const std::string& extra = {}) {
  return "INVITE sip:bob@example.com SIP/2.0\r\n"
         "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK-" +
         call_id + "\r\n" + extra +
         "From: <sip:ann@example.com>;tag=a\r\nTo: <sip:bob@example.com>\r\n"
         "Call-ID: " +
         call_id +
         "\r\nCSeq: 1 INVITE\r\nContact: <sip:ann@192.0.2.1>\r\n"
         "Content-Length: 0\r\n\r\n";
}

std::string ringing_text(const std::string& call_id) {
  std::string text = invite_text(call_id);
  text.replace(0, text.find("\r\n"), "SIP/2.0 180 Ringing");
  const std::string contact = "Contact: <sip:ann@192.0.2.1>\r\n";
  text.erase(text.find(contact), contact.size());
  const std::string to = "To: <sip:bob@example.com>";
  return text.replace(text.find(to), to.size(), to + ";tag=b");
}

std::string attempt_frame(const std::string& text) {
  return "id|cdr:attempt|network|12:00:00.000000\r\n" + text;
}

std::string sip_frame(const std::string& text, const std::string& dialog_id = {}) {
  return "id|sip|network|1|udp|192.0.2.1|5060|12:00:00.000000|tx-" + dialog_id + "|" + dialog_id +
         "|192.0.2.9|5060|\r\n" + text;
}

}  // namespace

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
                  record::now()});
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
  std::vector<DialogState> calls;
  ledger.tips().each([&](record::Tip& tip) { calls.push_back(tip.state); });
  REQUIRE(calls.size() == 2);
  for (const DialogState& call : calls) {
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
  const test::Capture whole = capture("uas-midcall.app");
  for (std::size_t split = 1; split < whole.chunks.size(); ++split) {
    INFO(split);
    const ScratchFolder folder;
    const test::Capture first{
        whole.header,
        {whole.chunks.begin(), whole.chunks.begin() + static_cast<std::ptrdiff_t>(split)}};
    const test::Capture rest{
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
    ledger.frame({"pbx", 1, wire::Sender::client, payload, record::now()});
  }
  CHECK(ledger.staged() == 0);
}

TEST_CASE("a proxy that the server refuses leaves the call as it was") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  ledger.frame(from_server(sip_frame(invite_text("c1"))));
  ledger.frame({"pbx", 1, wire::Sender::client, "p1|proxy|tx-|||||||sip:x", record::now()});
  ledger.frame(from_server("r|response|p1|NOK|error proxying request to "));
  ledger.frame(from_server("r|response|p1|OK|done"));  // not its reply any more
  CHECK(ledger.staged() == 1);
}

TEST_CASE("a call record without its predecessor is a gap, said once a connection") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  const test::Capture whole = capture("uas-normal.cdr");
  test::Capture without_attempts{whole.header, {}};
  for (wire::CaptureChunk chunk : whole.chunks) {
    wire::FrameReader reader;
    reader.push(chunk.bytes);
    chunk.bytes.clear();
    while (const auto payload = reader.next()) {
      if (payload->find("cdr:attempt|network") == std::string_view::npos) {
        chunk.bytes += wire::frame(*payload);
      }
    }
    without_attempts.chunks.push_back(chunk);
  }
  feed(ledger, without_attempts);
  ledger.commit();
  const auto seen = types(folder / "calls.db");
  CHECK(std::ranges::count(seen, "gap") == 1);
  CHECK(seen.front() == "gap");
  CHECK(std::ranges::count(seen, "answered") == 3);
  CHECK(std::ranges::count(seen, "terminated") == 3);
  log::Reader reader{folder / "calls.db"};
  CHECK(reader.at(1)->data.find("one recorder per server") != std::string::npos);
  const DialogState opened = projection::fold(reader.of_dialog(2, 1));
  CHECK(opened.state == State::stable);
  CHECK(opened.times.start_time == opened.times.connect_time);
}

namespace {

// Noon, the end of a call whose beginning nobody saw, so many seconds later.
const Instant noon = Instant{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}} + 12h;

record::Frame stop_at(int seconds) {
  const int minutes = seconds / 60;
  std::string time = "12:00:00.000000";
  time.replace(3, 5,
               {static_cast<char>('0' + minutes / 10), static_cast<char>('0' + minutes % 10), ':',
                static_cast<char>('0' + seconds % 60 / 10), static_cast<char>('0' + seconds % 10)});
  const std::string call = "call-" + std::to_string(seconds);
  return from_server("id|cdr:stop|network|" + time +
                         "|normal-release\r\nBYE sip:bob@example.com SIP/2.0\r\n"
                         "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK" +
                         call +
                         "\r\nFrom: <sip:ann@example.com>;tag=a\r\n"
                         "To: <sip:bob@example.com>;tag=b\r\nCall-ID: " +
                         call + "\r\nCSeq: 2 BYE\r\nContent-Length: 0\r\n\r\n",
                     noon + std::chrono::seconds{seconds});
}

// since, until, how many: in seconds after noon.
std::vector<std::array<std::int64_t, 3>> gaps_in(const std::filesystem::path& path) {
  std::vector<std::array<std::int64_t, 3>> gaps;
  for (const log::Row& row : log::Reader{path}.after(0)) {
    const Event event = projection::to_event(row);
    const auto second = [](Instant at) {
      return std::chrono::duration_cast<std::chrono::seconds>(at - noon).count();
    };
    if (event.type != EventType::gap) continue;
    gaps.push_back({second(event.since.value()), second(event.occurred_at), event.count.value()});
  }
  return gaps;
}

}  // namespace

TEST_CASE("call records that somebody else has part of are told of for as long as that goes on") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  for (int second = 0; second <= 180; second += 20) ledger.frame(stop_at(second));
  ledger.expire(noon + 239s, {});
  ledger.frame(stop_at(230));
  ledger.expire(noon + 239s, {});  // too early
  ledger.expire(noon + 240s, {});
  ledger.expire(noon + 500s, {});  // nothing new
  ledger.frame(stop_at(1000));     // another time, not that one still
  ledger.frame(stop_at(1010));
  ledger.closed(1);
  ledger.closed(1);
  ledger.commit();
  CHECK(gaps_in(folder / "calls.db") == std::vector<std::array<std::int64_t, 3>>{{0, 0, 1},
                                                                                 {0, 60, 3},
                                                                                 {60, 120, 3},
                                                                                 {120, 180, 3},
                                                                                 {180, 230, 1},
                                                                                 {1000, 1000, 1},
                                                                                 {1000, 1010, 1}});
}

TEST_CASE("call records whose predecessor may have been given up are nobody else's doing") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  ledger.given_up("pbx", 2, noon);
  ledger.given_up("other", 5, noon);
  ledger.frame(stop_at(1));
  ledger.frame(stop_at(2));
  CHECK(ledger.staged() == 2);
  ledger.frame(stop_at(3));
  CHECK(ledger.staged() == 3);
}

TEST_CASE("an attempt not answered in time is lost, an answered call after longer") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  feed(ledger, capture("uas-noack.cdr"), "pbx");  // ends stable
  // Our clock counts, not the server's: these frames say it is noon there.
  ledger.frame(from_server(attempt_frame(invite_text("c1"))));
  ledger.commit();
  const Instant heard = record::now();
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

TEST_CASE("what is seen again of a call whose ids were used again is of that call") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  const auto say = [&](std::uint32_t cseq, const std::string& method, const std::string& start) {
    ledger.frame(
        from_server("m|sip|network|1|udp|192.0.2.1|5060|12:00:00.000000|tx|c;from-tag=a|"
                    "\r\n" +
                    start + "\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9" + std::to_string(cseq) +
                    method + "\r\nFrom: <sip:a@x>;tag=a\r\nTo: <sip:b@x>" +
                    (start.starts_with("INVITE") ? "" : ";tag=b") +
                    "\r\nCall-ID: c\r\nCSeq: " + std::to_string(cseq) + ' ' + method + "\r\n\r\n"));
  };
  const auto call = [&](std::uint32_t cseq, bool whole) {
    say(cseq, "INVITE", "INVITE sip:b@x SIP/2.0");
    ledger.frame(
        from_server("r|response|1|OK|application|1|udp|192.0.2.1|5060|12:00:00.000000|tx|"
                    "c;from-tag=a||Msg sent:|\r\nSIP/2.0 200 OK\r\nVia: SIP/2.0/UDP "
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
  CHECK(ledger.tips().find_sole("pbx", "c;from-tag=a")->state.state != State::terminated);
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
  const Instant heard = record::now();
  const auto lost = [&](const std::string& call) {
    return ledger.tips().find_sole("pbx", call + ";from-tag=a")->state.cause == Cause::lost;
  };
  ledger.expire(heard + 63s, {});
  CHECK_FALSE(lost("untouched"));
  ledger.expire(heard + 71s, {});
  CHECK(lost("untouched"));
  CHECK_FALSE(lost("ringing"));
}

TEST_CASE("patience with others' calls only: those that call records alone have told of") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  feed(ledger, capture("uas-noack.cdr"), "pbx");  // ends stable
  test::Capture own = capture("uas-normal.app");
  std::erase_if(own.chunks, [](const wire::CaptureChunk& chunk) {
    return chunk.bytes.find(" BYE\r\n") != std::string::npos;
  });
  feed(ledger, own, "pbx");
  CHECK(ledger.open_dialogs() == 4);
  ledger.expire(record::now() + 25h, {.answered = 24h, .with_others_only = true});
  CHECK(ledger.open_dialogs() == 3);
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
    ledger.frame({"pbx", 1, wire::Sender::client, "p1|proxy|tx-|||||||sip:x", record::now()});
    ledger.frame(from_server("r|response|p1|OK|done"));
    CHECK(state.cause == Cause::proxied);
  }
  CHECK(ledger.staged() == 2);
  ledger.commit();
  CHECK(projection::fold(log::Reader{folder / "calls.db"}.of_dialog(1)) == state);
}

TEST_CASE("a real end that turns up after `lost` replaces cause and end time") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  const test::Capture whole = capture("uas-normal.app");
  std::size_t fed = 0;
  for (std::size_t i = 0; i < whole.chunks.size(); ++i) {
    if (whole.chunks[i].bytes.find("BYE sip:") == std::string::npos) continue;
    fed = i;
    break;
  }
  REQUIRE(fed > 0);
  const auto middle = whole.chunks.begin() + static_cast<std::ptrdiff_t>(fed);
  feed(ledger, {whole.header, {whole.chunks.begin(), middle}}, "pbx");
  ledger.expire(record::now() + 25h, {.answered = 24h});
  ledger.tips().each([](record::Tip& tip) { CHECK(tip.state.cause == Cause::lost); });
  feed(ledger, {whole.header, {middle, whole.chunks.end()}}, "pbx");
  std::size_t ended = 0;
  ledger.tips().each([&](record::Tip& tip) {
    if (tip.state.cause == Cause::far_end_release) ++ended;
  });
  CHECK(ended == 3);
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
  ledger.frame({"pbx", 1, wire::Sender::server, "id|authenticate|cymru|", record::now()});
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
  Instant clock = record::now() + 1h;
  record::Ledger ledger{log::EventLog{folder / "calls.db"}, [&] { return clock -= 1s; }};
  feed(ledger, capture("uas-normal.app"));
  ledger.commit();
  std::int64_t last = 0;
  for (const log::Row& row : log::Reader{folder / "calls.db"}.after(0)) {
    CHECK(row.recorded_at >= last);
    last = row.recorded_at;
  }
}

TEST_CASE("dialogs that ended long ago leave memory, and are found again when they are needed") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  feed(ledger, capture("uas-normal.app"), "pbx");
  for (int i = 0; i < 6000; ++i) {
    const std::string call_id = "call-" + std::to_string(i);
    const std::string invite = invite_text(call_id);
    ledger.frame(from_server(sip_frame(invite)));
    std::string cancel = invite;
    cancel.replace(0, 6, "CANCEL");
    cancel.replace(cancel.find("1 INVITE"), 8, "1 CANCEL");
    ledger.frame(from_server(sip_frame(cancel, call_id + ";from-tag=a")));
    if (i % 1000 == 0) ledger.commit();
  }
  ledger.commit();
  CHECK(ledger.tips().size() <= 4097);
  const std::int64_t head = ledger.head().position;
  feed(ledger, capture("uas-normal.app"), "pbx", 10);
  CHECK(ledger.staged() == 0);
  CHECK(ledger.head().position == head);
}
