// The arguments that several subcommands of dialog-replay have in common.
#include "replay/arguments.hpp"

#include "text/escape.hpp"
#include "text/timestamp.hpp"

namespace drachtio::replay {

void add_zone(CLI::App& command, Zone& zone) {
  auto* utc = command.add_flag_callback(
      "--utc", [&zone] { zone = Zone::utc; }, "Times are read and printed in UTC (the default)");
  command
      .add_flag_callback(
          "--local-time", [&zone] { zone = Zone::local; },
          "Times without an offset are local, and tables and CSV show local time with its offset; "
          "JSON stays in UTC")
      ->excludes(utc);
}

void add_time(CLI::App& command, const std::string& name, Arguments& arguments,
              std::optional<Instant>& target, const std::string& help) {
  command
      .add_option_function<std::string>(
          name,
          [&arguments, &target, name](const std::string& text) {
            arguments.times.push_back({name, text, &target});
          },
          help + ": RFC 3339, a date, a date and time, today, yesterday, now, or -30m, -1h, -7d")
      ->type_name("TIME");
}

void read_times(const Arguments& arguments, Zone zone) {
  const Instant now = drachtio::now();  // the same for all
  for (const TypedTime& time : arguments.times) {
    *time.target = text::parse_time(time.text, now,
                                    [zone](Instant instant) { return offset_in(zone, instant); });
    if (*time.target) continue;
    throw CLI::ValidationError(
        time.option,
        fmt::format("\"{}\" is not a time. These are: 2026-11-22T18:39:32Z, "
                    "2026-11-22T19:39:32.5+01:00, 2026-11-22, '2026-11-22 18:39', today, "
                    "yesterday, now, and before now -90s, -30m, -1h, -7d",
                    text::escaped(time.text)));
  }
}

void add_formats(CLI::App& command, Format& format) {
  auto* csv = command.add_flag_callback(
      "--csv", [&format] { format = Format::csv; }, "Print CSV (RFC 4180)");
  command
      .add_flag_callback(
          "--json", [&format] { format = Format::json; }, "Print JSON, one object a line")
      ->excludes(csv);
}

CLI::App& add_command(CLI::App& app, const std::string& name, const std::string& help,
                      const std::string& examples, std::function<void()> chosen) {
  CLI::App& command = *app.add_subcommand(name, help);
  command.footer("Examples:\n" + examples +
                 "\nAlways needed: --db FILE, the log, before or after the subcommand.");
  command.callback(std::move(chosen));
  return command;
}

}  // namespace drachtio::replay
