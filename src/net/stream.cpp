#include "net/stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>

namespace drachtio::net {

namespace asio = boost::asio;
using asio::redirect_error;
using asio::use_awaitable;
using asio::ip::tcp;

namespace {

constexpr std::size_t socket_read = 64UL * 1024;
constexpr std::size_t tls_record = 16UL * 1024;

}  // namespace

Stream::Stream(tcp::socket socket, const std::optional<TlsContext>& tls, const std::string& host)
    : socket_(std::move(socket)) {
  error_code ignored;
  const tcp::endpoint peer = socket_.remote_endpoint(ignored);
  if (!ignored) peer_ = Address{peer.address().to_string(), peer.port()};
  socket_.set_option(tcp::no_delay{true}, ignored);
  socket_.set_option(asio::socket_base::keep_alive{true}, ignored);
  socket_.non_blocking(true, ignored);
  if (tls) {
    tls_ = tls->begin(host);
    received_.resize(socket_read);
  }
}

awaitable<std::optional<std::string>> Stream::handshake() {
  if (!tls_) co_return std::nullopt;
  for (;;) {
    ERR_clear_error();
    const int result = SSL_do_handshake(tls_.get());
    const int failure = SSL_get_error(tls_.get(), result);
    std::string why;
    if (result != 1 && failure != SSL_ERROR_WANT_READ) why = tls_error(tls_.get());
    error_code error;
    co_await writable(error);  // also sends the alert that tells the peer why
    if (result == 1) co_return std::nullopt;
    if (!why.empty()) co_return "TLS: " + why;
    if (error) co_return "TLS: " + error.message();
    if (!co_await feed_tls(error)) {
      co_return "TLS: " + (error ? error.message() : "closed by the peer");
    }
  }
}

awaitable<std::size_t> Stream::read(std::span<char> into, error_code& error) {
  if (tls_) co_return co_await read_tls(into, error);
  co_return co_await socket_.async_read_some(asio::buffer(into.data(), into.size()),
                                             redirect_error(use_awaitable, error));
}

awaitable<std::size_t> Stream::read_tls(std::span<char> into, error_code& error) {
  error = {};
  for (;;) {
    std::size_t filled = 0;
    int failure = SSL_ERROR_NONE;
    while (filled < into.size()) {  // many records may have come at once
      ERR_clear_error();
      std::size_t count = 0;
      const int result =
          SSL_read_ex(tls_.get(), into.data() + filled, into.size() - filled, &count);
      filled += count;
      if (result != 1) {
        failure = SSL_get_error(tls_.get(), result);
        break;
      }
    }
    error_code ignored;
    flush(ignored);  // the answer to a key update, if there was one
    if (filled > 0) co_return filled;
    if (failure == SSL_ERROR_ZERO_RETURN) {
      error = asio::error::eof;
      co_return 0;
    }
    if (failure != SSL_ERROR_WANT_READ) {
      error = asio::error::connection_reset;
      co_return 0;
    }
    if (!co_await feed_tls(error)) {
      if (!error) error = asio::error::eof;
      co_return 0;
    }
  }
}

// Takes what the socket has to the TLS engine; false at the socket's end, or on an error.
awaitable<bool> Stream::feed_tls(error_code& error) {
  const std::size_t count = co_await socket_.async_read_some(asio::buffer(received_),
                                                             redirect_error(use_awaitable, error));
  if (error == asio::error::eof) error = {};
  if (count > 0) BIO_write(SSL_get_rbio(tls_.get()), received_.data(), static_cast<int>(count));
  co_return count > 0;
}

std::size_t Stream::try_write(std::string_view bytes, error_code& error) {
  error = {};
  if (bytes.empty()) return 0;
  if (!tls_) {
    const std::size_t count = socket_.write_some(asio::buffer(bytes.data(), bytes.size()), error);
    if (error == asio::error::would_block || error == asio::error::try_again) error = {};
    return count;
  }
  std::size_t written = 0;
  while (written < bytes.size()) {
    flush(error);
    if (error || sealed_begin_ < sealed_.size())
      break;  // no more than a record ahead of the socket
    ERR_clear_error();
    std::size_t count = 0;
    const std::size_t piece = std::min(bytes.size() - written, tls_record);
    if (SSL_write_ex(tls_.get(), bytes.data() + written, piece, &count) != 1) {
      error = asio::error::broken_pipe;
      break;
    }
    written += count;
  }
  if (!error) flush(error);
  return written;
}

// Sends what the TLS engine has sealed, as far as the socket takes it.
void Stream::flush(error_code& error) {
  error = {};
  for (;;) {
    if (!unsent()) {
      const std::size_t pending = BIO_ctrl_pending(SSL_get_wbio(tls_.get()));
      if (pending == 0) return;
      sealed_.resize(pending);
      sealed_begin_ = 0;
      BIO_read(SSL_get_wbio(tls_.get()), sealed_.data(), static_cast<int>(pending));
    }
    const std::size_t count = socket_.write_some(asio::buffer(sealed_) + sealed_begin_, error);
    sealed_begin_ += count;
    if (error == asio::error::would_block || error == asio::error::try_again) {
      error = {};
      return;
    }
    if (error) return;
  }
}

awaitable<void> Stream::writable(error_code& error) {
  error = {};
  if (!tls_) {
    co_await socket_.async_wait(tcp::socket::wait_write, redirect_error(use_awaitable, error));
    co_return;
  }
  for (;;) {
    flush(error);
    if (error || !unsent()) co_return;
    co_await socket_.async_wait(tcp::socket::wait_write, redirect_error(use_awaitable, error));
    if (error) co_return;
  }
}

awaitable<void> Stream::finish_writing() {
  error_code error;
  if (tls_) {
    ERR_clear_error();
    SSL_shutdown(tls_.get());  // close_notify; reading goes on
    co_await writable(error);
  }
  socket_.shutdown(tcp::socket::shutdown_send, error);
}

void Stream::close() {
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace drachtio::net
