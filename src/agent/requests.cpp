#include "agent/requests.hpp"

#include "agent/guard.hpp"

#include <drachtio/error.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace drachtio::agent {

using boost::system::error_code;

void Requests::await_reply(std::string id, std::uint64_t connection, ReplyHandler handler) {
  if (handler) frames_.emplace(std::move(id), Frame{connection, std::move(handler)});
}

void Requests::replied(const std::string& id, const Reply& reply) {
  const auto found = frames_.find(id);
  if (found == frames_.end()) return;
  if (reply.more) {
    const ReplyHandler handler = found->second.handler;
    return handler(reply);
  }
  const ReplyHandler handler = std::move(found->second.handler);
  frames_.erase(found);
  handler(reply);
}

void Requests::begin(std::string transaction_id, Transaction transaction) {
  transactions_.insert_or_assign(std::move(transaction_id),
                                 std::make_shared<const Transaction>(std::move(transaction)));
}

void Requests::answered(const std::string& transaction_id, const SipMessage& response) {
  const auto found = transactions_.find(transaction_id);
  if (found == transactions_.end() || response.status == 100) return;
  const std::shared_ptr<const Transaction> transaction = found->second;
  if (response.status >= 200) transactions_.erase(found);
  transaction->on_response(response);
}

void Requests::fail(const std::string& transaction_id, error_code error, const std::string& why) {
  const auto transaction = transactions_.extract(transaction_id);
  if (transaction) transaction.mapped()->on_failure(error, why);
}

bool Requests::wait_for(std::uint64_t connection) const {
  return std::ranges::any_of(
             frames_, [&](const auto& one) { return one.second.connection == connection; }) ||
         std::ranges::any_of(transactions_,
                             [&](const auto& one) { return one.second->connection == connection; });
}

void Requests::closed(std::uint64_t connection) {
  std::vector<ReplyHandler> handlers;
  std::erase_if(frames_, [&](auto& frame) {
    const bool waits = frame.second.connection == connection;
    if (waits) handlers.push_back(std::move(frame.second.handler));
    return waits;
  });
  std::vector<std::shared_ptr<const Transaction>> transactions;
  std::erase_if(transactions_, [&](auto& transaction) {
    const bool waits = transaction.second->connection == connection;
    if (waits) transactions.push_back(std::move(transaction.second));
    return waits;
  });
  Reply reply;
  reply.error = Errc::no_link;
  reply.message.reason = "the link to the server went down";
  reply.left = true;
  for (const ReplyHandler& handler : handlers) guard([&] { handler(reply); });
  for (const auto& one : transactions) {
    guard([&] { one->on_failure(reply.error, reply.message.reason); });
  }
}

}  // namespace drachtio::agent
