// What the command line of dialog-replay says, and how CLI11 is told of it: call_arguments.cpp has
// the subcommands about calls, log_arguments.cpp those about the log.
#pragma once

#include "console/command_line.hpp"
#include "replay/commands.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace drachtio::replay {

// A time as it was typed, and what is to be set to it.
struct TypedTime {
  std::string option;
  std::string text;
  std::optional<Instant>* target;
};

struct Arguments {
  std::filesystem::path db;
  ListOptions list;
  ShowOptions show;
  LadderOptions ladder;
  ExportOptions exported;
  StateOptions state;
  VerifyOptions verify;
  TailOptions tail;
  SqlOptions sql;
  std::filesystem::path destination;
  GapsOptions gaps;
  std::vector<TypedTime> times;
  std::function<int()> run;  // the subcommand that was chosen
};

// `line` must outlive `app`.
void add_call_commands(CLI::App& app, Arguments& line);
void add_log_commands(CLI::App& app, Arguments& line);

// What several subcommands have in common.
CLI::App& add_command(CLI::App& app, const std::string& name, const std::string& help,
                      const std::string& examples, std::function<void()> chosen);
void add_formats(CLI::App& command, Format& format);
void add_zone(CLI::App& command, Zone& zone);
// A time is kept as text until read_times(): how it is read may depend on what stands after it.
void add_time(CLI::App& command, const std::string& name, Arguments& arguments,
              std::optional<Instant>& target, const std::string& help);
// Throws CLI::ValidationError.
void read_times(const Arguments& arguments, Zone zone);

}  // namespace drachtio::replay
