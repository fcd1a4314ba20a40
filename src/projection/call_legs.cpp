#include "projection/call_legs.hpp"

#include "projection/dialog_table.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <limits>
#include <tuple>

namespace drachtio::projection {

namespace {

constexpr std::int64_t legs_a_transaction = 1000;
constexpr std::size_t most_legs_remembered = 100000;

}  // namespace

std::vector<CallLegs> part_into_calls(std::vector<LegSpan> legs) {
  std::ranges::sort(legs, [](const LegSpan& a, const LegSpan& b) {
    return std::tie(a.start, a.dialog) < std::tie(b.start, b.dialog);
  });
  std::vector<CallLegs> calls;
  Instant latest_end = Instant::min();  // of the call's legs so far
  bool up = false;                      // one of them has not ended
  for (const LegSpan& leg : legs) {
    if (calls.empty() || (!up && leg.start - longest_between_legs > latest_end)) {
      calls.emplace_back();
      latest_end = Instant::min();
    }
    calls.back().push_back(leg.dialog);
    if (leg.end) {
      latest_end = std::max(latest_end, *leg.end);
    } else {
      up = true;
    }
  }
  return calls;
}

LegFinder::LegFinder(log::Reader& reader) : reader_(reader) {}

LegFinder::~LegFinder() = default;

std::vector<CallLegs> LegFinder::calls(const std::string& server, const std::string& call_id) {
  try {
    if (!page_) {
      // A start is missing in no row that this version writes; an end may be, for a lost leg.
      page_ = std::make_unique<SQLite::Statement>(
          reader_.database(),
          std::string{"WITH "} + call_leg_table +
              "SELECT id, coalesce(start_time, last_heard), CASE state WHEN 'terminated' "
              "THEN coalesce(end_time, start_time, last_heard) END FROM leg "
              "WHERE id IN (SELECT id FROM call_leg) AND id > ?3 AND server = ?4 AND call_id = ?5 "
              "ORDER BY id LIMIT ?6");
    }
    std::vector<LegSpan> legs;
    std::int64_t last = std::numeric_limits<std::int64_t>::min();
    std::int64_t found = 0;
    do {
      page_->tryReset();
      page_->bind(1, call_key(call_id));
      page_->bind(3, last);
      page_->bind(4, server);
      page_->bind(5, call_id);
      page_->bind(6, legs_a_transaction);
      for (found = 0; page_->executeStep(); ++found) {
        LegSpan& leg = legs.emplace_back();
        leg.dialog = last = page_->getColumn(0).getInt64();
        leg.start = to_instant(page_->getColumn(1).getInt64());
        if (const SQLite::Column end = page_->getColumn(2); !end.isNull()) {
          leg.end = to_instant(end.getInt64());
        }
      }
      page_->reset();
    } while (found == legs_a_transaction);
    return part_into_calls(std::move(legs));
  } catch (const SQLite::Exception& error) {
    throw log::translate(error, "cannot read the log " + reader_.path().string());
  }
}

LegPlace LegFinder::place_of(const DialogState& dialog) {
  const std::string key = dialog.server + '\n' + dialog.call_id;
  if (const auto known = known_.find(key); known != known_.end()) {
    if (const auto place = known->second.find(dialog.number); place != known->second.end()) {
      return place->second;
    }
    remembered_ -= known->second.size();
    known_.erase(known);  // another leg has begun since
  }
  Places places;
  for (const CallLegs& call : calls(dialog.server, dialog.call_id)) {
    const auto legs = static_cast<std::int64_t>(call.size());
    for (std::int64_t leg = 1; const std::int64_t number : call) {
      places.insert_or_assign(number, LegPlace{leg++, legs});
    }
  }
  const auto found = places.find(dialog.number);
  const LegPlace place = found == places.end() ? LegPlace{} : found->second;
  if (places.size() > 1) {
    if (remembered_ + places.size() > most_legs_remembered) {
      known_.clear();
      remembered_ = 0;
    }
    remembered_ += places.size();
    known_.emplace(key, std::move(places));
  }
  return place;
}

}  // namespace drachtio::projection
