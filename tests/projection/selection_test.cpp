// Picking calls by what people ask about them.
#include "projection/selection.hpp"

#include "catch.hpp"
#include "sample_log.hpp"
#include "scratch_folder.hpp"

using namespace drachtio;
using namespace drachtio::test;

namespace {

std::vector<std::string> calls(log::Reader& reader, const projection::Selection& selection) {
  std::vector<std::string> result;
  projection::each_dialog(reader, selection,
                          [&](const dialog::Dialog& dialog) { result.push_back(dialog.call_id); });
  return result;
}

using Calls = std::vector<std::string>;

}  // namespace

TEST_CASE("dialogs are selected by their properties, in order of their start") {
  const ScratchFolder folder;
  SampleLog sample{folder / "calls.db"};
  sample.call("late", 30);
  sample.call("early", 10);
  sample.call("open", 20, 4);
  sample.call("a?b", 40, 3);
  log::Reader reader{folder / "calls.db"};
  const auto chosen = [&](auto set) {
    projection::Selection selection;
    set(selection);
    return calls(reader, selection);
  };
  CHECK(chosen([](auto&) {}) == Calls{"early", "open", "late", "a?b"});
  CHECK(chosen([](auto& s) { s.active = true; }) == Calls{"open", "a?b"});
  CHECK(chosen([](auto& s) { s.since = at_second(20); }) == Calls{"open", "late", "a?b"});
  CHECK(chosen([](auto& s) { s.until = at_second(30); }) == Calls{"early", "open"});
  CHECK(chosen([](auto& s) {
          s.since = at_second(20);
          s.until = at_second(20);
        }) == Calls{});
  CHECK(chosen([](auto& s) { s.limit = 2; }) == Calls{"early", "open"});
  CHECK(chosen([](auto& s) { s.limit = 0; }) == Calls{});
  CHECK(chosen([](auto& s) { s.caller = "caller-open"; }) == Calls{"open"});
  CHECK(chosen([](auto& s) { s.caller = "open"; }) == Calls{});
  CHECK(chosen([](auto& s) { s.callee = "*-*l*"; }) == Calls{"early", "late"});
  CHECK(chosen([](auto& s) { s.callee = "*e"; }) == Calls{"late"});
  CHECK(chosen([](auto& s) { s.callee = "*-a?*"; }) == Calls{"a?b"});
  CHECK(chosen([](auto& s) { s.callee = "*-o?*"; }) == Calls{});
  CHECK(chosen([](auto& s) { s.callee = "*[eo]*"; }) == Calls{});
  CHECK(chosen([](auto& s) { s.cause = Cause::far_end_release; }) == Calls{"early", "late"});
  CHECK(chosen([](auto& s) { s.server = "10.*"; }).size() == 4);
  CHECK(chosen([](auto& s) { s.server = "10.0.0.2:9022"; }) == Calls{});
  CHECK(chosen([](auto& s) { s.part = "pen;from"; }) == Calls{"open"});
}

TEST_CASE("the last dialogs are selected in order of their start, by the other conditions, too") {
  const ScratchFolder folder;
  SampleLog sample{folder / "calls.db"};
  sample.call("late", 30);
  sample.call("early", 10);
  sample.call("open", 20, 4);
  sample.call("latest", 40, 3);
  for (int i = 0; i < 600; ++i) sample.call("older-" + std::to_string(i), -100 - i, 1);
  log::Reader reader{folder / "calls.db"};
  const auto last = [&](std::int64_t count, auto set) {
    projection::Selection selection;
    selection.last = count;
    set(selection);
    return calls(reader, selection);
  };
  const auto all = [](auto&) {};
  CHECK(last(2, all) == Calls{"late", "latest"});
  CHECK(last(0, all) == Calls{});
  CHECK(last(9999, all).size() == 604);
  CHECK(last(2, [](auto& s) { s.active = true; }) == Calls{"open", "latest"});
  CHECK(last(2, [](auto& s) { s.cause = Cause::far_end_release; }) == Calls{"early", "late"});
  CHECK(last(1, [](auto& s) { s.caller = "caller-older-599"; }) == Calls{"older-599"});
  CHECK(last(2, [](auto& s) { s.until = at_second(30); }) == Calls{"early", "open"});
  CHECK(last(9, [](auto& s) { s.since = at_second(20); }) == Calls{"open", "late", "latest"});
  CHECK(last(9, [](auto& s) {
          s.since = at_second(20);
          s.until = at_second(20);
        }) == Calls{});
}

