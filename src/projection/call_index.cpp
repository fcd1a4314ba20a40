#include "projection/call_index.hpp"

#include "projection/leg_row.hpp"

#include <SQLiteCpp/Database.h>

#include <algorithm>

namespace drachtio::projection {

namespace {

constexpr unsigned bucket_bits = 15;  // as the index has it

// Resets a statement at the end of the scope, also where the look-up fails: a statement that is not
// reset holds an old view of the log.
class Resetting {
 public:
  explicit Resetting(SQLite::Statement& statement) : statement_(statement) {}
  ~Resetting() { statement_.tryReset(); }
  Resetting(const Resetting&) = delete;
  Resetting& operator=(const Resetting&) = delete;
  Resetting(Resetting&&) = delete;
  Resetting& operator=(Resetting&&) = delete;

 private:
  SQLite::Statement& statement_;
};

}  // namespace

CallIndex::CallIndex(SQLite::Database& database)
    : newest_(database, "SELECT max(id) >> 15 FROM dialog"),
      legs_(database,
            "SELECT id FROM dialog WHERE id >> 15 = ?1 AND call_key = ?2 ORDER BY id DESC"),
      // It goes bucket by bucket, and through each in the order of the index.
      repeated_(database,
                "WITH RECURSIVE bucket (number) AS (SELECT max(id) >> 15 FROM dialog "
                "UNION ALL SELECT number - 1 FROM bucket WHERE number > 0), "
                "asked (hash) AS MATERIALIZED "
                "(SELECT DISTINCT value FROM json_each(?1) ORDER BY value) "
                "SELECT hash FROM bucket CROSS JOIN asked CROSS JOIN dialog "
                "ON id >> 15 = number AND call_key = hash GROUP BY hash HAVING count(*) > 1"),
      recorded_at_(database, "SELECT recorded_at FROM event WHERE position = ?1") {}

std::vector<std::int64_t> CallIndex::find(std::string_view call_id, std::optional<Instant> since) {
  // This one stays open until the end, and with it one read transaction for all buckets: to begin
  // one costs more than to look into a bucket.
  const Resetting newest{newest_};
  const Resetting legs{legs_};
  newest_.executeStep();
  std::int64_t bucket = newest_.isColumnNull(0) ? -1 : newest_.getColumn(0).getInt64();
  std::vector<std::int64_t> found;
  legs_.bind(2, call_key(call_id));
  for (; bucket >= 0; --bucket) {
    legs_.bind(1, bucket);
    while (legs_.executeStep()) found.push_back(legs_.getColumn(0).getInt64());
    legs_.reset();
    if (since && !begins_after(bucket, *since)) break;
  }
  std::ranges::reverse(found);
  return found;
}

std::vector<std::int64_t> CallIndex::repeated(const std::vector<std::int64_t>& keys) {
  const Resetting repeated{repeated_};
  std::string asked = "[";
  for (const std::int64_t key : keys) {
    if (asked.size() > 1) asked += ',';
    asked += std::to_string(key);
  }
  repeated_.bind(1, asked + ']');
  std::vector<std::int64_t> found;
  while (repeated_.executeStep()) found.push_back(repeated_.getColumn(0).getInt64());
  return found;
}

bool CallIndex::begins_after(std::int64_t bucket, Instant since) {
  const Resetting recorded_at{recorded_at_};
  recorded_at_.bind(1, bucket << bucket_bits);
  return recorded_at_.executeStep() && recorded_at_.getColumn(0).getInt64() > to_integer(since);
}

}  // namespace drachtio::projection
