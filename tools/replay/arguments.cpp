// The arguments that several subcommands of dialog-replay have in common.
#include "replay/arguments.hpp"

#include "text/escape.hpp"
#include "text/timestamp.hpp"

namespace drachtio::replay {

namespace {

constexpr const char* time_help = "RFC 3339, or a date, or date and time; UTC unless it says else";

}  // namespace

void add_time(CLI::App& command, const std::string& name, std::optional<Instant>& target,
              const std::string& help) {
  command
      .add_option_function<std::string>(
          name,
          [&target, name](const std::string& text) {
            target = text::parse_instant(text);
            if (!target) {
              throw CLI::ValidationError(
                  name, "\"" + text::escaped(text) + "\" is not a time (" + time_help + ")");
            }
          },
          help)
      ->type_name("TIME");
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
