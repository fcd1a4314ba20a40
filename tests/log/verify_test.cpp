// Whatever is done to the file behind the log's back, verify finds it.
#include "log/verify.hpp"

#include "catch.hpp"
#include "sample_log.hpp"
#include "scratch_folder.hpp"

#include <SQLiteCpp/Database.h>

#include <fstream>

using namespace drachtio;
using namespace drachtio::test;

namespace {

struct Outcome {
  log::Verified verified;
  log::Faults faults;
  std::string text;

  [[nodiscard]] bool says(const std::string& words) const {
    return text.find(words) != std::string::npos;
  }
};

Outcome check(const std::filesystem::path& path, std::optional<log::Hash> head = {}) {
  Outcome outcome;
  try {
    log::Reader reader{path};
    log::VerifyOptions options;
    options.noted_head = head;
    outcome.verified = log::verify(reader, options, outcome.faults);
  } catch (const log::Error& error) {
    outcome.faults.add("file", error.what());
  }
  for (const log::Fault& fault : outcome.faults.kept()) {
    outcome.text += fault.where + ": " + fault.what + "\n";
  }
  return outcome;
}

// Three calls: 18 events after the genesis row. Returns the head.
log::Head write_sample(const std::filesystem::path& path) {
  SampleLog sample{path};
  for (const char* call : {"one", "two", "three"}) sample.call(call, 10);
  return sample.log().head();
}

// One file for each forgery, copied from one that is right.
class Forgeries {
 public:
  Forgeries() { head = write_sample(folder_ / "right.db"); }

  std::filesystem::path fresh() {
    const std::filesystem::path path = folder_ / "forged.db";
    std::filesystem::copy_file(folder_ / "right.db", path,
                               std::filesystem::copy_options::overwrite_existing);
    for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(path.string() + suffix);
    return path;
  }
  [[nodiscard]] std::filesystem::path right() const { return folder_ / "right.db"; }

  log::Head head;

 private:
  ScratchFolder folder_;
};

const std::vector<std::string> event_columns{"dialog",        "version", "type",   "occurred_at",
                                             "recorded_at",   "data",    "format", "evidence_hash",
                                             "previous_hash", "hash"};
const std::vector<std::string> message_columns{"direction", "peer", "bytes"};
// What a value may be turned into, `#` being its column: other values, and the same one as another
// type.
const std::vector<std::string> forged_values{"NULL",
                                             "# + 1",
                                             "# || ' '",
                                             "CAST(# AS TEXT)",
                                             "CAST(# AS BLOB)",
                                             "CAST(# AS REAL)",
                                             "CAST(# AS INTEGER)",
                                             "''",
                                             "x''",
                                             "0",
                                             "zeroblob(32)",
                                             "CAST(# || x'00' AS TEXT)"};

std::string with(std::string value, const std::string& column) {
  for (std::size_t at = 0; (at = value.find('#', at)) != std::string::npos;) {
    value.replace(at, 1, column);
  }
  return value;
}

}  // namespace

TEST_CASE("a log as it was written is proved") {
  const Forgeries forgeries;
  const Outcome outcome = check(forgeries.right(), forgeries.head.hash);
  INFO(outcome.text);
  CHECK(outcome.faults.count() == 0);
  CHECK(outcome.verified.events == 19);
  CHECK(outcome.verified.messages == 18);
  CHECK(outcome.verified.head.position == forgeries.head.position);
  CHECK(outcome.verified.head.hash == forgeries.head.hash);
}

TEST_CASE("any changed value of any column of event and sip_message is found", "[slow]") {
  Forgeries forgeries;
  int tried = 0;
  const auto attempt = [&](const std::string& table, const std::string& column,
                           const std::string& value, int position) {
    const std::filesystem::path path = forgeries.fresh();
    const std::string select = "SELECT * FROM " + table + " ORDER BY position";
    const std::string update = "UPDATE OR IGNORE " + table + " SET " + column + " = " +
                               with(value, column) +
                               " WHERE position = " + std::to_string(position);
    const auto before = dump(path, select);
    forge_anything(path, update);
    if (dump(path, select) == before) return;  // the same value
    ++tried;
    INFO(update);
    log::Faults faults;
    log::Reader reader{path};
    verify_schema(reader.database(), faults);
    CHECK(faults.count() == 0);  // the forger left no trace there
    verify_chain(reader.database(), {}, faults);
    CHECK(faults.count() != 0);
  };
  for (const int position : {0, 7, 18}) {
    for (const std::string& value : forged_values) {
      for (const std::string& column : event_columns) attempt("event", column, value, position);
      for (const std::string& column : message_columns) {
        attempt("sip_message", column, value, position);
      }
    }
    for (const char* value : {"1000", "-5", "19"}) {
      attempt("event", "position", value, position);
      attempt("sip_message", "position", value, position);
    }
  }
  CHECK(tried > 250);
}

TEST_CASE("a changed value is named") {
  Forgeries forgeries;
  const auto path = forgeries.fresh();
  forge(path, "UPDATE event SET occurred_at = occurred_at + 1 WHERE position = 7");
  const Outcome outcome = check(path);
  INFO(outcome.text);
  CHECK(outcome.faults.count() == 1);
  CHECK(outcome.says("event 7: hash is"));
}

TEST_CASE("the head of a log whose last row makes no sense is the last one that does") {
  Forgeries forgeries;
  const auto path = forgeries.fresh();
  forge_anything(path, "UPDATE event SET hash = x'00' WHERE position = 18");
  const Outcome outcome = check(path);
  CHECK(outcome.says("event 18: hash is 1 bytes, expected 32"));
  CHECK(outcome.verified.events == 19);
  CHECK(outcome.verified.head.position == 17);
  CHECK(outcome.verified.head.hash == log::Reader{path}.at(17)->hash);
}

