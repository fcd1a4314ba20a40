#include "console/progress_bar.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string_view>

namespace drachtio::tools {

namespace {

constexpr auto interval = std::chrono::milliseconds{100};
constexpr std::size_t bar_width = 40;

void to_terminal(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

ProgressBar::ProgressBar(std::string label)
    : label_(std::move(label)), terminal_(::isatty(STDERR_FILENO) == 1) {}

void ProgressBar::show(std::int64_t done, std::int64_t total) {
  if (!terminal_) return;
  const auto now = std::chrono::steady_clock::now();
  if (drawn_ && now - drawn_at_ < interval) return;
  drawn_ = true;
  drawn_at_ = now;
  const double part =
      total > 0 ? std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0) : 0;
  const auto full = static_cast<std::size_t>(part * static_cast<double>(bar_width));
  to_terminal(fmt::format("\r\033[K{} [{}{}] {:3.0f} %", label_, std::string(full, '#'),
                          std::string(bar_width - full, ' '), part * 100));
}

void ProgressBar::clear() {
  if (drawn_) to_terminal("\r\033[K");
  drawn_ = false;
}

}  // namespace drachtio::tools
