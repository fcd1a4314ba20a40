#include "net/dial.hpp"

#include "text/escape.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace drachtio::net {

namespace asio = boost::asio;
using asio::redirect_error;
using asio::use_awaitable;
using asio::ip::tcp;

namespace {

constexpr std::size_t longest_failure_shown = 300;  // TLS errors may quote the peer

}  // namespace

Dial::Dial(const asio::any_io_executor& executor, Address address, std::optional<TlsContext> tls)
    : address_(std::move(address)),
      tls_(std::move(tls)),
      resolver_(executor),
      socket_(executor),
      limit_(executor) {}

awaitable<Dialled> Dial::run(std::chrono::milliseconds timeout) {
  const auto self = shared_from_this();
  limit_.expires_after(timeout);
  limit_.async_wait([weak = weak_from_this()](const error_code& error) {
    const auto dial = weak.lock();
    if (error || !dial || dial->over_) return;
    dial->expired_ = true;
    dial->cancel();
  });
  std::string why = co_await connect();
  over_ = true;
  limit_.cancel();
  if (expired_) why = "no answer within " + std::to_string(timeout.count()) + " ms";
  if (why.empty()) co_return Dialled{std::move(stream_), {}};
  co_return Dialled{nullptr, "cannot connect to " + to_string(address_) + ": " +
                                 text::escaped(why, longest_failure_shown)};
}

void Dial::cancel() {
  cancelled_ = true;
  resolver_.cancel();
  error_code ignored;
  socket_.close(ignored);
  if (stream_) stream_->close();
}

// Returns why it failed; empty: stream_ is ready.
awaitable<std::string> Dial::connect() {
  error_code error;
  const std::vector<tcp::endpoint> endpoints = co_await resolve(error);
  if (error) co_return "host not found: " + error.message();
  for (const tcp::endpoint& endpoint : endpoints) {
    if (cancelled_) co_return "cancelled";
    socket_ = tcp::socket{socket_.get_executor()};
    co_await socket_.async_connect(endpoint, redirect_error(use_awaitable, error));
    if (!error) break;
  }
  if (error) co_return error.message();
  if (cancelled_) co_return "cancelled";
  std::string why;
  try {
    stream_ = std::make_unique<Stream>(std::move(socket_), tls_, address_.host);
  } catch (const std::runtime_error& failure) {
    why = failure.what();
  }
  if (!why.empty()) co_return why;
  co_return (co_await stream_->handshake()).value_or(cancelled_ ? "cancelled" : "");
}

awaitable<std::vector<tcp::endpoint>> Dial::resolve(error_code& error) {
  std::vector<tcp::endpoint> endpoints;
  const auto numeric = asio::ip::make_address(address_.host, error);
  if (!error) {
    endpoints.emplace_back(numeric, address_.port);
    co_return endpoints;
  }
  const auto found = co_await resolver_.async_resolve(address_.host, std::to_string(address_.port),
                                                      tcp::resolver::numeric_service,
                                                      redirect_error(use_awaitable, error));
  for (const auto& entry : found) endpoints.push_back(entry.endpoint());
  co_return endpoints;
}

}  // namespace drachtio::net
