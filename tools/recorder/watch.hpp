// dialog-recorder watch: records the calls of whatever programs run on the servers watched, from
// the call records (cdr:attempt, cdr:start, cdr:stop) that the servers send.
#pragma once

#include "recorder/service.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace drachtio::tools {

struct WatchOptions {
  ServiceOptions service;
  std::vector<NamedServer> servers;
  std::optional<std::filesystem::path> secret_file;
  std::string tags;
  bool tls = false;
  bool verify = true;
  std::optional<std::filesystem::path> ca;
};

// Runs until SIGTERM or SIGINT; returns the exit status. Throws UsageError and log::Error.
int run_watch(const WatchOptions& options);

}  // namespace drachtio::tools
