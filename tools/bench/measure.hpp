// Time and memory as a bench needs them, and how a figure is shown: median and spread of rounds.
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace drachtio::bench {

class Stopwatch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// Seconds spent in the scopes it was running in.
class Stage {
 public:
  template <typename Work>
  decltype(auto) time(Work&& work) {
    const Scope scope{*this};
    return work();
  }
  void add(double seconds) { seconds_ += seconds; }
  [[nodiscard]] double seconds() const { return seconds_; }

 private:
  struct Scope {
    explicit Scope(Stage& owner) : stage(owner) {}
    ~Scope() { stage.seconds_ += watch.seconds(); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    Scope(Scope&&) = delete;
    Scope& operator=(Scope&&) = delete;
    Stage& stage;
    Stopwatch watch;
  };
  double seconds_ = 0;
};

inline double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// The value below which `share` of the sorted values lie.
inline double percentile(const std::vector<double>& sorted, double share) {
  const auto at = static_cast<std::size_t>(share * static_cast<double>(sorted.size()));
  return sorted[std::min(at, sorted.size() - 1)];
}

inline double peak_memory_mib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// Returns the seconds that the threads of this process have computed so far, all together.
inline double processor_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Bytes of this process in memory now.
std::int64_t resident_bytes();

// "0.41 (0.39-0.43)": median and spread.
std::string spread(const std::vector<double>& values, int decimals = 2);

// Removes a database with its -wal, -shm and .lock.
void remove_database(const std::filesystem::path& path);

}  // namespace drachtio::bench
