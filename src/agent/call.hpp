// This file is a request out of dialog as its handles share it: the machine that decides what to
// do, and the program's handlers. Only the agent's thread changes it.
#pragma once

#include "agent/cell.hpp"
#include "call/client_request.hpp"

#include <drachtio/agent.hpp>

#include <mutex>
#include <unordered_map>
#include <utility>

namespace drachtio::agent {

// WaitingHandlers has the handlers that the machines know by their ids. The core owns them instead
// of the calls and requests, because a handler may hold the handle of its own, and would keep
// itself alive.
class WaitingHandlers {
 public:
  // Returns 0 for an empty handler.
  call::HandlerId add(ResponseHandler handler) {
    if (!handler) return 0;
    handlers_.emplace(++last_, std::move(handler));
    return last_;
  }
  // Takes the handler out; returns an empty one for 0.
  ResponseHandler take(call::HandlerId id) {
    const auto handler = handlers_.extract(id);
    return handler ? std::move(handler.mapped()) : ResponseHandler{};
  }
  // Drops the handlers, which are not told any more.
  void let_go() { const auto dropped = std::exchange(handlers_, {}); }

 private:
  std::unordered_map<call::HandlerId, ResponseHandler> handlers_;
  call::HandlerId last_ = 0;
};

struct Call {
  explicit Call(call::ClientRequest request) : client(std::move(request)) {}

  std::weak_ptr<Core> core;
  RequestOptions options;
  CallHandler handler;
  std::uint64_t link = 0;
  call::ClientRequest client;
  call::CallFacts facts;  // while there is no cell

  mutable std::mutex mutex;  // guards cell
  std::shared_ptr<Cell> cell;

  // Drops the program's handlers, which may hold this call.
  void let_go() {
    handler = {};
    options.on_provisional = {};
    options.on_dialog = {};
  }
};

}  // namespace drachtio::agent
