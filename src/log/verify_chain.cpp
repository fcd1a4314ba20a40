// Walks every row of the log and recomputes what it says of itself. Columns are read as stored,
// type and all: a 5 that became '5' or 5.0 is another value, though most readers would not notice.
#include "log/verify.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include <array>
#include <cstring>
#include <limits>
#include <string>

namespace drachtio::log {

namespace {

using Limits = std::numeric_limits<std::int64_t>;
constexpr std::int64_t bytes_at_once = 32L * 1024 * 1024;  // read in well under a second

std::string number(std::int64_t value) { return std::to_string(value); }
std::string event_at(std::int64_t position) { return "event " + number(position); }
std::string evidence_at(std::int64_t position) { return "evidence " + number(position); }

const char* type_name(int type) {
  switch (type) {
    case SQLITE_INTEGER: return "an INTEGER";
    case SQLITE_FLOAT: return "a REAL";
    case SQLITE_TEXT: return "a TEXT";
    case SQLITE_BLOB: return "a BLOB";
    default: return "NULL";
  }
}

std::string_view bytes_of(const SQLite::Column& column) {
  const auto* bytes = static_cast<const char*>(column.getBlob());
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(column.getBytes())};
}

struct Rule {
  const char* name;
  int type;
  bool nullable;
};

constexpr std::array<Rule, 11> event_rules{{{"position", SQLITE_INTEGER, false},
                                            {"dialog", SQLITE_INTEGER, true},
                                            {"version", SQLITE_INTEGER, true},
                                            {"type", SQLITE_TEXT, false},
                                            {"occurred_at", SQLITE_INTEGER, false},
                                            {"recorded_at", SQLITE_INTEGER, false},
                                            {"data", SQLITE_TEXT, false},
                                            {"format", SQLITE_INTEGER, false},
                                            {"evidence_hash", SQLITE_BLOB, true},
                                            {"previous_hash", SQLITE_BLOB, false},
                                            {"hash", SQLITE_BLOB, false}}};
constexpr std::array<Rule, 3> evidence_rules{{{"direction", SQLITE_TEXT, false},
                                              {"peer", SQLITE_TEXT, false},
                                              {"bytes", SQLITE_BLOB, false}}};
constexpr int first_evidence_column = 12;  // of the join below, after m.position

class Walk {
 public:
  Walk(SQLite::Database& database, const VerifyOptions& options, Faults& faults)
      : database_(database),
        faults_(faults),
        options_(options),
        rows_(database,
              std::string{"SELECT "} + prefixed_columns() +
                  ", m.position, m.direction, m.peer, m.bytes FROM event AS e "
                  "LEFT JOIN sip_message AS m ON m.position = e.position "
                  "WHERE e.position >= ? AND e.position <= ? ORDER BY e.position LIMIT 1000"),
        dropped_(database,
                 "SELECT max(min(json_extract(data, '$.count'), position - 1)) FROM event "
                 "WHERE type = 'evidence-dropped' AND dialog IS NULL "
                 "AND CASE WHEN json_valid(data) "
                 "THEN json_type(data, '$.count') = 'integer' ELSE 0 END"),
        strays_(database,
                "SELECT m.position FROM sip_message AS m "
                "LEFT JOIN event AS e ON e.position = m.position "
                "WHERE m.position >= ? AND m.position <= ? AND e.evidence_hash IS NULL "
                "ORDER BY m.position LIMIT 1000") {}

  Verified walk() {
    try {
      const std::int64_t target = last_position();
      while (batch(target)) {
        if (options_.progress) options_.progress(reached_, target);
      }
    } catch (const SQLite::Exception& error) {
      faults_.add("file", "cannot go on after " + event_at(reached_) + ": " + error.what());
      return verified_;
    }
    if (verified_.events == 0) faults_.add("event 0", "the log is empty: no genesis row");
    if (options_.noted_head && !head_seen_) {
      faults_.add("head", "no row has the hash " + digest::to_hex(*options_.noted_head) +
                              ": the log was cut off or rewritten since that head was noted, or "
                              "the head is that of another log");
    }
    return verified_;
  }

