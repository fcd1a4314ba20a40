// Runs one of our programs as a user would, and keeps what it printed.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
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

// Waits for what another process is to bring about, 20 s at most; looks every 10 ms.
template <typename Condition>
bool comes_true(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  return true;
}

}  // namespace drachtio::test
