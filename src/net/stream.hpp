// One TCP connection, plain or under TLS, with the same face for both. Includes Asio: for the few
// files of this folder that move bytes.
//
// Asio's own TLS stream cannot end one direction and go on reading the other; here it can, as the
// TLS records pass through memory and the socket is ours.
#pragma once

#include "net/address.hpp"
#include "net/tls.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace drachtio::net {

using boost::asio::awaitable;
using boost::system::error_code;

// Belongs to one thread. At any time one coroutine may be in read() and another in writable() or
// finish_writing(); a Stream must outlive both.
class Stream {
 public:
  // A connected socket. `host` is the name that was dialled, for TLS.
  Stream(boost::asio::ip::tcp::socket socket, const std::optional<TlsContext>& tls,
         const std::string& host = {});

  // Shakes hands, where there is TLS. Returns why that failed, nothing if it did not.
  awaitable<std::optional<std::string>> handshake();

  // Bytes as they come, at least one. boost::asio::error::eof at the end of the peer's direction,
  // however it was ended.
  awaitable<std::size_t> read(std::span<char> into, error_code& error);

  // Writes what can be written without waiting; returns how many bytes that was. Under TLS the
  // last of them may be left unsent.
  std::size_t try_write(std::string_view bytes, error_code& error);

  [[nodiscard]] bool is_tls() const { return tls_ != nullptr; }
  // Written, but not with the socket yet: writable() sees to it.
  [[nodiscard]] bool unsent() const { return sealed_begin_ < sealed_.size(); }

  // Waits until try_write can write something and nothing is left unsent.
  awaitable<void> writable(error_code& error);

  // Ends our direction, after all that was written; the peer's goes on.
  awaitable<void> finish_writing();

  // Ends both at once; pending reads and waits fail.
  void close();

  // The other end, or "unknown" if it had gone before anyone asked.
  [[nodiscard]] const Address& peer() const { return peer_; }

 private:
  awaitable<std::size_t> read_tls(std::span<char> into, error_code& error);
  awaitable<bool> feed_tls(error_code& error);
  void flush(error_code& error);

  boost::asio::ip::tcp::socket socket_;
  Address peer_{"unknown", 0};
  std::unique_ptr<ssl_st, FreeSsl> tls_;
  std::vector<char> received_;  // TLS records as they come
  std::vector<char> sealed_;    // TLS records on their way out
  std::size_t sealed_begin_ = 0;
};

}  // namespace drachtio::net
