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
  std::atomic<bool> dropped{false};   // no copy of its Response is left, and no 500 has been given
  Request::CancelSignal on_cancel;
  std::vector<SipMessage> answers_of_others;  // while it is handed on
};

// The copies of a Response share one AnswerDuty. When the last of them goes, nobody can give the
// request its final answer any more.
struct AnswerDuty {
  explicit AnswerDuty(std::shared_ptr<Incoming> request) : incoming(std::move(request)) {}
  ~AnswerDuty();
  AnswerDuty(const AnswerDuty&) = delete;
  AnswerDuty& operator=(const AnswerDuty&) = delete;
  AnswerDuty(AnswerDuty&&) = delete;
  AnswerDuty& operator=(AnswerDuty&&) = delete;

  const std::shared_ptr<Incoming> incoming;
};

}  // namespace drachtio::agent
