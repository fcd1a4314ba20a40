// One log that hears a server both ways, on the program's connection and by call records: the two
// complete each other, each message is one event and each leg one row, in whatever order they come.
#include "catch.hpp"
#include "log/verify.hpp"
#include "projection/fold.hpp"
#include "projection/verify.hpp"
#include "record/frames.hpp"
#include "scratch_folder.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>

using namespace drachtio;
using namespace drachtio::test;

namespace {

constexpr std::uint64_t call_record_connection = 100;

std::vector<std::string> recorded_both_ways() {
  std::vector<std::string> names;
  for (const std::string& name : capture_names()) {
    if (name.ends_with(".app")) names.push_back(name.substr(0, name.size() - 4));
  }
  return names;
}

Capture by_call_records(const std::string& name) {
  Capture records = capture(name + ".cdr");
  for (wire::CaptureChunk& chunk : records.chunks) chunk.connection += call_record_connection;
  return records;
}

Capture one_after_the_other(Capture first, const Capture& second) {
  first.chunks.insert(first.chunks.end(), second.chunks.begin(), second.chunks.end());
  return first;
}

// By the time they were read.
Capture interleaved(const Capture& first, const Capture& second) {
  Capture both = one_after_the_other(first, second);
  std::ranges::stable_sort(both.chunks, {}, &wire::CaptureChunk::read_at);
  return both;
}

// The capture without what was read in the second half of its time.
Capture first_half(Capture whole) {
  const Instant middle = whole.chunks.front().read_at +
                         (whole.chunks.back().read_at - whole.chunks.front().read_at) / 2;
  std::erase_if(whole.chunks, [&](const auto& chunk) { return chunk.read_at > middle; });
  return whole;
}

// A leg as its row tells it: "uas answered far-end-release 200 'normal far end release'".
std::vector<std::string> legs_after(const Capture& traffic) {
  const ScratchFolder folder;
  const auto path = folder / "calls.db";
  {
    auto ledger = open_ledger(path);
    feed(ledger, traffic, "pbx");
    ledger.all_closed();
    ledger.commit();
  }
  log::Reader reader{path};
  log::Faults faults;
  log::verify(reader, {}, faults);
  projection::verify(reader, {}, faults);
  CHECK(faults.count() == 0);
  SQLite::Statement query{
      reader.database(),
      "SELECT call_id || ' ' || role || ' ' || disposition || ' ' || coalesce(cause, '') || ' ' || "
      "coalesce(status, '') || ' ' || coalesce(reason, '') FROM call_record ORDER BY 1"};
  std::vector<std::string> legs;
  while (query.executeStep()) legs.push_back(query.getColumn(0).getString());
  return legs;
}

std::vector<std::string> expected_legs(const std::string& name) {
  // The legs of a proxied call, and their ends, are told by call records alone.
  return legs_after(name == "proxy" ? by_call_records(name) : capture(name + ".app"));
}

}  // namespace

TEST_CASE("both ways give the union, each leg once, in any order", "[two_ways]") {
  for (const std::string& name : recorded_both_ways()) {
    INFO(name);
    const Capture app = capture(name + ".app");
    const Capture records = by_call_records(name);
    const auto expected = expected_legs(name);
    CHECK(legs_after(interleaved(app, records)) == expected);
    CHECK(legs_after(one_after_the_other(app, records)) == expected);
    CHECK(legs_after(one_after_the_other(records, app)) == expected);
  }
}

TEST_CASE("each message is one event, whichever way tells it first", "[two_ways]") {
  for (const std::string& name : recorded_both_ways()) {
    INFO(name);
    const ScratchFolder folder;
    auto ledger = open_ledger(folder / "calls.db");
    const Capture both = interleaved(capture(name + ".app"), by_call_records(name));
    feed(ledger, both, "pbx");
    ledger.commit();
    log::Reader reader{folder / "calls.db"};
    std::map<std::pair<std::int64_t, std::string>, int> times;
    for (const log::Row& row : reader.after(0)) {
      const Event event = projection::to_event(row);
      if (event.key) ++times[{event.dialog, row.data.substr(row.data.find("\"key\""), 41)}];
    }
    for (const auto& [message, count] : times) CHECK(count == 1);
    const std::int64_t head = ledger.head().position;
    feed(ledger, both, "pbx", 1000);  // a second import
    ledger.commit();
    CHECK(ledger.head().position == head);
  }
}

