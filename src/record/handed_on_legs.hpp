// Legs of calls that the program has handed on, which end with another leg: with the BYE of one of
// the same dialog, or as branches that the server cancels. The server tells each leg's own end in
// most cases, and then within seconds.
#pragma once

#include "record/tips.hpp"
#include "record/walked.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <span>

namespace drachtio::record {

class HandedOnLegs {
 public:
  // `ended` has ended, or was answered by a branch: legs that may end with it wait for an end of
  // their own from now on. `now` is our clock.
  void ended(Tips& tips, const Tip& ended, Instant now);
  // The log was opened with this leg: it may have waited before.
  void opened(Tips& tips, const Tip& leg, Instant now);

  // The end of one whose BYE has not come within 5 s: by the server's clock, which a message has
  // just told as `server_time`, or by ours. Each end may settle others: log it, and ask again.
  [[nodiscard]] std::optional<Note> next_due(Tips& tips, Instant server_time, Instant now);
  // The end of one of these legs that waits for a BYE of before `at`, when its call begins anew.
  [[nodiscard]] std::optional<Note> next_of(Tips& tips, std::span<Tip* const> legs, Instant at);
  // The end of one that waits, whatever the time: nothing will come any more.
  [[nodiscard]] std::optional<Note> next(Tips& tips);

 private:
  struct Waiting {
    std::int64_t leg = 0;
    std::int64_t other = 0;  // that has ended
    Instant ended_at;        // by the server's clock
    Instant since;           // by ours
  };

  static std::optional<Note> end_of(Tips& tips, const Waiting& waiting);

  std::deque<Waiting> waiting_;
};

}  // namespace drachtio::record