TEST_CASE("removed, added and reordered rows are found") {
  Forgeries forgeries;
  const auto after = [&](const std::string& sql) {
    const auto path = forgeries.fresh();
    forge(path, sql);
    Outcome outcome = check(path);
    INFO(sql << "\n" << outcome.text);
    CHECK(outcome.faults.count() != 0);
    return outcome;
  };
  CHECK(after("DELETE FROM event WHERE position = 8").says("event 8 is missing"));
  CHECK(after("DELETE FROM event WHERE position = 0").says("event 0 is missing"));
  CHECK(
      after("DELETE FROM event WHERE position BETWEEN 5 AND 9").says("events 5 to 9 are missing"));
  CHECK(after("DELETE FROM event").says("the log is empty"));
  after(
      "DELETE FROM event WHERE position = 8;"
      "UPDATE event SET position = position - 1 WHERE position > 8");
  after(
      "UPDATE event SET position = 1000 WHERE position = 8;"
      "UPDATE event SET position = 8 WHERE position = 9;"
      "UPDATE event SET position = 9 WHERE position = 1000");
  after(
      "INSERT INTO event SELECT 19, NULL, NULL, type, occurred_at, recorded_at, data, format, "
      "NULL, hash, hash FROM event WHERE position = 18");
  after(
      "INSERT INTO event SELECT -1, NULL, NULL, type, occurred_at, recorded_at, data, format, "
      "NULL, hash, hash FROM event WHERE position = 18");
  after(
      "INSERT INTO event SELECT -9223372036854775808, NULL, NULL, type, occurred_at, "
      "recorded_at, data, format, NULL, hash, hash FROM event WHERE position = 18");
}

TEST_CASE("a log that was cut off is found out by a head noted earlier, and by nothing else") {
  Forgeries forgeries;
  const auto path = forgeries.fresh();
  forge(path, "DELETE FROM event WHERE position > 12; DELETE FROM sip_message WHERE position > 12");
  CHECK(check(path).faults.count() == 0);
  const Outcome outcome = check(path, forgeries.head.hash);
  CHECK(outcome.faults.count() == 1);
  CHECK(outcome.says("head: no row has the hash"));
}

TEST_CASE("evidence that is gone or was added is found, and retention by the rules is not") {
  Forgeries forgeries;
  SECTION("gone") {
    const auto path = forgeries.fresh();
    forge(path, "DELETE FROM sip_message WHERE position = 3");
    CHECK(check(path).says("evidence 3: the message is missing"));
  }
  SECTION("added, to an event without any and to no event") {
    for (const char* position : {"0", "-7", "500"}) {
      const auto path = forgeries.fresh();
      forge(path,
            std::string{"INSERT INTO sip_message VALUES ("} + position + ", 'in', '', x'00')");
      CHECK(check(path).says(std::string{"evidence "} + position + ": a message was added"));
    }
  }
  SECTION("dropped by the rules") {
    const ScratchFolder folder;
    const auto path = folder / "calls.db";
    {
      SampleLog sample{path};
      sample.call("one", 10);
      sample.call("two", 20);
      sample.drop_evidence(6);
    }
    const Outcome outcome = check(path);
    INFO(outcome.text);
    CHECK(outcome.faults.count() == 0);
    CHECK(outcome.verified.dropped == 6);
    forge(path, "DELETE FROM sip_message WHERE position = 7");
    CHECK(check(path).says("evidence 7: the message is missing"));
  }
}

TEST_CASE("rules that were changed are found") {
  Forgeries forgeries;
  const auto after = [&](const std::string& sql) {
    const auto path = forgeries.fresh();
    SQLite::Database{path.string(), SQLite::OPEN_READWRITE}.exec(sql);
    return check(path);
  };
  for (const char* trigger :
       {"event_append", "event_no_update", "event_no_delete", "sip_message_append",
        "sip_message_no_update", "sip_message_no_delete"}) {
    CHECK(after(std::string{"DROP TRIGGER "} + trigger)
              .says(std::string{"schema: trigger "} + trigger + " is missing"));
  }
  CHECK(after("DROP TRIGGER event_no_update; CREATE TRIGGER event_no_update BEFORE UPDATE ON event "
              "BEGIN SELECT 1; END")
            .says("trigger event_no_update is not as shipped"));
  CHECK(after("CREATE TRIGGER more AFTER INSERT ON event BEGIN DELETE FROM import; END")
            .says("trigger more on event was added"));
  CHECK(after("DROP INDEX event_of_dialog").says("index event_of_dialog is missing"));
  CHECK(after("DROP VIEW call_record").says("view call_record is missing"));
  CHECK(after("DROP TABLE sip_message").says("table sip_message is missing"));
  const Outcome harmless = after("CREATE INDEX mine ON event (type)");
  CHECK(harmless.faults.count() == 0);
  CHECK(harmless.faults.notes().size() == 1);
}

TEST_CASE("a damaged file gives faults, not exceptions") {
  Forgeries forgeries;
  const auto size = std::filesystem::file_size(forgeries.right());
  for (std::uintmax_t at = 4096; at + 4096 <= size; at += 4096) {
    const auto path = forgeries.fresh();
    {
      std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
      file.seekp(static_cast<std::streamoff>(at));
      file << std::string(4096, '\xA5');
    }
    INFO("page at " << at);
    CHECK(check(path).faults.count() != 0);
  }
  const auto path = forgeries.fresh();
  std::filesystem::resize_file(path, size / 2);
  CHECK(check(path).faults.count() != 0);
}
