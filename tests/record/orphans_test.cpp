// Call records whose predecessor is missing: another client shares them (DESIGN: one recorder per
// server).
#include "catch.hpp"
#include "projection/fold.hpp"
#include "record/frames.hpp"
#include "scratch_folder.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <array>

using namespace drachtio;
using namespace std::chrono_literals;
using namespace drachtio::test;

TEST_CASE("a call record without its predecessor is a gap, said once a connection") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  const Capture whole = capture("uas-normal.cdr");
  Capture without_attempts{whole.header, {}};
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
  const dialog::Dialog opened = projection::fold(reader.of_dialog(2, 1));
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

TEST_CASE("a gap is dated by our clock, like those of links, whatever the server's says") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  SECTION("a call record without its predecessor") {
    record::Frame stop = stop_at(60);
    stop.read_at = noon + 90min;
    ledger.frame(stop);
    ledger.commit();
    CHECK(gaps_in(folder / "calls.db") ==
          std::vector<std::array<std::int64_t, 3>>{{5400, 5400, 1}});
  }
  SECTION("a message that fits no leg of its call") {
    std::string branch = invite_text("c1");
    branch.replace(branch.find("z9hG4bK-c1"), 10, "z9hG4bK-c2");
    std::string stray = invite_text("c1");
    stray.replace(stray.find("To: <sip:bob@example.com>"), 25, "To: <sip:bob@example.com>;tag=x");
    ledger.frame(from_server(sip_frame(invite_text("c1"), "1"), noon + 90min));
    ledger.frame(from_server(sip_frame(branch, "2"), noon + 90min));
    ledger.frame(from_server(sip_frame(stray, "3"), noon + 91min));
    ledger.commit();
    const auto rows = log::Reader{folder / "calls.db"}.after(0);
    REQUIRE(rows.back().type == "gap");
    CHECK(rows.back().occurred_at == to_integer(noon + 91min));
  }
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
  ledger.given_up("pbx", 1000, drachtio::now());
  record::Frame late = stop_at(4);
  late.read_at = drachtio::now() + 25h;
  ledger.frame(late);  // days later it is not that
  CHECK(ledger.staged() == 5);
}

namespace {

// One call's records: an attempt, and a stop by a BYE of one side.
void attempt_and_stop(record::Ledger& ledger, bool by_caller, const std::string& reason) {
  ledger.frame(from_server(attempt_frame(invite_text("c1"))));
  const std::string caller = "<sip:ann@example.com>;tag=a";
  const std::string callee = "<sip:bob@example.com>;tag=b";
  ledger.frame(from_server("id|cdr:stop|" + std::string{by_caller ? "network" : "application"} +
                           "|12:00:09.000000|" + reason +
                           "\r\nBYE sip:x@example.com SIP/2.0\r\n"
                           "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK-bye\r\nFrom: " +
                           (by_caller ? caller : callee) +
                           "\r\nTo: " + (by_caller ? callee : caller) +
                           "\r\nCall-ID: c1\r\nCSeq: 2 BYE\r\nContent-Length: 0\r\n\r\n"));
}

std::string disposition(const std::filesystem::path& path) {
  const SQLite::Database database{path.string(), SQLite::OPEN_READONLY};
  SQLite::Statement query{database, "SELECT disposition FROM call_record"};
  REQUIRE(query.executeStep());
  return query.getColumn(0).getString();
}

}  // namespace

TEST_CASE(
    "a call whose answer's record went elsewhere is told of, and proved by who can only hang up") {
  const ScratchFolder folder;
  const auto path = folder / "calls.db";
  auto ledger = open_ledger(path);
  std::string why = "cdr:stop without cdr:start";
  std::string expected = "answered";
  SECTION("the callee hung up") { attempt_and_stop(ledger, false, "normal-release"); }
  SECTION("its session expired") { attempt_and_stop(ledger, false, "session-expired"); }
  SECTION("the caller hung up, perhaps before the answer (RFC 3261 15)") {
    attempt_and_stop(ledger, true, "normal-release");
    why += " (or the caller hung up before the answer)";
    expected = "unknown";
  }
  ledger.commit();
  INFO(log::Reader{path}.at(3)->data);
  CHECK(types(path) == std::vector<std::string>{"invited", "gap", "terminated"});
  CHECK(log::Reader{path}.at(2)->data.find(why + ": another client") != std::string::npos);
  CHECK(disposition(path) == expected);
}

TEST_CASE("a call whose connection we carry has no call record to miss") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  ledger.frame(from_server(sip_frame(invite_text("c1"))));
  attempt_and_stop(ledger, true, "normal-release");
  ledger.commit();
  CHECK(types(folder / "calls.db") == std::vector<std::string>{"invited", "terminated"});
  CHECK(disposition(folder / "calls.db") == "cancelled");
}
