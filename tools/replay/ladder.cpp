// dialog-replay ladder: one call as a ladder, for a terminal.
#include "log/reader.hpp"
#include "replay/call_ladder.hpp"
#include "replay/commands.hpp"
#include "replay/find_call.hpp"
#include "replay/leg_overview.hpp"
#include "report/text_ladder.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace drachtio::replay {

namespace {

constexpr std::size_t width_of_a_file = 100;
constexpr std::size_t least_width = 40;

std::size_t width_of_output() {
  ::winsize size{};
  const bool is_terminal = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return is_terminal ? std::max<std::size_t>(size.ws_col, least_width) : width_of_a_file;
}

// https://no-color.org
bool wants_colour() {
  const char* no_colour = std::getenv("NO_COLOR");
  return ::isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0');
}

report::Ladder part_asked_for(log::Reader& reader, const Call& call, const LadderOptions& options) {
  std::vector<RelatedLeg> legs;
  for (const std::int64_t number : call.legs) legs.push_back({number, {}});
  if (options.related) legs = with_related(reader, std::move(legs));
  return report::part_of(ladder_of(reader, read_legs(reader, legs), options.zone), options.from,
                         options.to);
}

}  // namespace

int ladder(const LadderOptions& options) {
  log::Reader reader{options.db};
  const auto dialogs = find_call_or_say(reader, options.call, options.zone);
  if (dialogs.empty()) return wrong_or_not_found;
  report::TextStyle style;
  style.width = options.width.value_or(width_of_output());
  style.ascii = options.ascii;
  style.colour = wants_colour();
  style.time = [&options](Instant at) { return time_in(options.zone, at); };
  bool any = false;
  // There are several calls where a Call-ID was used again.
  for (const Call& call : calls_of(reader, dialogs)) {
    const report::Ladder ladder = part_asked_for(reader, call, options);
    if (ladder.rungs.empty()) continue;
    if (std::exchange(any, true)) put("\n");
    put(report::as_text(ladder, style));
  }
  if (!any) {
    fmt::print(stderr, "the call has no event at these positions\n");
    return wrong_or_not_found;
  }
  return done;
}

}  // namespace drachtio::replay