TEST_CASE("dialogs are selected by role, by how long they talked, and by a number of either side") {
  const ScratchFolder folder;
  SampleLog sample{folder / "calls.db"};
  sample.call("+49 (30) 123-45.67", 10, 6, 4);
  sample.call("0049301234567", 20, 6, 12);
  sample.call("x1234567y", 30, 4);
  log::Reader reader{folder / "calls.db"};
  const auto chosen = [&](auto set) {
    projection::Selection selection;
    set(selection);
    return calls(reader, selection).size();
  };
  for (const char* number :
       {"4567", "+4930 1234567", "0049 30 1234567", "(30)1234567", "301234567"}) {
    CAPTURE(number);
    CHECK(chosen([&](auto& s) { s.number = number; }) == 2);
  }
  CHECK(chosen([](auto& s) { s.number = "callee-x*"; }) == 1);
  CHECK(chosen([](auto& s) { s.number = "*y"; }) == 1);
  CHECK(chosen([](auto& s) { s.number = "123"; }) == 0);
  CHECK(chosen([](auto& s) { s.role = Role::uas; }) == 3);
  CHECK(chosen([](auto& s) { s.role = Role::uac; }) == 0);
  CHECK(chosen([](auto& s) { s.min_talk = 2; }) == 2);
  CHECK(chosen([](auto& s) { s.min_talk = 2.000001; }) == 1);
  CHECK(chosen([](auto& s) { s.max_talk = 2; }) == 1);
}

TEST_CASE("dialogs are selected by the disposition that call_record has, and by Q.850 cause") {
  const ScratchFolder folder;
  SampleLog sample{folder / "calls.db"};
  sample.call("answered", 10);
  sample.call("open", 20, 4);
  const auto ended = [&](const std::string& call, EventType type, Cause cause, int status,
                         std::optional<int> q850) {
    Event event;
    event.type = type;
    event.dialog = sample.call(call, 40, 1);
    event.cause = cause;
    event.status = status;
    event.q850_cause = q850;
    event.occurred_at = at_second(41);
    sample.append(event);
  };
  ended("lost", EventType::lost, Cause::lost, 0, std::nullopt);
  ended("busy", EventType::rejected, Cause::rejected, 486, 17);
  ended("busy too", EventType::rejected, Cause::rejected, 600, std::nullopt);
  ended("broken", EventType::rejected, Cause::rejected, 503, 34);
  ended("given up", EventType::cancelled, Cause::cancelled, 487, 16);
  log::Reader reader{folder / "calls.db"};
  const auto with = [&](const std::string& disposition, std::optional<int> q850 = {}) {
    projection::Selection selection;
    if (!disposition.empty()) selection.disposition = disposition;
    selection.q850_cause = q850;
    return calls(reader, selection);
  };
  CHECK(with("answered") == Calls{"answered"});
  CHECK(with("active") == Calls{"open"});
  CHECK(with("lost") == Calls{"lost"});
  CHECK(with("busy") == Calls{"busy", "busy too"});
  CHECK(with("failed") == Calls{"broken"});
  CHECK(with("cancelled") == Calls{"given up"});
  CHECK(with("", 17) == Calls{"busy"});
  CHECK(with("busy", 16) == Calls{});
  CHECK(with("").size() == 7);
}

TEST_CASE("more dialogs than are read at once, many of one start, come once each", "[slow]") {
  const ScratchFolder folder;
  SampleLog sample{folder / "calls.db"};
  for (int i = 0; i < 1501; ++i) sample.call("call-" + std::to_string(i), i / 700, 1);
  log::Reader reader{folder / "calls.db"};
  auto all = calls(reader, {});
  CHECK(all.size() == 1501);
  std::ranges::sort(all);
  CHECK(std::ranges::adjacent_find(all) == all.end());
  projection::Selection selection;
  selection.since = at_second(1);
  CHECK(calls(reader, selection).size() == 801);
  selection.until = at_second(2);
  CHECK(calls(reader, selection).size() == 700);
}
