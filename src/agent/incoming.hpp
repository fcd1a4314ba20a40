// A request that came, shared by its Request and Response handles and, while it makes a call, by
// the call's cell. The agent's thread changes it.
#pragma once

#include "agent/cell.hpp"
#include "call/server_request.hpp"

#include <drachtio/request.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace drachtio::agent {

struct Incoming {
  explicit Incoming(std::string transaction_id) : machine(std::move(transaction_id)) {}
  ~Incoming();
  Incoming(const Incoming&) = delete;
  Incoming& operator=(const Incoming&) = delete;
  Incoming(Incoming&&) = delete;
  Incoming& operator=(Incoming&&) = delete;

  std::weak_ptr<Core> core;
  std::uint64_t link = 0;
  std::uint64_t connection = 0;  // it came on; 0: before a restart
  SipMessage message;
  Source source;
  std::shared_ptr<Cell> cell;  // null: out of dialog
  call::ServerRequest machine;
  call::OfferId offer = 0;            // that it makes in its call
  std::atomic<bool> answered{false};  // as the machine says, for other threads
  Request::CancelSignal on_cancel;
  std::vector<SipMessage> answers_of_others;  // while it is handed on
};

}  // namespace drachtio::agent
