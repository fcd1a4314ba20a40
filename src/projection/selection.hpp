// Picks dialogs from the `dialog` table by what people ask about calls.
#pragma once

#include "dialog/dialog.hpp"
#include "log/reader.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace drachtio::projection {

// The words of call_record's column `disposition`.
inline constexpr std::array<std::string_view, 11> dispositions{
    "answered", "active", "busy",       "no-answer", "cancelled", "answered-elsewhere",
    "unknown",  "lost",   "challenged", "proxied",   "failed"};

// Every condition that is set must hold. A text matches as a whole; `*` in it stands for anything.
struct Selection {
  bool active = false;           // not terminated
  std::optional<Instant> since;  // started then or later
  std::optional<Instant> until;  // started before
  std::optional<std::string> caller;
  std::optional<std::string> callee;
  std::optional<std::string> number;  // of either side: a pattern, or digits that it ends with
  std::optional<std::string> server;
  std::optional<Role> role;
  std::optional<Cause> cause;
  std::optional<std::string> disposition;  // as the view call_record works it out
  std::optional<int> q850_cause;
  std::optional<double> min_talk;  // seconds, of a call that has ended
  std::optional<double> max_talk;
  std::optional<std::int64_t> limit;  // the first so many
  std::optional<std::int64_t> last;   // the last so many, and not both
  bool problems = false;              // those alone in which a rule finds one (problems.hpp)
  bool with_sdp = false;              // read their SDP, too: two look-ups in the log for each
  std::optional<std::string> part;    // somewhere in the dialog id, `*` being no more than itself
};

// A condition that cannot be asked of SQLite: what is wrong is the condition, not the log.
class UnfitCondition : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

// `pattern` for SQL's GLOB: `*` stands for anything, all else for itself. Throws UnfitCondition if
// it is longer than the database takes.
std::string glob_of(SQLite::Database& database, const std::string& pattern);

// Visits the dialogs selected in order of start_time, reading a few hundred at a time, each time
// in a short read transaction that is over before `visit` is called, which may take the dialog.
// Throws log::Error, and UnfitCondition.
void each_dialog(log::Reader& reader, const Selection& selection,
                 const std::function<void(dialog::Dialog&)>& visit);

}  // namespace drachtio::projection
