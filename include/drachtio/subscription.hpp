// A subscription to a log: from any past position on, and on into what is being written, with no
// event missed and none twice. Works in the recording process and in any other.
#pragma once

#include <drachtio/export.hpp>
#include <drachtio/signals.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>

namespace drachtio {

// Not thread-safe: deliver from one thread at a time.
class DRACHTIO_EXPORT Subscription {
 public:
  // Events with a position after `after` will be delivered: -1 is from the beginning. `signals`
  // must outlive the subscription. Throws std::runtime_error where the log cannot be read, saying
  // why.
  Subscription(const std::filesystem::path& database, const DialogSignals& signals,
               std::int64_t after = -1);
  ~Subscription();
  Subscription(Subscription&&) noexcept;
  Subscription& operator=(Subscription&&) noexcept;

  // Delivers all that is committed and was not delivered yet; returns how many events. Throws
  // std::runtime_error where the log cannot be read; nothing is lost by that.
  std::size_t deliver();

  // As deliver(), but waits up to `patience` for an event where there is none yet. Returns 0 only
  // after that.
  std::size_t wait(std::chrono::milliseconds patience);

  // Of the last event delivered: keep it, and a later subscription goes on there.
  [[nodiscard]] std::int64_t position() const;

  // The position of the last event in the log at present. Throws std::runtime_error where it cannot
  // be read.
  [[nodiscard]] static std::int64_t end_of(const std::filesystem::path& database);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace drachtio
