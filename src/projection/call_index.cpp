#include "projection/call_index.hpp"

#include "projection/leg_row.hpp"

#include <SQLiteCpp/Database.h>
#include <sqlite3.h>

#include <algorithm>

namespace drachtio::projection {

namespace {

constexpr unsigned bucket_bits = 15;  // as the index has it

}  // namespace

// One read transaction for all buckets: to begin one costs more than to look into a bucket. It ends
// with its scope, also where a look-up fails: an old view of the log must not be held.
class CallIndex::ReadTransaction {
 public:
  explicit ReadTransaction(CallIndex& index) : index_(index) {}
  void begin() {
    index_.begin_.tryReset();
    index_.begin_.exec();
  }
  ~ReadTransaction() {
    for (SQLite::Statement* open :
         {&index_.begin_, &index_.newest_, &index_.legs_, &index_.recorded_at_}) {
      open->tryReset();
    }
    // An interruption may hit this, too. It is in vain where none was begun, or the failure has
    // ended it.
    for (int attempt = 0; attempt < 2; ++attempt) {
      index_.end_.tryReset();
      if (index_.end_.tryExecuteStep() == SQLITE_DONE) break;
    }
  }
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;
  ReadTransaction(ReadTransaction&&) = delete;
  ReadTransaction& operator=(ReadTransaction&&) = delete;

 private:
  CallIndex& index_;
};

CallIndex::CallIndex(SQLite::Database& database)
    : newest_(database, "SELECT max(id) >> 15 FROM dialog"),
      legs_(database,
            "SELECT id FROM dialog WHERE id >> 15 = ?1 AND call_key = ?2 ORDER BY id DESC"),
      recorded_at_(database, "SELECT recorded_at FROM event WHERE position = ?1"),
      begin_(database, "SAVEPOINT look_up"),
      end_(database, "RELEASE look_up") {}

std::vector<std::int64_t> CallIndex::find(std::string_view call_id, std::optional<Instant> since) {
  ReadTransaction transaction{*this};
  transaction.begin();
  std::vector<std::int64_t> found;
  newest_.tryReset();
  newest_.executeStep();
  std::int64_t bucket = newest_.isColumnNull(0) ? -1 : newest_.getColumn(0).getInt64();
  newest_.reset();
  legs_.tryReset();
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

bool CallIndex::begins_after(std::int64_t bucket, Instant since) {
  recorded_at_.tryReset();
  recorded_at_.bind(1, bucket << bucket_bits);
  const bool begins =
      recorded_at_.executeStep() && recorded_at_.getColumn(0).getInt64() > to_integer(since);
  recorded_at_.reset();
  return begins;
}

}  // namespace drachtio::projection
