// This file is the place of one handler that answers requests. A request has one answer, so there
// is one handler, and the latest takes the place of the one before.
#pragma once

#include <drachtio/sip_dialog.hpp>

#include <memory>
#include <mutex>
#include <utility>

namespace drachtio::agent {

// Every member may be called from any thread.
class RequestSlot {
 public:
  // Sets the handler; an empty one takes it away.
  void set(RequestHandler handler) {
    auto latest = handler ? std::make_shared<const RequestHandler>(std::move(handler)) : nullptr;
    const std::lock_guard lock{mutex_};
    handler_.swap(latest);  // the former one is destroyed unlocked: it may hold anything
  }
  // Returns null where there is none. What is returned is good while it runs, also when it has been
  // replaced meanwhile.
  [[nodiscard]] std::shared_ptr<const RequestHandler> get() const {
    const std::lock_guard lock{mutex_};
    return handler_;
  }
  [[nodiscard]] bool empty() const { return get() == nullptr; }
  // Does nothing where there is none.
  void operator()(Request& request, Response& response) const {
    if (const auto handler = get()) (*handler)(request, response);
  }

 private:
  mutable std::mutex mutex_;  // guards handler_
  std::shared_ptr<const RequestHandler> handler_;
};

}  // namespace drachtio::agent
