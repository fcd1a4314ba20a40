// For any sequence of frames, commits and restarts: the tips in memory, the fold of the log and the
// rows of the `dialog` table are one and the same.
#include "record/ledger.hpp"

#include "catch.hpp"
#include "log/reader.hpp"
#include "projection/fold.hpp"
#include "properties/arbitrary.hpp"
#include "properties/property.hpp"
#include "scratch_folder.hpp"

#include <map>

using namespace drachtio;
using namespace drachtio::test;

namespace {

using DialogsByNumber = std::map<std::int64_t, dialog::Dialog>;

std::unique_ptr<record::Ledger> open_ledger(const std::filesystem::path& path) {
  return std::make_unique<record::Ledger>(log::EventLog{path},
                                          [] { return to_instant(1'800'000'000'000'000); });
}

DialogsByNumber in_memory(record::Ledger& ledger) {
  DialogsByNumber dialogs;
  ledger.tips().each([&](record::Tip& tip) { dialogs[tip.state.number] = tip.as_logged(); });
  return dialogs;
}

DialogsByNumber in_table(const std::filesystem::path& path) {
  log::Reader reader{path};
  projection::DialogTable table{reader.database()};
  DialogsByNumber dialogs;
  table.each("1 ORDER BY id",
             [&](dialog::Dialog&& state) { dialogs[state.number] = std::move(state); });
  return dialogs;
}

DialogsByNumber folded(const std::filesystem::path& path) {
  log::Reader reader{path};
  std::map<std::int64_t, std::vector<log::Row>> rows;
  for (auto page = reader.after(0); !page.empty(); page = reader.after(page.back().position)) {
    for (const log::Row& row : page) {
      if (row.dialog) rows[*row.dialog].push_back(row);
    }
  }
  DialogsByNumber dialogs;
  for (const auto& [number, of_dialog] : rows) dialogs[number] = projection::fold(of_dialog);
  return dialogs;
}

}  // namespace

TEST_CASE("Property: tips = fold of the log = dialog table, whatever frames come", "[property]") {
  const ScratchFolder folder;
  int run = 0;
  CHECK(holds([&] {
    const auto path = folder / ("calls-" + std::to_string(++run) + ".db");
    auto ledger = open_ledger(path);
    Instant read_at = to_instant(1'800'000'000'000'000);
    for (int count = pick(60); count > 0; --count) {
      read_at += std::chrono::seconds{1};
      if (pick(6) == 5) {
        ledger->frame({"pbx", 1, wire::Sender::client, "p|proxy|tx1|||||||", read_at});
      }
      const record::Frame frame{"pbx", 1, wire::Sender::server, arbitrary_payload(), read_at};
      note(frame.payload.bytes());
      ledger->frame(frame);
      const DialogsByNumber before = in_memory(*ledger);
      ledger->frame(frame);
      must(frame.payload.bytes().find("SIP/2.0") == std::string::npos ||
               in_memory(*ledger) == before,
           "a second sighting of a message adds nothing");
      switch (pick(12)) {
        case 1: ledger->commit(); break;
        case 2: ledger->expire(read_at, {std::chrono::seconds{3}, std::chrono::seconds{5}}); break;
        case 3:
          ledger->commit();
          ledger.reset();
          ledger = open_ledger(path);
          break;
        default: break;
      }
    }
    ledger->commit();
    const DialogsByNumber stored = in_table(path);
    must(folded(path) == stored, "fold of the log = dialog table");
    for (const auto& [number, state] : in_memory(*ledger)) {
      must(stored.contains(number) && stored.at(number) == state, "tip = dialog table");
    }
    std::size_t open = 0;
    for (const auto& [number, state] : stored) open += state.state != State::terminated ? 1U : 0U;
    must(ledger->open_dialogs() == open, "all that are open are in memory, and counted");
    std::filesystem::remove(path);
  }));
}
