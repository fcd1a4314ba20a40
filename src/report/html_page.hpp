// This file shows calls as one page that can be sent, printed and kept: who, when, the ladder, each
// message, and how all of it is proved.
//
// A page loads nothing, has no script, and forbids both to itself; what comes from the network
// stands in it as text. It is made of parts, so that a page of many calls need not be held in
// memory.
#pragma once

#include "report/ladder.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace drachtio::report {

struct PageStyle {
  // Returns an instant as RFC 3339 text, in the zone to be shown.
  std::function<std::string(Instant)> time;
};

// A LogHead says from which log a page was made, and where that log ended then.
struct LogHead {
  std::string file;
  std::int64_t position = 0;
  std::string hash;  // in hexadecimal
};

std::string page_begin(std::string_view title);
std::string page_call(const Ladder& ladder, const PageStyle& style);
// Returns what proves the page, with how to do so, and ends it. `calls` is how many it has.
std::string page_end(const LogHead& head, std::size_t calls);

}  // namespace drachtio::report
