// A ladder shows each message of a call once, in order, between those who exchanged it.
#include "report/ladder.hpp"

#include "catch.hpp"
#include "dialog/apply.hpp"
#include "projection/fold.hpp"
#include "record/frames.hpp"
#include "report/text_ladder.hpp"
#include "sample_log.hpp"
#include "scratch_folder.hpp"
#include "text/escape.hpp"
#include "text/timestamp.hpp"
#include "text/width.hpp"

#include <map>

using namespace drachtio;
using namespace drachtio::test;
using report::Ladder;
using report::Participant;
using report::Rung;

namespace {

// The legs of a log, by the number of their dialog.
std::vector<report::Leg> legs_in(const std::filesystem::path& path) {
  log::Reader reader{path};
  std::map<std::int64_t, report::Leg> legs;
  std::int64_t after = 0;
  for (auto rows = reader.after(after); !rows.empty(); rows = reader.after(after)) {
    for (const log::Row& row : rows) {
      after = row.position;
      if (!row.dialog) continue;
      legs[*row.dialog].entries.push_back(
          {projection::to_event(row), reader.evidence(row.position), {}});
    }
  }
  std::vector<report::Leg> result;
  result.reserve(legs.size());
  for (auto& [number, leg] : legs) result.push_back(std::move(leg));
  return result;
}

std::vector<report::Leg> legs_of_capture(const std::string& name) {
  const ScratchFolder folder;
  auto ledger = open_ledger(folder / "calls.db");
  feed(ledger, capture(name), "pbx");
  ledger.commit();
  return legs_in(folder / "calls.db");
}

Participant::Kind kind(const Ladder& ladder, std::size_t participant) {
  return ladder.participants.at(participant).kind;
}

std::vector<std::string> labels(const Ladder& ladder) {
  std::vector<std::string> labels;
  for (const Rung& rung : ladder.rungs) labels.push_back(rung.label);
  return labels;
}

report::TextStyle style(std::size_t width) {
  report::TextStyle style;
  style.width = width;
  style.time = [](Instant at) { return text::rfc3339(at); };
  return style;
}

}  // namespace

TEST_CASE("Ladder of any capture: each event once, in order, between the right participants") {
  const std::string name = GENERATE(from_range(capture_names()));
  CAPTURE(name);
  const auto legs = legs_of_capture(name);
  std::map<std::int64_t, const Event*> events;
  for (const report::Leg& leg : legs) {
    for (const auto& entry : leg.entries) events.emplace(entry.event.position, &entry.event);
  }
  const Ladder ladder = report::make_ladder(legs);
  CHECK(ladder.legs.size() == legs.size());
  CHECK(ladder.rungs.size() == events.size());
  std::map<std::size_t, std::int64_t> latest;  // position of each leg's rung before
  for (const Rung& rung : ladder.rungs) {
    CAPTURE(rung.position);
    const auto event = events.find(rung.position);
    REQUIRE(event != events.end());
    CHECK(rung.at == event->second->occurred_at);
    REQUIRE(rung.leg);
    CHECK(ladder.legs[*rung.leg].number == event->second->dialog);
    CHECK(latest[*rung.leg] < rung.position);
    latest[*rung.leg] = rung.position;
    if (rung.kind == Rung::Kind::message) {
      const bool is_in = event->second->direction == Direction::in;
      CHECK(kind(ladder, is_in ? rung.from : rung.to) == Participant::Kind::far_end);
      CHECK(kind(ladder, is_in ? rung.to : rung.from) != Participant::Kind::far_end);
      const std::string words = event->second->status == 0 ? event->second->method
                                                           : std::to_string(event->second->status);
      CHECK(rung.label.starts_with(words));
      REQUIRE(rung.evidence);
      const std::string& far = ladder.participants[is_in ? rung.from : rung.to].name;
      CHECK_FALSE(far.empty());
      // The server tells its own address of a request that it sends, and none in call records.
      const bool is_told = (is_in || rung.status != 0) && !rung.evidence->peer.empty();
      if (is_told) CHECK(rung.evidence->peer.ends_with(far));
    }
    events.erase(event);
  }
  CHECK(events.empty());
}

TEST_CASE("Ladder: CSeq tells requests of one method apart, and only then") {
  const auto legs = legs_of_capture("uas-normal.app");
  CHECK(labels(report::make_ladder({legs.front()})) ==
        std::vector<std::string>{"INVITE", "200 OK", "ACK", "BYE", "200 OK (BYE)"});
  const auto of_two = labels(report::make_ladder(legs_of_capture("uas-challenge.app")));
  CHECK(of_two.at(1) == "407 Proxy Authentication Required (1 INVITE)");
  CHECK(of_two.at(2) == "INVITE (2)");
}

