// What the command line of dialog-recorder says, and how CLI11 is told of it.
#pragma once

#include "console/command_line.hpp"
#include "recorder/drop_evidence.hpp"
#include "recorder/import.hpp"
#include "recorder/tap.hpp"
#include "recorder/watch.hpp"

#include <optional>
#include <string>
#include <vector>

namespace drachtio::tools {

// What the command line says, as text where it has still to be read.
struct Arguments {
  ImportOptions import;
  WatchOptions watch;
  TapOptions tap;
  DropEvidenceOptions drop;
  std::filesystem::path db;
  std::optional<std::filesystem::path> capture;
  std::string log_level = "info";
  std::size_t queue = 256;
  std::size_t hold = 64;
  std::string pending_after = "5m";
  std::string lost_after = "24h";
  std::vector<std::string> servers;
  std::string listen;
  std::string program;
};

// Each adds its subcommand. `line` must outlive `app`.
CLI::App* add_import(CLI::App& app, Arguments& line);
CLI::App* add_watch(CLI::App& app, Arguments& line);
CLI::App* add_tap(CLI::App& app, Arguments& line);
CLI::App* add_drop_evidence(CLI::App& app, Arguments& line);

}  // namespace drachtio::tools
