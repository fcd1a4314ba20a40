#include "agent/cell.hpp"
#include "log/commit_watch.hpp"
#include "projection/cursor.hpp"

#include <drachtio/subscription.hpp>

namespace drachtio {

struct Subscription::Implementation {
  log::CommitWatch watch;  // before the cursor reads
  projection::Cursor cursor;
  const DialogSignals& signals;
};

Subscription::Subscription(const std::filesystem::path& database, const DialogSignals& signals,
                           std::int64_t after)
    : implementation_(new Implementation{log::CommitWatch{database},
                                         projection::Cursor{database, after}, signals}) {}

Subscription::~Subscription() = default;
Subscription::Subscription(Subscription&&) noexcept = default;
Subscription& Subscription::operator=(Subscription&&) noexcept = default;

std::size_t Subscription::deliver() {
  std::size_t delivered = 0;
  while (true) {
    const std::size_t read =
        implementation_->cursor.read([this](const Event& event, const dialog::Dialog* dialog) {
          const DialogSignals& signals = implementation_->signals;
          if (signals.empty()) return;
          signals.emit(
              event, dialog == nullptr
                         ? SipDialog{}
                         : agent::Cell::read_only(std::make_shared<const dialog::Dialog>(*dialog)));
        });
    if (read == 0) return delivered;
    delivered += read;
  }
}

std::size_t Subscription::wait(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (true) {
    if (const std::size_t delivered = deliver(); delivered > 0) return delivered;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left <= std::chrono::milliseconds::zero()) return 0;
    implementation_->watch.wait(left);
  }
}

std::int64_t Subscription::position() const { return implementation_->cursor.position(); }

std::int64_t Subscription::end_of(const std::filesystem::path& database) {
  return log::Reader{database}.head().position;
}

}  // namespace drachtio
