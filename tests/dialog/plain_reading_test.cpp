// Two readings of the same traffic: the road from frames to folded dialogs, and the plain one that
// takes only messages and RFCs. After each frame of each capture they must say the same of each
// call: whether it was answered, how it ended, and who holds it.
#include "dialog/plain_reading.hpp"

#include "capture_file.hpp"
#include "catch.hpp"
#include "dialog/apply.hpp"
#include "dialog/plain_comparison.hpp"
#include "projection/fold.hpp"
#include "record/ledger.hpp"
#include "wire/frame_reader.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

using namespace drachtio;
using namespace drachtio::test;

namespace {

std::vector<std::filesystem::path> captures_in(const char* folder) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".jsonl") && !name.ends_with(".expected.jsonl")) found.push_back(entry);
  }
  std::ranges::sort(found);
  return found;
}

// What was compared, so that a test can tell that it was not nothing.
struct Compared {
  int calls = 0;
  int frames = 0;
  int outcomes = 0;
  int answered = 0;
  int held = 0;
  int not_clear = 0;
};

// A capture read both ways, frame by frame.
class TwoReadings {
 public:
  explicit TwoReadings(Compared& compared) : compared_(compared) { ledger_.tell(&told_); }

  void frame(const wire::CaptureChunk& chunk, const std::string& payload) {
    ++compared_.frames;
    ledger_.frame({"pbx", chunk.connection, chunk.from, payload, chunk.read_at});
    if (chunk.from == wire::Sender::server) {
      if (const auto message = overhear(payload, chunk.read_at)) plain_.hear(*message);
    }
    for (const record::Told& told : std::exchange(told_, {})) {
      const Event stored = projection::to_event(projection::to_row(told.event));
      if (stored.dialog == 0) continue;
      dialog::apply(legs_[stored.dialog], stored);
      const bool ends = stored.type == EventType::terminated || stored.type == EventType::cancelled;
      if (ends && !stored.key) concluded_.insert(stored.dialog);
    }
    INFO("frame " << compared_.frames << ":\n" << payload);
    for (const auto& [number, leg] : legs_) compare(number, leg);
  }

  // Each call that one reading knows, the other does.
  void end() {
    compared_.calls += static_cast<int>(legs_.size());
    std::set<const PlainCall*> known;
    for (const auto& [number, leg] : legs_) {
      known.insert(plain_call(plain_, leg));
      for (const InviteTransaction& earlier : leg.earlier_invites) {
        known.insert(plain_.find(leg.role == Role::uac, leg.call_id, earlier.cseq, earlier.branch,
                                 earlier.at));
      }
    }
    for (const PlainCall& call : plain_.calls()) {
      INFO(call.call_id << " " << call.branch << ": " << call.outcome());
      CHECK(known.contains(&call));
    }
  }

 private:
  // Where a leg ends by what the road has concluded, and not by a message, only the rest counts.
  void compare(std::int64_t number, const dialog::Dialog& leg) {
    if (concluded_.contains(number)) return;
    const std::string said = difference(plain_, leg);
    if (differing_.contains(number) && !said.empty()) return;  // told once
    if (!said.empty()) differing_.insert(number);
    INFO("leg " << number << " of " << leg.dialog_id << ", " << said);
    CHECK(said.empty());
    ++compared_.outcomes;
    const Outcome outcome = outcome_of(leg);
    compared_.answered += outcome.answered ? 1 : 0;
    compared_.held += outcome.held != Outcome::Held::no ? 1 : 0;
    const PlainCall* const call = plain_call(plain_, leg);
    const bool clear = call != nullptr && call->outcome().held != Outcome::Held::not_clear;
    compared_.not_clear += clear ? 0 : 1;
  }

  Compared& compared_;
  record::Ledger ledger_{[] { return drachtio::now(); }};
  std::vector<record::Told> told_;
  std::map<std::int64_t, dialog::Dialog> legs_;
  std::set<std::int64_t> concluded_;
  std::set<std::int64_t> differing_;
  PlainReading plain_;
};

void compare(const std::filesystem::path& path, Compared& compared) {
  INFO(path);
  TwoReadings readings{compared};
  std::map<std::pair<std::uint64_t, wire::Sender>, wire::FrameReader> readers;
  for (const wire::CaptureChunk& chunk : read_capture(path).chunks) {
    wire::FrameReader& reader = readers[{chunk.connection, chunk.from}];
    reader.push(chunk.bytes);
    while (const auto payload = reader.next()) readings.frame(chunk, std::string{*payload});
  }
  readings.end();
}

}  // namespace

TEST_CASE("A capture's calls are the same by events and by the RFCs alone (RFC 3261 9, 13, 15)",
          "[dialog]") {
  Compared all;
  for (const auto& path : captures_in(DRACHTIO_TEST_CAPTURES)) compare(path, all);
  for (const auto& path : captures_in(DRACHTIO_TEST_CASES)) compare(path, all);
  INFO(all.calls << " calls, " << all.frames << " frames, " << all.outcomes << " outcomes, "
                 << all.answered << " answered, " << all.held << " held, " << all.not_clear
                 << " not clear");
  CHECK(all.calls > 100);
  CHECK(all.outcomes > 1000);
  CHECK(all.answered > 500);
  CHECK(all.held > 10);
  CHECK(all.not_clear < all.outcomes / 10);
}
