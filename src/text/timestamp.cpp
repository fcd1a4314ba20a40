#include "text/timestamp.hpp"

#include <array>
#include <cstdio>

namespace drachtio::text {

namespace {

using namespace std::chrono;

// Takes exactly `digits` decimal digits off the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Instant> take_date(std::string_view& text) {
  const auto y = take_number(text, 4);
  if (!y || !take(text, '-')) return std::nullopt;
  const auto m = take_number(text, 2);
  if (!m || !take(text, '-')) return std::nullopt;
  const auto d = take_number(text, 2);
  if (!d) return std::nullopt;
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)},
                            day{static_cast<unsigned>(*d)}};
  if (!date.ok()) return std::nullopt;
  return Instant{sys_days{date}};
}

std::optional<Microseconds> take_time(std::string_view& text) {
  const auto h = take_number(text, 2);
  if (!h || *h > 23 || !take(text, ':')) return std::nullopt;
  const auto m = take_number(text, 2);
  if (!m || *m > 59) return std::nullopt;
  Microseconds time = hours{*h} + minutes{*m};
  if (!take(text, ':')) return time;
  const auto s = take_number(text, 2);
  if (!s || *s > 60) return std::nullopt;
  time += seconds{*s};
  if (!take(text, '.')) return time;
  int scale = 100000;
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    time += Microseconds{(text.front() - '0') * scale};
    scale /= 10;
    text.remove_prefix(1);
  }
  return time;
}

// Reads the zone that follows the time; the caller has seen that there is one.
std::optional<Microseconds> take_offset(std::string_view& text) {
  if (take(text, 'Z') || take(text, 'z')) return Microseconds{0};
  const int sign = text.front() == '-' ? -1 : 1;
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const auto h = take_number(text, 2);
  take(text, ':');
  const auto m = take_number(text, 2);
  if (!h || !m || *h > 23 || *m > 59) return std::nullopt;
  return sign * Microseconds{hours{*h} + minutes{*m}};
}

// A date, with its time of day if it has one, and how far that is ahead of UTC if it says so.
struct Moment {
  Instant shown;  // as if it were UTC
  std::optional<Microseconds> offset;
};

std::optional<Moment> read_moment(std::string_view text) {
  const auto date = take_date(text);
  if (!date) return std::nullopt;
  if (text.empty()) return Moment{*date, {}};
  if (!take(text, 'T') && !take(text, 't') && !take(text, ' ')) return std::nullopt;
  const auto time = take_time(text);
  if (!time) return std::nullopt;
  if (text.empty()) return Moment{*date + *time, {}};
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  return Moment{*date + *time, offset};
}

// The instant at which the zone's clocks show this. A zone's offset changes rarely: it is that of
// the day before or of the day after.
Instant in_zone(Instant shown, const ZoneOffset& zone) {
  const seconds before = zone(shown - days{1});
  const seconds after = zone(shown + days{1});
  if (zone(shown - before) != before && zone(shown - after) == after) return shown - after;
  return shown - before;
}

// "-30m" and the like.
std::optional<Microseconds> read_ago(std::string_view text) {
  constexpr std::size_t most_digits = 9;
  constexpr auto longest = days{3652425};  // ten thousand years, as in four digits
  if (!take(text, '-') || text.size() < 2 || text.size() > most_digits + 1) return std::nullopt;
  const char unit = text.back();
  text.remove_suffix(1);
  const auto number = take_number(text, text.size());
  if (!number) return std::nullopt;
  seconds length{*number};
  switch (unit) {
    case 's': break;
    case 'm': length *= 60; break;
    case 'h': length *= 3600; break;
    case 'd': length *= 86400; break;
    default: return std::nullopt;
  }
  if (length > longest) return std::nullopt;
  return length;
}

std::string written(Instant shown, const char* zone) {
  const auto day_start = floor<days>(shown);
  const year_month_day date{day_start};
  const hh_mm_ss<Microseconds> time{shown - day_start};
  std::array<char, 64> buffer{};
  const int length = std::snprintf(
      buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06d%s",
      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
      static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
      static_cast<int>(time.subseconds().count()), zone);
  return {buffer.data(), static_cast<std::size_t>(length)};
}

}  // namespace

std::string rfc3339(Instant instant) { return written(instant, "Z"); }

std::string rfc3339(Instant instant, std::chrono::seconds offset) {
  const auto whole = duration_cast<minutes>(offset);
  const auto ahead = static_cast<int>(abs(whole).count());
  std::array<char, 32> zone{};
  std::snprintf(zone.data(), zone.size(), "%c%02d:%02d", whole.count() < 0 ? '-' : '+', ahead / 60,
                ahead % 60);
  return written(instant + whole, zone.data());
}

std::optional<Instant> parse_instant(std::string_view text) {
  const auto moment = read_moment(text);
  if (!moment) return std::nullopt;
  return moment->shown - moment->offset.value_or(Microseconds{0});
}

std::optional<Instant> parse_time(std::string_view text, Instant now, const ZoneOffset& zone) {
  if (text == "now") return now;
  if (text == "today" || text == "yesterday") {
    const auto today = floor<days>(now + zone(now));
    return in_zone(text == "today" ? today : today - days{1}, zone);
  }
  if (const auto ago = read_ago(text)) return now - *ago;
  const auto moment = read_moment(text);
  if (!moment) return std::nullopt;
  return moment->offset ? moment->shown - *moment->offset : in_zone(moment->shown, zone);
}

}  // namespace drachtio::text
