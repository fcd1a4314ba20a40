// This file keeps what the agent has asked and what has not been answered: frames that wait for the
// server's reply, and requests that wait for the far end's answers. It promises that each handler
// is told what comes, in the order in which it comes, or is told once that nothing will come. A
// handler may ask anew from within. All of it belongs to the agent's thread.
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

// A Reply is what the server said to a frame of ours.
struct Reply {
  boost::system::error_code error;
  wire::Refusal refusal = wire::Refusal::none;  // what `error` comes from, where the server refuses
  SipMessage message;  // as sent; on refusal its reason has the server's words
  std::string transaction_id;
  std::int64_t dialog = 0;
  std::uint64_t connection = 0;  // the reply came over this one
  bool left = false;             // the frame went out, or may have
  bool more = false;             // another reply to the same frame follows
};
using ReplyHandler = std::function<void(const Reply&)>;

class Requests {
 public:
  // A Transaction is a request that the server has sent for us, and whom its answers are told to.
  struct Transaction {
    std::uint64_t connection = 0;  // the answers come over it
    std::function<void(const SipMessage&)> on_response;
    std::function<void(boost::system::error_code, const std::string& why)> on_failure;
  };

  // --- Frames
  // Waits for the reply to the frame with this id. An empty handler waits for nothing.
  void await_reply(std::string id, std::uint64_t connection, ReplyHandler handler);
  [[nodiscard]] bool awaits_reply(const std::string& id) const { return frames_.contains(id); }
  // Tells the frame's handler of a reply. It does nothing where nobody waits.
  void replied(const std::string& id, const Reply& reply);

  // --- Requests, by drachtio's transactionId
  void begin(std::string transaction_id, Transaction transaction);
  // Tells the request's handler of an answer, but for a 100. A final answer ends the wait.
  void answered(const std::string& transaction_id, const SipMessage& response);
  // Tells the request's handler that no final answer will come.
  void fail(const std::string& transaction_id, boost::system::error_code error,
            const std::string& why);

  // --- Connections
  // Returns whether anything waits for what comes over this connection.
  [[nodiscard]] bool wait_for(std::uint64_t connection) const;
  // Tells every handler that waits for this connection that it is gone. It must be called once all
  // that came over the connection has been told.
  void closed(std::uint64_t connection);

 private:
  struct Frame {
    std::uint64_t connection;
    ReplyHandler handler;
  };
  std::unordered_map<std::string, Frame> frames_;
  // A handler that is running shares its transaction, which it may end.
  std::unordered_map<std::string, std::shared_ptr<const Transaction>> transactions_;
};

}  // namespace drachtio::agent
