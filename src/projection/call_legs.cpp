#include "projection/call_legs.hpp"

#include "projection/call_index.hpp"
#include "projection/leg_row.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <tuple>

namespace drachtio::projection {

namespace {

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
    if (!span_) {
      // A start is missing in no row that this version writes; an end may be, for a lost leg.
      span_ = std::make_unique<SQLite::Statement>(
          reader_.database(),
          "SELECT coalesce(start_time, last_heard), CASE state WHEN 'terminated' "
          "THEN coalesce(end_time, start_time, last_heard) END FROM leg "
          "WHERE id = ?1 AND server = ?2 AND call_id = ?3");
    }
    std::vector<LegSpan> legs;
    for (const std::int64_t number : index().find(call_id)) {
      span_->tryReset();
      span_->bind(1, number);
      span_->bind(2, server);
      span_->bind(3, call_id);
      if (!span_->executeStep()) continue;
      LegSpan& leg = legs.emplace_back();
      leg.dialog = number;
      leg.start = to_instant(span_->getColumn(0).getInt64());
      if (const SQLite::Column end = span_->getColumn(1); !end.isNull()) {
        leg.end = to_instant(end.getInt64());
      }
      span_->reset();
    }
    return part_into_calls(std::move(legs));
  } catch (const SQLite::Exception& error) {
    throw log::translate(error, "cannot read the log " + reader_.path().string());
  }
}

CallIndex& LegFinder::index() {
  if (!index_) index_ = std::make_unique<CallIndex>(reader_.database());
  return *index_;
}

void LegFinder::look_ahead(const std::vector<dialog::Dialog>& dialogs) {
  try {
    std::vector<std::int64_t> keys;
    keys.reserve(dialogs.size());
    for (const dialog::Dialog& dialog : dialogs) keys.push_back(call_key(dialog.call_id));
    const std::vector<std::int64_t> found = index().repeated(keys);
    const std::unordered_set<std::int64_t> repeated{found.begin(), found.end()};
    sole_.clear();
    for (std::size_t i = 0; i < dialogs.size(); ++i) {
      if (!repeated.contains(keys[i])) sole_.insert(dialogs[i].number);
    }
  } catch (const SQLite::Exception& error) {
    throw log::translate(error, "cannot read the log " + reader_.path().string());
  }
}

LegPlace LegFinder::place_of(const dialog::Dialog& dialog) {
  if (sole_.contains(dialog.number)) return {};
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
