// dialog-recorder import: recorded captures into the log.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace drachtio::tools {

struct ImportOptions {
  std::filesystem::path db;
  std::string server;  // empty: as the capture names it, else the first contact of the login reply
  std::vector<std::filesystem::path> captures;
};

// Imports each capture, prints a line for each, and returns the exit status: 0 done, 1 a capture
// is faulty (what could be read of it is in the log), 3 a file cannot be opened or the log not
// written, 128 and the signal's number after SIGINT or SIGTERM (what was read is in the log).
int run_import(const ImportOptions& options);

}  // namespace drachtio::tools
