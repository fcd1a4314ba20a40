// dialog-recorder watch: records the calls of whatever programs run on the servers watched, from
// the call records (cdr:attempt, cdr:start, cdr:stop) that the servers send.
#pragma once

#include "recorder/service.hpp"
#include "recorder/watched_server.hpp"

#include <vector>

namespace drachtio::tools {

struct WatchOptions {
  ServiceOptions service;
  std::vector<NamedServer> servers;
  CallRecordLogin login;
};

// Runs until SIGTERM or SIGINT; returns the exit status. Throws UsageError and log::Error.
int run_watch(const WatchOptions& options);

}  // namespace drachtio::tools
