#include "record/orphans.hpp"

#include "dialog/rules.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace drachtio::record {

namespace {

using namespace std::chrono_literals;

constexpr Microseconds told_every = 1min;
constexpr Microseconds run_ends_after = 10min;  // of no orphan
constexpr Microseconds longest_ringing = 5min;  // as long as an attempt is waited for, usually
constexpr Microseconds longest_call = 24h;      // likewise an answered call

bool is_orphan(const dialog::Dialog* tip, const dialog::Observation& seen) {
  if (seen.message.method == "SUBSCRIBE") return false;
  if (tip == nullptr) {
    return seen.channel == dialog::Channel::start || seen.channel == dialog::Channel::stop;
  }
  return seen.channel == dialog::Channel::stop && seen.message.method == "BYE" &&
         tip->state != State::terminated && !dialog::is_answered(*tip) && !dialog::is_own(*tip);
}

const char* what_is_missing(const dialog::Dialog* tip, const dialog::Observation& seen) {
  if (seen.channel == dialog::Channel::start) return "cdr:start without cdr:attempt";
  // A caller's BYE may come before any answer (RFC 3261 15); nobody else's does.
  const bool by_caller =
      tip != nullptr && (tip->role == Role::uac) == (seen.direction == Direction::out);
  return by_caller && seen.call_record_token != "session-expired"
             ? "cdr:stop without cdr:start (or the caller hung up before the answer)"
             : "cdr:stop without cdr:start";
}

}  // namespace

// From the last one told of on: in between, as many calls may have been missed altogether.
Event Orphans::tell(Run& run, Instant now) {
  Event gap;
  gap.type = EventType::gap;
  gap.occurred_at = run.last_read_at;
  gap.server = run.server;
  gap.since = run.told_to;
  gap.count = run.untold;
  gap.detail = run.what +
               ": another client shares this server's call records (one recorder per server is "
               "the rule), or the call is older than this connection";
  run.told_to = run.last_read_at;
  run.told_at = now;
  run.untold = 0;
  return gap;
}

// The frame before may be one that was given up: an attempt a while ago, a start long ago.
bool Orphans::is_accounted(const dialog::Observation& seen, Instant read_at) {
  const auto found = given_up_.find(seen.server);
  if (found == given_up_.end()) return false;
  const Microseconds age = read_at - found->second.latest;
  if (age > longest_call) {
    given_up_.erase(found);
    return false;
  }
  if (seen.channel == dialog::Channel::start && age > longest_ringing) return false;
  if (--found->second.frames == 0) given_up_.erase(found);
  return true;
}

std::vector<Event> Orphans::seen(std::uint64_t connection, const dialog::Dialog* tip,
                                 const dialog::Observation& seen, Instant read_at) {
  std::vector<Event> gaps;
  if (!is_orphan(tip, seen)) return gaps;
  if (is_accounted(seen, read_at)) return gaps;
  const auto known = runs_.find(connection);
  const bool goes_on =
      known != runs_.end() && read_at - known->second.last_read_at < run_ends_after;
  if (!goes_on) {
    gaps = closed(connection);
    Run begun;
    begun.server = seen.server;
    begun.told_to = read_at;
    runs_.emplace(connection, std::move(begun));
  }
  Run& run = runs_[connection];
  run.what = what_is_missing(tip, seen);
  run.last_read_at = std::max(run.told_to, read_at);
  ++run.untold;
  if (!goes_on || read_at - run.told_at >= told_every) gaps.push_back(tell(run, read_at));
  return gaps;
}

Event Orphans::given_up(const std::string& server, std::int64_t frames, Instant since,
                        Instant now) {
  GivenUp& given_up = given_up_[server];
  given_up.frames += frames;
  given_up.latest = now;
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

std::optional<Event> gap_of_stray(const std::vector<Tip*>& legs, const dialog::Observation& seen,
                                  Instant read_at) {
  if (legs.empty() || std::exchange(legs.back()->stray_told, true)) return std::nullopt;
  Event gap;
  gap.type = EventType::gap;
  gap.occurred_at = read_at;
  gap.server = seen.server;
  gap.detail = "a message of call " + seen.message.call_id +
               " has tags that none of its legs knows: " + seen.message.start_line;
  return gap;
}

}  // namespace drachtio::record