TEST_CASE("call records end what a connection that is lost leaves open", "[two_ways]") {
  for (const std::string name : {"uas-normal", "uas-midcall", "uac-normal", "uas-peer-hold"}) {
    INFO(name);
    Capture app = first_half(capture(name + ".app"));
    const auto legs = legs_after(interleaved(app, by_call_records(name)));
    CHECK(legs == legs_after(by_call_records(name)));
  }
}

TEST_CASE("the connection tells what call records that came late did not", "[two_ways]") {
  for (const std::string name : {"uas-normal", "uas-cancel", "uac-normal", "uas-reject"}) {
    INFO(name);
    const auto legs =
        legs_after(interleaved(capture(name + ".app"), first_half(by_call_records(name))));
    CHECK(legs == expected_legs(name));
  }
}

TEST_CASE("an ACK that went to a connection that is gone is not waited for", "[two_ways]") {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  Capture app = capture("uas-normal.app");
  // Up to the first 200's echo, and no further: its ACK was read with it.
  const auto echo = std::ranges::find_if(app.chunks, [](const wire::CaptureChunk& chunk) {
    return chunk.bytes.find("Msg sent:") != std::string::npos;
  });
  echo->bytes.resize(echo->bytes.find('#') + 1 + std::stoul(echo->bytes));
  app.chunks.erase(echo + 1, app.chunks.end());
  const bool gone_before = GENERATE(true, false);
  feed(ledger, app, "pbx");
  Capture records = by_call_records("uas-normal");
  if (gone_before) ledger.closed(1);
  for (const wire::CaptureChunk& chunk : records.chunks) {
    feed(ledger, {records.header, {chunk}}, "pbx");
    if (chunk.bytes.find("|cdr:start|") != std::string::npos) break;
  }
  if (!gone_before) {
    std::size_t pending = 0;
    ledger.tips().each([&](record::Tip& tip) { pending += tip.state.state == State::pending; });
    CHECK(pending == 1);
    ledger.closed(1);
  }
  std::size_t stable = 0;
  ledger.tips().each([&](record::Tip& tip) { stable += tip.state.state == State::stable; });
  CHECK(stable == 1);
}

TEST_CASE("a leg that was handed on ends with the BYE of the other leg", "[two_ways]") {
  const ScratchFolder folder;
  const auto path = folder / "calls.db";
  std::optional<record::Ledger> ledger{open_ledger(path)};
  std::size_t stops = 0;
  for (const std::string& frame : call_records("proxy.cdr")) {
    const bool is_stop = frame.find("|cdr:stop|") != std::string::npos;
    if (is_stop && stops++ > 0) continue;  // the server tells of one BYE only
    ledger->frame(from_server(frame));
  }
  REQUIRE(stops == 2);
  CHECK(ledger->open_dialogs() == 1);
  SECTION("at the end of an import") { ledger->all_closed(); }
  SECTION("once 5 s have passed") {
    ledger->expire(drachtio::now() + std::chrono::seconds{4}, {});
    CHECK(ledger->open_dialogs() == 1);
    ledger->expire(drachtio::now() + std::chrono::seconds{6}, {});
  }
  SECTION("after a restart") {
    ledger->commit();
    ledger.reset();
    ledger.emplace(open_ledger(path));
    ledger->expire(drachtio::now() + std::chrono::seconds{6}, {});
  }
  CHECK(ledger->open_dialogs() == 0);
  std::vector<dialog::Dialog> legs;
  ledger->tips().each([&](record::Tip& tip) { legs.push_back(tip.state); });
  REQUIRE(legs.size() == 2);
  CHECK(legs[0].times.end_time == legs[1].times.end_time);
  for (const dialog::Dialog& leg : legs) {
    CHECK(leg.cause == (leg.role == Role::uas ? Cause::far_end_release : Cause::near_end_release));
  }
}
