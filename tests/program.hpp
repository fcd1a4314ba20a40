// Runs one of our programs as a user would, and keeps what it printed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace drachtio::test {

struct Ran {
  int status = -1;  // exit status, or 128 + the signal that ended it
  std::string out;
  std::string err;
};

// `program` is the name of one in the build's bin/.
Ran run(const std::string& program, const std::vector<std::string>& arguments);

// Starts it and returns its pid; what it prints goes to `log`.
int start(const std::string& program, const std::vector<std::string>& arguments,
          const std::filesystem::path& log);

// Waits for it to end; the status as in Ran.
int wait_for(int pid);

}  // namespace drachtio::test
