// This file finds what is wrong with a call, by rules: queries/leg_problem.sql has one SELECT a
// rule.
#pragma once

#include "dialog/dialog.hpp"
#include "log/reader.hpp"
#include "projection/selection.hpp"

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace drachtio::projection {

// These are the names of the rules, in the order in which they are asked.
inline constexpr std::array<std::string_view, 12> problems{
    "slow-setup",     "short-call",     "ack-timeout",     "session-expired",
    "server-release", "lost",           "no-answer",       "server-failure",
    "both-hung-up",   "on-hold-at-end", "no-common-codec", "re-invite-refused"};

// Returns how long a setup may take before it is called slow: as long as 95 of 100 of the answered
// legs that are selected took (the nearest rank), 8 s at most. How many are wanted, and whether a
// rule must hold, does not count. Reads them all. Throws log::Error.
Microseconds slow_setup(log::Reader& reader, Selection selection);

// Asks the rules, leg by leg. Not thread-safe. The reader must outlive it.
class ProblemFinder {
 public:
  // Throws log::Error.
  ProblemFinder(log::Reader& reader, Microseconds slow_setup);
  ~ProblemFinder();
  ProblemFinder(const ProblemFinder&) = delete;
  ProblemFinder& operator=(const ProblemFinder&) = delete;
  ProblemFinder(ProblemFinder&&) = delete;
  ProblemFinder& operator=(ProblemFinder&&) = delete;

  // Returns the names of the rules that hold for this leg. Throws log::Error.
  std::vector<std::string> of(const dialog::Dialog& leg);

 private:
  log::Reader& reader_;
  Microseconds slow_setup_;
  std::unique_ptr<SQLite::Statement> rules_;
};

}  // namespace drachtio::projection