TEST_CASE("Ladder: RTP statistics stand at the BYE, or the answer, that carries them") {
  const auto& [header, shown] = GENERATE(table<std::string, std::string>(
      {{"X-RTP-Stat: PS=1,\r\n OS=2", "X-RTP-Stat: PS=1, OS=2"},
       {"p-rtp-stat:PS=1", "P-RTP-Stat: PS=1"},
       {"P-RTP-Stat: PS=1\r\nX-RTP-Stat: PS=2", "X-RTP-Stat: PS=2"}}));
  auto legs = legs_of_capture("uas-normal.app");
  legs.resize(1);
  for (const std::size_t index : {std::size_t{0}, std::size_t{3}, std::size_t{4}}) {
    std::string& bytes = legs.front().entries.at(index).evidence->bytes;
    bytes.insert(bytes.find("Call-ID"), header + "\r\n");
  }
  std::vector<std::size_t> with_statistics;
  const Ladder ladder = report::make_ladder(legs);
  for (std::size_t i = 0; i < ladder.rungs.size(); ++i) {
    const auto& changes = ladder.rungs[i].changes;
    if (std::ranges::find(changes, shown) != changes.end()) with_statistics.push_back(i);
  }
  CHECK(with_statistics == std::vector<std::size_t>{3, 4});
}

TEST_CASE("Ladder: what call records alone tell of is between the far ends and the server") {
  const Ladder ladder = report::make_ladder(legs_of_capture("uas-normal.cdr"));
  for (const Participant& one : ladder.participants) CHECK(one.kind != Participant::Kind::program);
}

TEST_CASE("Ladder: legs of several calls stand in order of time, each in the order of the log") {
  const ScratchFolder folder;
  {
    SampleLog sample{folder / "calls.db"};
    sample.call("later", 12);
    sample.call("earlier", 10);
  }
  const Ladder ladder = report::make_ladder(legs_in(folder / "calls.db"));
  REQUIRE(ladder.rungs.size() == 12);
  CHECK(std::ranges::is_sorted(ladder.rungs, {}, &Rung::at));
  CHECK(ladder.rungs.front().leg == std::size_t{1});
}

TEST_CASE("Ladder: the recorder's blindness stands where it fell, if a leg was up then") {
  const ScratchFolder folder;
  std::int64_t number = 0;
  {
    SampleLog sample{folder / "calls.db"};
    number = sample.call("c", 10);
  }
  auto legs = legs_in(folder / "calls.db");
  const std::string server = legs.front().entries.front().event.opening->server;
  const auto blind_at = [&](std::int64_t position) {
    std::vector<Rung::Kind> kinds;
    const Ladder ladder = report::make_ladder(legs, {{server, position, "link lost"}});
    for (const Rung& rung : ladder.rungs) kinds.push_back(rung.kind);
    return std::ranges::find(kinds, Rung::Kind::blind) - kinds.begin();
  };
  CHECK(blind_at(number - 1) == 6);  // before it: there is none among its six
  CHECK(blind_at(number) == 6);
  legs.front().entries.erase(legs.front().entries.begin() + 2);  // what was missed
  CHECK(blind_at(number + 2) == 2);
  legs.front().entries.resize(3);  // it is up still
  CHECK(blind_at(number + 100) == 3);
  CHECK(report::make_ladder(legs, {{"another", number + 100, ""}}).rungs.size() == 3);
}

TEST_CASE("Ladder: a part of it has the participants that it needs") {
  Ladder ladder = report::make_ladder(legs_of_capture("uac-cancel-glare.app"));
  const std::size_t all = ladder.participants.size();
  const std::int64_t first = ladder.rungs.front().position;
  ladder = report::part_of(std::move(ladder), first, first);
  CHECK(ladder.rungs.size() == 1);
  CHECK(ladder.participants.size() == 2);
  CHECK(all > 2);
  CHECK(report::part_of(ladder, first + 1, std::nullopt).rungs.empty());
  CHECK_NOTHROW(report::as_text(report::part_of(ladder, first + 1, std::nullopt), style(80)));
}

TEST_CASE("Ladder as text: no line is wider than asked, and none steers the terminal") {
  const std::size_t width = GENERATE(std::size_t{60}, std::size_t{80}, std::size_t{120});
  const std::string evil =
      GENERATE(std::string{"\x1b[2J\x1b]0;title\x07"}, std::string{"\xE2\x80\xAE<script>"},
               std::string{"\xE5\xBC\xA0\xE4\xBC\x9F \xD8\xB9\xD9\x84\xD9\x8A e\xCC\x81"},
               std::string(300, 'x'), std::string{"a\0b", 3}, std::string{"\xFF\xC2\x9B"});
  auto legs = legs_of_capture("uas-midcall.app");
  for (auto& entry : legs.front().entries) {
    Event& event = entry.event;
    if (event.opening) {
      event.opening->calling_party.user = evil;
      event.opening->calling_party.display = evil;
      event.opening->call_id = evil;
    }
    event.phrase = evil;
    event.method += evil;
    if (event.sdp) event.sdp->text = "v=0\r\nm=audio 1 RTP/AVP 99\r\na=rtpmap:99 " + evil + "\r\n";
    if (entry.evidence) entry.evidence->peer = "udp/" + evil;
  }
  const std::string text = report::as_text(report::make_ladder(legs), style(width));
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    const std::string line = text.substr(begin, end - begin);
    CAPTURE(line);
    CHECK(text::width(line) <= width);
    CHECK(text::escaped(line).size() == line.size());  // but for backslashes, nothing is left to do
    begin = end + 1;
  }
}
