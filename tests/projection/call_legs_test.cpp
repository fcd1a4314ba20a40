// Which legs are one call: forks and returns are, a Call-ID that is used again is another.
#include "projection/call_legs.hpp"

#include "catch.hpp"
#include "projection/dialog_table.hpp"
#include "sample_log.hpp"
#include "scratch_folder.hpp"

using namespace drachtio;
using namespace drachtio::test;
using projection::CallLegs;
using projection::LegSpan;

TEST_CASE("legs are one call if each began while another was up, or within five minutes") {
  const auto leg = [](std::int64_t dialog, std::int64_t start, std::optional<std::int64_t> end) {
    return LegSpan{dialog, at_second(start), end ? std::optional{at_second(*end)} : std::nullopt};
  };
  using Calls = std::vector<CallLegs>;
  CHECK(projection::part_into_calls({}).empty());
  CHECK(projection::part_into_calls({leg(1, 0, 10)}) == Calls{{1}});
  CHECK(projection::part_into_calls({leg(1, 0, 10), leg(2, 310, 320)}) == Calls{{1, 2}});
  CHECK(projection::part_into_calls({leg(1, 0, 10), leg(2, 311, 320)}) == Calls{{1}, {2}});
  // A short leg within a long one, and one that begins soon after the long one ended.
  CHECK(projection::part_into_calls({leg(1, 0, 1000), leg(2, 5, 6), leg(3, 1200, 1201)}) ==
        Calls{{1, 2, 3}});
  CHECK(projection::part_into_calls({leg(1, 0, std::nullopt), leg(2, 90000, 90001)}) ==
        Calls{{1, 2}});
  // By their start, not by the order they were logged in.
  CHECK(projection::part_into_calls({leg(1, 50, 60), leg(2, 0, 10), leg(3, 50, 55)}) ==
        Calls{{2, 1, 3}});
}

TEST_CASE("legs are found by server and Call-ID, however many there are") {
  const ScratchFolder folder;
  SampleLog sample{folder / "calls.db"};
  const std::int64_t first = sample.call("same", 0);
  const std::int64_t other = sample.call("other", 1);
  const std::int64_t second = sample.call("same", 2);
  const std::int64_t again = sample.call("same", 1000);
  log::Reader reader{folder / "calls.db"};
  projection::LegFinder finder{reader};
  CHECK(finder.calls("10.0.0.1:9022", "same") == std::vector<CallLegs>{{first, second}, {again}});
  CHECK(finder.calls("10.0.0.2:9022", "same").empty());
  projection::DialogTable table{reader.database()};
  const auto place = [&](std::int64_t dialog) {
    const projection::LegPlace found = finder.place_of(*table.find(dialog));
    return std::pair{found.leg, found.legs};
  };
  using Place = std::pair<std::int64_t, std::int64_t>;
  CHECK(place(first) == Place{1, 2});
  CHECK(place(second) == Place{2, 2});
  CHECK(place(again) == Place{1, 1});
  CHECK(place(other) == Place{1, 1});
  const std::int64_t third = sample.call("same", 3);  // since that was asked
  CHECK(place(third) == Place{3, 3});
  CHECK(place(first) == Place{1, 3});
}

TEST_CASE("legs that were looked up ahead stand where they stand when they are looked up alone") {
  const ScratchFolder folder;
  SampleLog sample{folder / "calls.db"};
  std::vector<std::int64_t> numbers;
  for (const char* call_id : {"same", "other", "same", "third"}) {
    numbers.push_back(sample.call(call_id, static_cast<std::int64_t>(numbers.size())));
  }
  numbers.push_back(sample.call("same", 1000));
  log::Reader reader{folder / "calls.db"};
  projection::DialogTable table{reader.database()};
  std::vector<dialog::Dialog> dialogs;
  dialogs.reserve(numbers.size());
  for (const std::int64_t number : numbers) dialogs.push_back(*table.find(number));
  projection::LegFinder ahead{reader};
  ahead.look_ahead(dialogs);
  projection::LegFinder alone{reader};
  for (const dialog::Dialog& dialog : dialogs) {
    CAPTURE(dialog.call_id, dialog.number);
    const projection::LegPlace expected = alone.place_of(dialog);
    const projection::LegPlace found = ahead.place_of(dialog);
    CHECK(found.leg == expected.leg);
    CHECK(found.legs == expected.legs);
  }
  CHECK(alone.place_of(dialogs.front()).legs == 2);
}

TEST_CASE("one Call-ID for more legs than are read at once", "[slow]") {
  const ScratchFolder folder;
  SampleLog sample{folder / "calls.db"};
  for (int i = 0; i < 2500; ++i) sample.call("same", i, 1);
  log::Reader reader{folder / "calls.db"};
  projection::LegFinder finder{reader};
  const auto calls = finder.calls("10.0.0.1:9022", "same");
  REQUIRE(calls.size() == 1);
  CHECK(calls.front().size() == 2500);
}