 private:
  static std::string prefixed_columns() {
    std::string columns;
    for (const Rule& rule : event_rules) {
      columns += (columns.empty() ? "e." : ", e.") + std::string{rule.name};
    }
    return columns;
  }

  std::int64_t last_position() {
    const SQLite::Column last = database_.execAndGet("SELECT max(position) FROM event");
    return last.isNull() ? -1 : last.getInt64();
  }

  // One read transaction. False once there is no more up to `target`.
  bool batch(std::int64_t target) {
    SQLite::Transaction transaction{database_};
    dropped_.reset();
    dropped_.executeStep();
    const SQLite::Column through = dropped_.getColumn(0);
    dropped_through_ = through.isNull() ? -1 : through.getInt64();
    rows_.reset();
    rows_.bind(1, next_);
    rows_.bind(2, target);
    const std::int64_t from = next_;
    std::int64_t bytes = 0;
    bool any = false;
    while (bytes < bytes_at_once && rows_.executeStep()) {
      bytes += row();
      any = true;
    }
    rows_.reset();
    const std::int64_t last = reached_;
    const bool more = any && last < target;
    // Once all rows are read, what is left of the evidence has no event to belong to, but for what
    // was recorded meanwhile.
    find_strays(from, more ? last : Limits::max());
    if (more) next_ = last + 1;
    transaction.commit();
    return more;
  }

  void find_strays(std::int64_t from, std::int64_t to) {
    strays_.reset();
    strays_.bind(1, from);
    strays_.bind(2, to);
    while (strays_.executeStep()) {
      faults_.add(evidence_at(strays_.getColumn(0).getInt64()),
                  "a message was added: no event has a hash for it");
    }
    strays_.reset();
  }

  template <std::size_t count>
  bool well_typed(const std::array<Rule, count>& rules, int first_column,
                  const std::string& where) {
    bool right = true;
    for (std::size_t i = 0; i < count; ++i) {
      const Rule& rule = rules[i];
      const SQLite::Column column = rows_.getColumn(first_column + static_cast<int>(i));
      const int type = column.getType();
      if (type == SQLITE_NULL && rule.nullable) continue;
      if (type != rule.type) {
        faults_.add(where, std::string{rule.name} + " is " + type_name(type) + ", expected " +
                               type_name(rule.type));
        right = false;
      } else if (std::string_view{rule.name}.ends_with("hash") &&
                 column.getBytes() != static_cast<int>(sizeof(Hash))) {
        faults_.add(where, std::string{rule.name} + " is " + number(column.getBytes()) +
                               " bytes, expected 32");
        right = false;
      }
    }
    return right;
  }

  // Returns about how many bytes it read.
  std::int64_t row() {
    const std::int64_t position = rows_.getColumn(0).getInt64();
    const std::string where = event_at(position);
    ++verified_.events;
    if (position > expected_position_) {
      faults_.add(where, position == expected_position_ + 1
                             ? event_at(expected_position_) + " is missing before it"
                             : "events " + number(expected_position_) + " to " +
                                   number(position - 1) + " are missing before it");
      previous_known_ = false;
    } else if (position < expected_position_) {
      faults_.add(where, "a row was added before the first, position 0");
    }
    expected_position_ = position == Limits::max() ? position : position + 1;
    reached_ = position;

    std::int64_t bytes = 0;
    if (well_typed(event_rules, 0, where)) {
      const Row row = read_row(rows_);
      bytes = static_cast<std::int64_t>(row.data.size());
      check(row, where);
      bytes += check_evidence(row.position, row.evidence_hash);
    } else {
      previous_known_ = false;
    }
    return bytes;
  }

