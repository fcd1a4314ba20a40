// How far long work has come, on standard error where that is a terminal; nothing in a pipe.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace drachtio::tools {

class ProgressBar {
 public:
  explicit ProgressBar(std::string label);
  ~ProgressBar() { clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ProgressBar(ProgressBar&&) = delete;
  ProgressBar& operator=(ProgressBar&&) = delete;

  // Cheap enough to be called often: draws ten times a second.
  void show(std::int64_t done, std::int64_t total);
  void clear();

 private:
  std::string label_;
  bool terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point drawn_at_;
};

}  // namespace drachtio::tools
