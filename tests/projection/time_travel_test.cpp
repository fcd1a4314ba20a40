// The past, found by index, is the past found by folding everything.
#include "projection/time_travel.hpp"

#include "catch.hpp"
#include "projection/fold.hpp"
#include "sample_log.hpp"
#include "scratch_folder.hpp"

#include <algorithm>
#include <map>

using namespace drachtio;
using namespace drachtio::test;

namespace {

using Dialogs = std::map<std::int64_t, dialog::Dialog>;

template <typename IsLater>
Dialogs by_folding_all(log::Reader& reader, const IsLater& is_later) {
  std::map<std::int64_t, std::vector<log::Row>> histories;
  std::map<std::int64_t, bool> cut;
  for (const log::Row& row : reader.after(0, 100000)) {
    if (!row.dialog || cut[*row.dialog]) continue;
    if (is_later(row)) {
      cut[*row.dialog] = true;
    } else {
      histories[*row.dialog].push_back(row);
    }
  }
  Dialogs open;
  for (const auto& [number, rows] : histories) {
    dialog::Dialog dialog = projection::fold(rows);
    if (dialog.state != State::terminated) open[number] = dialog;
  }
  return open;
}

}  // namespace

TEST_CASE("every moment of the past is as its events tell it") {
  const ScratchFolder folder;
  SampleLog sample{folder / "calls.db"};
  for (int i = 0; i < 20; ++i) {
    const std::string call = "call-" + std::to_string(i);
    if (i % 3 == 0) {
      sample.challenged_call(call, 3L * i);
    } else {
      sample.call(call, 3L * i, i % 4 == 1 ? 4 : 6);
    }
  }
  log::Reader reader{folder / "calls.db"};
  Dialogs found;
  const auto collect = [&](const dialog::Dialog& dialog, std::span<const log::Row> events) {
    CHECK(static_cast<std::int64_t>(events.size()) == dialog.version);
    found[dialog.number] = dialog;
  };
  for (std::int64_t position = 0; position <= sample.log().head().position + 1; ++position) {
    INFO("position " << position);
    found.clear();
    projection::open_at_position(reader, position, collect);
    CHECK(found ==
          by_folding_all(reader, [&](const log::Row& row) { return row.position > position; }));
  }
  for (std::int64_t second = -1; second < 80; ++second) {
    for (const auto offset : {0, 1}) {
      const Instant when = at_second(second) + Microseconds{offset};
      INFO("second " << second << " + " << offset);
      found.clear();
      projection::open_at(reader, when, collect);
      CHECK(found == by_folding_all(reader, [&](const log::Row& row) {
              return row.occurred_at > to_integer(when);
            }));
    }
  }
}

TEST_CASE("long calls, open ones and lost ones are found as if everything had been folded") {
  const ScratchFolder folder;
  SampleLog sample{folder / "calls.db"};
  // Each lasts from its start to so many seconds later; the index of long ones begins at 600.
  for (const std::int64_t length : {4, 599, 600, 601, 3600, 90000}) {
    sample.call("ended-" + std::to_string(length), 100000 - length / 2, 6, length);
  }
  sample.call("open", 20, 4);
  sample.lost_call("lost", 30, 95000);
  sample.lost_call("lost-soon", 99990, 99995);
  log::Reader reader{folder / "calls.db"};
  for (std::int64_t second :
       {19,    20,    94999,  95000,  99300,  99690,  99699,  99700,  99701,  99992,
        99996, 99999, 100000, 100002, 100299, 100300, 100301, 101799, 101800, 145000}) {
    INFO("second " << second);
    const Instant when = at_second(second);
    Dialogs found;
    std::vector<Instant> starts;
    projection::open_at(reader, when, [&](const dialog::Dialog& dialog, std::span<const log::Row>) {
      found[dialog.number] = dialog;
      starts.push_back(dialog.times.start_time.value());
    });
    CHECK(std::ranges::is_sorted(starts));
    CHECK(found.size() == starts.size());
    CHECK(found == by_folding_all(reader, [&](const log::Row& row) {
            return row.occurred_at > to_integer(when);
          }));
  }
}

TEST_CASE("a call found lost later was open until that was known") {
  const ScratchFolder folder;
  SampleLog sample{folder / "calls.db"};
  sample.lost_call("one", 10, 60);
  log::Reader reader{folder / "calls.db"};
  const auto open_at = [&](std::int64_t second) {
    int open = 0;
    projection::open_at(reader, at_second(second),
                        [&](const dialog::Dialog&, std::span<const log::Row>) { ++open; });
    return open;
  };
  CHECK(open_at(30) == 1);
  CHECK(open_at(59) == 1);
  CHECK(open_at(60) == 0);
}

TEST_CASE("a challenged call was not open between the challenge and the retry") {
  const ScratchFolder folder;
  SampleLog sample{folder / "calls.db"};
  sample.challenged_call("one", 10);
  log::Reader reader{folder / "calls.db"};
  const auto open_at = [&](std::int64_t second) {
    std::vector<State> states;
    projection::open_at(reader, at_second(second),
                        [&](const dialog::Dialog& dialog, std::span<const log::Row>) {
                          states.push_back(dialog.state);
                        });
    return states;
  };
  CHECK(open_at(9).empty());
  CHECK(open_at(10) == std::vector{State::pending});
  CHECK(open_at(11).empty());
  CHECK(open_at(12) == std::vector{State::pending});
  CHECK(open_at(14) == std::vector{State::stable});
  CHECK(open_at(15).empty());
}
