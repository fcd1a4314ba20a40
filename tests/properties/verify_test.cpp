// For any log and any value in it: changed behind the log's back, whatever to, verify finds it.
#include "log/verify.hpp"

#include "catch.hpp"
#include "properties/arbitrary.hpp"
#include "properties/property.hpp"
#include "record/ledger.hpp"
#include "sample_log.hpp"
#include "scratch_folder.hpp"

using namespace drachtio;
using namespace drachtio::test;

namespace {

// Returns the position of the last row.
std::int64_t write_log(const std::filesystem::path& path) {
  record::Ledger ledger{log::EventLog{path}, [] { return to_instant(1'800'000'000'000'000); }};
  Instant read_at = to_instant(1'800'000'000'000'000);
  for (int count = pick(20) + 1; count > 0; --count) {
    read_at += std::chrono::seconds{1};
    ledger.frame({"pbx", 1, wire::Sender::server, arbitrary_payload(), read_at});
  }
  ledger.commit();
  return ledger.head().position;
}

std::string literal(const std::string& column) {
  // The primary key takes nothing but an integer, not even from a forger.
  if (column == "position") return column + " + " + std::to_string(pick(2000) - 1000);
  switch (pick(8)) {
    case 0: return "NULL";
    case 1: return std::to_string(pick(1000) - 500);
    case 2: return std::to_string(pick(1000)) + ".5";
    case 3: return "x'" + std::string(static_cast<std::size_t>(2 * pick(40)), 'a') + "'";
    case 4: return "'" + std::string(static_cast<std::size_t>(pick(40)), 'z') + "'";
    case 5: return "CAST(" + column + " AS " + pick_text({"TEXT", "BLOB", "REAL", "INTEGER"}) + ")";
    case 6: return column + " + " + std::to_string(pick(5) - 2);
    default: return "substr(" + column + ", " + std::to_string(pick(30)) + ")";
  }
}

}  // namespace

TEST_CASE("Property: any changed value in event or sip_message is found by verify", "[property]") {
  const ScratchFolder folder;
  int run = 0;
  CHECK(holds([&] {
    const auto path = folder / ("calls-" + std::to_string(++run) + ".db");
    const auto rows = static_cast<int>(write_log(path)) + 1;
    const bool in_event = pick_bool();
    const std::string table = in_event ? "event" : "sip_message";
    const std::string column =
        in_event ? pick_text({"position", "dialog", "version", "type", "occurred_at", "recorded_at",
                              "data", "format", "evidence_hash", "previous_hash", "hash"})
                 : pick_text({"position", "direction", "peer", "bytes"});
    const std::string update = "UPDATE OR IGNORE " + table + " SET " + column + " = " +
                               literal(column) + " WHERE position = " + std::to_string(pick(rows));
    note(update);
    const std::string select = "SELECT * FROM " + table + " ORDER BY position";
    const auto before = dump(path, select);
    forge_anything(path, update);
    if (dump(path, select) == before) return;  // the same value, or no such row
    log::Reader reader{path};
    log::Faults faults;
    verify_chain(reader.database(), {}, faults);
    must(faults.count() != 0, "the forgery is found");
  }));
}
