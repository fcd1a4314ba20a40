// What the agent has asked and not been answered: frames that wait for the server's reply, and
// requests that wait for the far end's answers. Each handler is told what comes, in the order in
// which it comes, or once that nothing will; it may ask anew meanwhile. The agent's thread only.
#pragma once

#include "wire/refusal.hpp"

#include <drachtio/sip_message.hpp>

#include <boost/system/error_code.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

namespace drachtio::agent {

// What the server said to a frame of ours.
struct Reply {
  boost::system::error_code error;
  wire::Refusal refusal = wire::Refusal::none;  // what `error` comes from, where the server refuses
  SipMessage message;  // as sent; on refusal its reason has the server's words
  std::string transaction_id;
  std::int64_t dialog = 0;
  std::uint64_t connection = 0;  // it came over
  bool left = false;             // the frame went out, or may have
  bool more = false;             // another reply to the same frame follows
};
using ReplyHandler = std::function<void(const Reply&)>;

class Requests {
 public:
  // A request that the server has sent, and who hears of its answers.
  struct Transaction {
    std::uint64_t connection = 0;  // the answers come over it
    std::function<void(const SipMessage&)> on_response;
    std::function<void(boost::system::error_code, const std::string& why)> on_failure;
  };

  // --- Frames
  // Waits for the reply to the frame with this id. An empty handler waits for nothing.
  void await_reply(std::string id, std::uint64_t connection, ReplyHandler handler);
  [[nodiscard]] bool awaits_reply(const std::string& id) const { return frames_.contains(id); }
  // Tells who waits for it, if anybody, of a reply.
  void replied(const std::string& id, const Reply& reply);

  // --- Requests, by drachtio's transactionId
  void begin(std::string transaction_id, Transaction transaction);
  // Tells who waits for it, if anybody, of an answer other than 100; a final one ends the wait.
  void answered(const std::string& transaction_id, const SipMessage& response);
  // Tells who waits that no final answer will come.
  void fail(const std::string& transaction_id, boost::system::error_code error,
            const std::string& why);

  // --- Connections
  [[nodiscard]] bool wait_for(std::uint64_t connection) const;
  // Tells all who wait for something over this connection that it is gone; all that came over it
  // has been told.
  void closed(std::uint64_t connection);

 private:
  struct Frame {
    std::uint64_t connection;
    ReplyHandler handler;
  };
  std::unordered_map<std::string, Frame> frames_;
  // Shared with the call of a handler, which may end the transaction.
  std::unordered_map<std::string, std::shared_ptr<const Transaction>> transactions_;
};

}  // namespace drachtio::agent
