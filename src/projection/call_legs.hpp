// Which legs are one call. A leg is one row of the `dialog` table; forks, the destinations of a
// proxy and a call that leaves its server and comes back to it are several legs with one Call-ID.
//
// Call-IDs are also used again, by test programs above all. So the legs of one call have the same
// server and Call-ID, and each but the first began while an earlier one was up, or within five
// minutes of its end.
#pragma once

#include "dialog/dialog.hpp"
#include "log/reader.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace drachtio::projection {

constexpr auto longest_between_legs = std::chrono::minutes{5};

// A leg: the number of its dialog, and when it was up.
struct LegSpan {
  std::int64_t dialog = 0;
  Instant start;
  std::optional<Instant> end;  // none while it is up
};

// The dialogs of one call's legs, in the order they began.
using CallLegs = std::vector<std::int64_t>;

// Parts the legs of one server and Call-ID into calls, which come in the order they began.
std::vector<CallLegs> part_into_calls(std::vector<LegSpan> legs);

// Leg `leg` of `legs`, counted from 1.
struct LegPlace {
  std::int64_t leg = 1;
  std::int64_t legs = 1;
};

class CallIndex;

// Looks legs up by their Call-ID, in short read transactions. Not thread-safe. The reader must
// outlive it. Throws log::Error.
class LegFinder {
 public:
  explicit LegFinder(log::Reader& reader);
  ~LegFinder();
  LegFinder(const LegFinder&) = delete;
  LegFinder& operator=(const LegFinder&) = delete;
  LegFinder(LegFinder&&) = delete;
  LegFinder& operator=(LegFinder&&) = delete;

  // All calls that this server had with this Call-ID.
  std::vector<CallLegs> calls(const std::string& server, const std::string& call_id);

  // Looks up which of these dialogs are the only leg of their Call-ID, as most are: place_of() then
  // knows of those, until the next call. A leg that begins later may not be counted.
  void look_ahead(const std::vector<dialog::Dialog>& dialogs);

  // Tells where the dialog stands in its call. The answer is remembered for its siblings, since a
  // test program may use one Call-ID for all of its calls: a leg that begins later may not be
  // counted.
  LegPlace place_of(const dialog::Dialog& dialog);

 private:
  using Places = std::unordered_map<std::int64_t, LegPlace>;  // by the dialog's number

  CallIndex& index();

  log::Reader& reader_;
  std::unique_ptr<CallIndex> index_;
  std::unique_ptr<SQLite::Statement> span_;
  std::unordered_map<std::string, Places> known_;  // by server and Call-ID
  std::size_t remembered_ = 0;                     // legs in `known_`
  std::unordered_set<std::int64_t> sole_;          // dialogs, by number
};

}  // namespace drachtio::projection
