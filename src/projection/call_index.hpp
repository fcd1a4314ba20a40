// A CallIndex finds the legs of a Call-ID by the index dialog_by_call, bucket by bucket of 32,768
// positions, in one read transaction.
//
// A look-up costs less than a microsecond a bucket, so it grows with the log, slowly: with 300,000
// calls there are some 60 buckets.
#pragma once

#include <drachtio/instant.hpp>

#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace drachtio::projection {

// Not thread-safe. The database must outlive it. Throws SQLite::Exception.
class CallIndex {
 public:
  explicit CallIndex(SQLite::Database& database);

  // Returns the numbers of the legs with this Call-ID, ascending: those in the part of the log that
  // was recorded since `since`, and in older parts too where it is absent. Legs of other Call-IDs
  // with the same hash may be among them.
  [[nodiscard]] std::vector<std::int64_t> find(std::string_view call_id,
                                               std::optional<Instant> since = {});

  // Returns the keys (call_key of the Call-ID) of those that more than one leg has. To look many up
  // at once costs a tenth of looking each up by itself: a page of the index is read once for all.
  [[nodiscard]] std::vector<std::int64_t> repeated(const std::vector<std::int64_t>& keys);

 private:
  // Returns whether the bucket may have been begun after `since`.
  bool begins_after(std::int64_t bucket, Instant since);

  SQLite::Statement newest_;
  SQLite::Statement legs_;
  SQLite::Statement repeated_;
  SQLite::Statement recorded_at_;
};

}  // namespace drachtio::projection
