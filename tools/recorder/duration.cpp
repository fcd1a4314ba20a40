#include "recorder/duration.hpp"

#include <array>
#include <charconv>
#include <stdexcept>
#include <string>
#include <utility>

namespace drachtio::tools {

Microseconds parse_duration(std::string_view text) {
  using namespace std::chrono_literals;
  constexpr std::array<std::pair<std::string_view, Microseconds>, 6> units{
      {{"", 1s}, {"s", 1s}, {"ms", 1ms}, {"m", 1min}, {"h", 1h}, {"d", 24h}}};
  constexpr Microseconds most = 24h * 36525;

  std::int64_t count = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), count);
  const auto unit = text.substr(static_cast<std::size_t>(parsed.ptr - text.data()));
  for (const auto& [name, length] : units) {
    if (parsed.ec != std::errc{} || unit != name) continue;
    if (count <= 0) throw std::invalid_argument{"a length of time must be more than zero"};
    if (count > most / length) throw std::invalid_argument{"a length of time is too long"};
    return count * length;
  }
  throw std::invalid_argument{"not a length of time, like 30s, 5m or 24h"};
}

}  // namespace drachtio::tools
