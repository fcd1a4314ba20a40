// A request that came, shared by its Request and Response handles. The agent's thread changes it.
#pragma once

#include "agent/cell.hpp"

#include <drachtio/request.hpp>

#include <atomic>

namespace drachtio::agent {

struct Incoming {
  Incoming() = default;
  ~Incoming();
  Incoming(const Incoming&) = delete;
  Incoming& operator=(const Incoming&) = delete;
  Incoming(Incoming&&) = delete;
  Incoming& operator=(Incoming&&) = delete;

  std::weak_ptr<Core> core;
  std::uint64_t link = 0;
  std::uint64_t connection = 0;  // it came on; 0: before a restart
  std::string transaction_id;
  SipMessage message;
  Source source;
  std::shared_ptr<Cell> cell;  // null: out of dialog
  bool resumed = false;        // came before a restart
  std::atomic<bool> answered{false};
  std::atomic<bool> cancelled{false};
  Request::CancelSignal on_cancel;
  bool offer_answered = false;  // that of our reliable answer: by a PRACK
};

}  // namespace drachtio::agent
