// A port where servers dial the program (outbound mode). It takes their connections until it is
// stopped, also when the system has no socket left for a while.
#pragma once

#include "net/stream.hpp"
#include "net/tls.hpp"

#include <drachtio/agent.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace drachtio::agent {

class Acceptor : public std::enable_shared_from_this<Acceptor> {
 public:
  using Accepted = std::function<void(std::unique_ptr<net::Stream>)>;

  // Throws std::runtime_error where it cannot listen, or certificate or key are no good.
  Acceptor(boost::asio::io_context& io, const ListenOptions& options, Accepted accepted);

  [[nodiscard]] std::uint16_t port() const { return socket_.local_endpoint().port(); }
  void accept();
  void stop();

 private:
  void accept_later();

  Accepted accepted_;
  std::optional<net::TlsContext> tls_;
  boost::asio::ip::tcp::acceptor socket_;
  boost::asio::steady_timer pause_;
  bool stopped_ = false;
};

}  // namespace drachtio::agent
