// For any sequence of frames, commits and restarts: the tips in memory, the fold of the log and the
// rows of the `dialog` table are one and the same.
#include "record/ledger.hpp"

#include "catch.hpp"
#include "log/reader.hpp"
#include "projection/fold.hpp"
#include "properties/arbitrary_frame.hpp"
#include "scratch_folder.hpp"

#include <map>

using namespace drachtio;
using namespace drachtio::test;

namespace {

using Dialogs = std::map<std::int64_t, DialogState>;

record::Ledger open_ledger(const std::filesystem::path& path) {
  return record::Ledger{log::EventLog{path}, [] { return to_instant(1'800'000'000'000'000); }};
}

Dialogs in_memory(record::Ledger& ledger) {
  Dialogs dialogs;
  ledger.tips().each([&](record::Tip& tip) { dialogs[tip.state.number] = tip.state; });
  return dialogs;
}

Dialogs in_table(const std::filesystem::path& path) {
  log::Reader reader{path};
  projection::DialogTable table{reader.database()};
  Dialogs dialogs;
  table.each("1 ORDER BY id",
             [&](DialogState&& state) { dialogs[state.number] = std::move(state); });
  return dialogs;
}

Dialogs folded(const std::filesystem::path& path) {
  log::Reader reader{path};
  std::map<std::int64_t, std::vector<log::Row>> rows;
  std::int64_t position = 0;
  while (true) {
    const auto page = reader.after(position);
    if (page.empty()) break;
    for (const log::Row& row : page) {
      if (row.dialog) rows[*row.dialog].push_back(row);
    }
    position = page.back().position;
  }
  Dialogs dialogs;
  for (const auto& [number, of_dialog] : rows) dialogs[number] = projection::fold(of_dialog);
  return dialogs;
}

}  // namespace

TEST_CASE("Property: tips = fold of the log = dialog table, whatever frames come", "[property]") {
  const ScratchFolder folder;
  int run = 0;
  CHECK(rc::check([&] {
    const auto path = folder / ("calls-" + std::to_string(++run) + ".db");
    const auto payloads =
        *rc::gen::scale(2.0, rc::gen::container<std::vector<std::string>>(any_payload()));
    auto ledger = std::make_unique<record::Ledger>(open_ledger(path));
    Instant read_at = to_instant(1'800'000'000'000'000);
    for (const std::string& payload : payloads) {
      read_at += std::chrono::seconds{1};
      if (*rc::gen::inRange(0, 6) == 0) {
        ledger->frame({"pbx", 1, wire::Sender::client, "p|proxy|tx1|||||||", read_at});
      }
      const record::Frame frame{"pbx", 1, wire::Sender::server, payload, read_at};
      ledger->frame(frame);
      // A second sighting of a message adds nothing to any dialog.
      const Dialogs before = in_memory(*ledger);
      ledger->frame(frame);
      RC_ASSERT(in_memory(*ledger).size() == before.size());
      if (payload.find("SIP/2.0") != std::string::npos) RC_ASSERT(in_memory(*ledger) == before);
      switch (*rc::gen::inRange(0, 12)) {
        case 0: ledger->commit(); break;
        case 1: ledger->expire(read_at, std::chrono::seconds{3}, std::chrono::seconds{5}); break;
        case 2:
          ledger->commit();
          ledger.reset();
          ledger = std::make_unique<record::Ledger>(open_ledger(path));
          break;
        default: break;
      }
    }
    ledger->commit();
    const Dialogs stored = in_table(path);
    RC_ASSERT(folded(path) == stored);
    for (const auto& [number, state] : in_memory(*ledger)) {
      RC_ASSERT(stored.contains(number));
      RC_ASSERT(stored.at(number) == state);
    }
    std::size_t open = 0;
    for (const auto& [number, state] : stored) open += state.state != State::terminated ? 1U : 0U;
    RC_ASSERT(ledger->open_dialogs() == open);
    RC_ASSERT(ledger->tips().size() >= open);
    std::filesystem::remove(path);
  }));
}
