#include "record/orphans.hpp"

#include <algorithm>
#include <chrono>

namespace drachtio::record {

namespace {

using namespace std::chrono_literals;

constexpr Microseconds told_every = 1min;
constexpr Microseconds run_ends_after = 10min;  // of no orphan

bool is_orphan(const dialog::Observation& seen) {
  return (seen.channel == dialog::Channel::start || seen.channel == dialog::Channel::stop) &&
         seen.message.method != "SUBSCRIBE";
}

}  // namespace

// From the last one told of on: in between, as many calls may have been missed altogether.
Event Orphans::tell(Run& run, Instant now) {
  Event gap;
  gap.type = EventType::gap;
  gap.occurred_at = run.last;
  gap.server = run.server;
  gap.since = std::min(run.told_to, run.last);
  gap.count = run.untold;
  gap.detail = run.what +
               ": another client shares this server's call records (one recorder per server is "
               "the rule), or the call is older than this connection";
  run.told_to = run.last;
  run.told_at = now;
  run.untold = 0;
  return gap;
}

std::vector<Event> Orphans::seen(std::uint64_t connection, const dialog::Observation& seen,
                                 Instant read_at) {
  std::vector<Event> gaps;
  if (!is_orphan(seen)) return gaps;
  if (const auto own = accounted_.find(seen.server); own != accounted_.end()) {
    if (--own->second == 0) accounted_.erase(own);
    return gaps;
  }
  const auto known = runs_.find(connection);
  const bool goes_on =
      known != runs_.end() && read_at - known->second.last_read_at < run_ends_after;
  if (!goes_on) {
    gaps = closed(connection);
    Run begun;
    begun.server = seen.server;
    begun.told_to = seen.occurred_at;
    runs_.emplace(connection, std::move(begun));
  }
  Run& run = runs_[connection];
  run.what = seen.channel == dialog::Channel::start ? "cdr:start without cdr:attempt"
                                                    : "cdr:stop without cdr:start";
  run.last = std::max(run.told_to, seen.occurred_at);
  run.last_read_at = read_at;
  ++run.untold;
  if (!goes_on || read_at - run.told_at >= told_every) gaps.push_back(tell(run, read_at));
  return gaps;
}

Event Orphans::given_up(const std::string& server, std::int64_t frames, Instant since,
                        Instant now) {
  accounted_[server] += frames;
  Event gap;
  gap.type = EventType::gap;
  gap.occurred_at = now;
  gap.server = server;
  gap.since = since;
  gap.count = frames;
  gap.detail = "the queue was full while the log could not be written: " + std::to_string(frames) +
               " frames were given up";
  return gap;
}

std::vector<Event> Orphans::due(Instant now) {
  std::vector<Event> gaps;
  for (auto& [connection, run] : runs_) {
    if (run.untold > 0 && now - run.told_at >= told_every) gaps.push_back(tell(run, now));
  }
  return gaps;
}

std::vector<Event> Orphans::closed(std::uint64_t connection) {
  std::vector<Event> gaps;
  const auto found = runs_.find(connection);
  if (found == runs_.end()) return gaps;
  if (found->second.untold > 0) gaps.push_back(tell(found->second, found->second.last_read_at));
  runs_.erase(found);
  return gaps;
}

std::vector<Event> Orphans::closed() {
  std::vector<Event> gaps;
  for (auto& [connection, run] : runs_) {
    if (run.untold > 0) gaps.push_back(tell(run, run.last_read_at));
  }
  runs_.clear();
  return gaps;
}

}  // namespace drachtio::record
