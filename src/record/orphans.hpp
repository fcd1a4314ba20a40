// Call records whose predecessor was never seen: a cdr:start without its cdr:attempt, a cdr:stop
// without its cdr:start.
//
// Somebody else gets part of the call records, or the call is older than the connection: which, no
// record tells. So it is said, at once and then once a minute while it goes on, from when to when
// and how often. But for those that are our own doing: each frame that was given up may have been
// the predecessor of one, as long as a call may ring or last.
#pragma once

#include "dialog/dialog.hpp"
#include "dialog/observation.hpp"
#include "record/tips.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace drachtio::record {

class Orphans {
 public:
  // A message of no known dialog, or of one that was not answered as far as is known (`tip`).
  // Returns the gaps to be logged now: mostly none.
  std::vector<Event> seen(std::uint64_t connection, const dialog::Dialog* tip,
                          const dialog::Observation& seen, Instant read_at);
  // So many frames of that server were given up, the first of which was read at `since`. Returns
  // the gap to be logged.
  Event given_up(const std::string& server, std::int64_t frames, Instant since, Instant now);
  // What has waited for its minute, as of `now`, by the clock that frames are read by.
  std::vector<Event> due(Instant now);
  // What has still to be said of a connection that is gone, or of all.
  std::vector<Event> closed(std::uint64_t connection);
  std::vector<Event> closed();

 private:
  // Orphans of one connection, none of them long after the one before.
  struct Run {
    std::string server;
    std::string what;
    Instant told_to;  // when the last one told of was read
    Instant told_at;
    Instant last_read_at;
    std::int64_t untold = 0;
  };

  static Event tell(Run& run, Instant now);

  struct GivenUp {
    std::int64_t frames = 0;  // not yet missed
    Instant latest;
  };

  bool is_accounted(const dialog::Observation& seen, Instant read_at);

  std::unordered_map<std::uint64_t, Run> runs_;        // by connection
  std::unordered_map<std::string, GivenUp> given_up_;  // by server
};

// Returns the gap that tells of a message that fits none of its call's `legs`, or nothing where one
// has been told of the call before: a peer must not fill the log. Marks the call as told of.
std::optional<Event> gap_of_stray(const std::vector<Tip*>& legs, const dialog::Observation& seen,
                                  Instant read_at);

}  // namespace drachtio::record
