// A request out of dialog on its way: from the frame that sends it to its final answer, through
// challenges and redirections. The agent's thread changes it.
#pragma once

#include "agent/cell.hpp"
#include "call/attempts.hpp"

#include <drachtio/agent.hpp>

#include <set>

namespace drachtio::agent {

struct Call : std::enable_shared_from_this<Call> {
  std::weak_ptr<Core> core;
  std::string uri;  // until the first attempt
  RequestOptions options;
  CallHandler handler;

  std::uint64_t link = 0;
  std::string transaction_id;  // drachtio's, of the attempt under way; empty until the server says
  bool cancel_asked = false;
  Headers cancel_headers;
  bool cancel_sent = false;  // in the attempt under way
  std::optional<std::pair<boost::system::error_code, SipMessage>> cancel_outcome;  // of that
  bool cancel_refused = false;              // the server had the final answer by then
  bool over = false;                        // the final answer has been read
  bool told = false;                        // ... and the handler has heard of it
  std::vector<ResponseHandler> cancellers;  // who wait for the CANCEL to be sent
  call::Attempts attempts;
  call::NonceCounts nonces;                         // of a request that makes no dialog
  std::set<std::string, dialog::TagOrder> pracked;  // To tag and RSeq of each
  std::string awaits_prack;     // RAck of the reliable answer whose offer the program answers
  std::string awaits_prack_of;  // ... and its To tag

  mutable std::mutex mutex;  // guards cell
  std::shared_ptr<Cell> cell;
};

}  // namespace drachtio::agent