  void check(const Row& row, const std::string& where) {
    if (row.position == 0) {
      check_genesis(row, where);
    } else if (row.type == "genesis") {
      faults_.add(where, "a genesis row that is not the first");
    }
    if (previous_known_ && row.position > 0 && row.previous_hash != verified_.head.hash) {
      faults_.add(where, "previous_hash is " + digest::to_hex(row.previous_hash) + ", but " +
                             event_at(row.position - 1) + " has the hash " +
                             digest::to_hex(verified_.head.hash));
    }
    if (const Hash hash = row_hash(hasher_, row); hash != row.hash) {
      faults_.add(where, "hash is " + digest::to_hex(row.hash) + ", but its columns give " +
                             digest::to_hex(hash) + ": a value of this row was changed");
    } else if (options_.noted_head == row.hash) {
      head_seen_ = true;
    }
    if (row.format < oldest_format || row.format > newest_format) {
      faults_.add(where, "format is " + number(row.format) + ", which this program does not know");
    }
    if (row.recorded_at < verified_.head.recorded_at) {
      faults_.add(where, "recorded_at is " + number(row.recorded_at) +
                             ", before that of the row "
                             "before, " +
                             number(verified_.head.recorded_at));
    }
    if (row.dialog.has_value() != row.version.has_value()) {
      faults_.add(where, "dialog and version must both be there, or neither");
    }
    verified_.head.position = row.position;
    verified_.head.hash = row.hash;
    verified_.head.recorded_at = row.recorded_at;
    previous_known_ = true;
  }

  void check_genesis(const Row& row, const std::string& where) {
    if (row.type != "genesis") faults_.add(where, "type is " + row.type + ", expected genesis");
    if (row.dialog || row.version) faults_.add(where, "the genesis row belongs to no dialog");
    if (row.previous_hash != Hash{}) {
      faults_.add(where, "previous_hash of the genesis row is " +
                             digest::to_hex(row.previous_hash) + ", expected zeros");
    }
  }

  std::int64_t check_evidence(std::int64_t position, const std::optional<Hash>& expected) {
    if (!expected) return 0;  // a message without a hash is found as a stray
    const std::string where = evidence_at(position);
    if (rows_.getColumn(first_evidence_column - 1).isNull()) {
      if (position <= dropped_through_) {
        ++verified_.dropped;
      } else {
        faults_.add(where, "the message is missing, and no evidence-dropped event says why");
      }
      return 0;
    }
    if (!well_typed(evidence_rules, first_evidence_column, where)) return 0;
    const std::string_view bytes = bytes_of(rows_.getColumn(first_evidence_column + 2));
    const Hash hash = evidence_hash(hasher_, bytes_of(rows_.getColumn(first_evidence_column)),
                                    bytes_of(rows_.getColumn(first_evidence_column + 1)), bytes);
    if (hash != *expected) {
      faults_.add(where, "the message was changed: its event has the hash " +
                             digest::to_hex(*expected) + ", but direction, peer and bytes give " +
                             digest::to_hex(hash));
    } else {
      ++verified_.messages;
    }
    return static_cast<std::int64_t>(bytes.size());
  }

  SQLite::Database& database_;
  Faults& faults_;
  const VerifyOptions& options_;
  SQLite::Statement rows_;
  SQLite::Statement dropped_;
  SQLite::Statement strays_;
  digest::Sha256 hasher_;
  Verified verified_;
  std::int64_t next_ = Limits::min();
  std::int64_t reached_ = -1;  // the last row read, be it one that makes sense or not
  std::int64_t expected_position_ = 0;
  std::int64_t dropped_through_ = -1;
  bool previous_known_ = false;
  bool head_seen_ = false;
};

}  // namespace

Verified verify_chain(SQLite::Database& database, const VerifyOptions& options, Faults& faults) {
  return Walk{database, options, faults}.walk();
}

}  // namespace drachtio::log
