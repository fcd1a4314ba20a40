// A ladder as text, for a terminal, a file or a ticket.
#pragma once

#include "report/ladder.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace drachtio::report {

struct TextStyle {
  std::size_t width = 80;  // columns; lines are longer only where there is no room for so many
                           // participants
  bool ascii = false;      // draws with ASCII alone; texts from the network stay as they are
  bool colour = false;     // with the SGR sequences of ECMA-48
  // Returns an instant as RFC 3339 text, in the zone to be shown: 2026-01-02T15:04:05.000000+01:00.
  std::function<std::string(Instant)> time;
};

// Returns the ladder with a heading, a line for each participant, and one or more for each rung,
// with what it changed beside it where there is room, else below. What would steer a terminal is
// escaped (text/escape.hpp).
std::string as_text(const Ladder& ladder, const TextStyle& style);

}  // namespace drachtio::report
