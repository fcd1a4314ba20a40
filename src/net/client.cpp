#include "net/client.hpp"

#include "net/client_link.hpp"
#include "net/secret.hpp"
#include "wire/protocol_error.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace drachtio::net {

namespace asio = boost::asio;
using asio::redirect_error;
using asio::use_awaitable;

void Client::Link::start() {
  // The coroutine keeps the link alive until it has ended.
  asio::co_spawn(io_, run(), [self = shared_from_this()](const std::exception_ptr&) {});
}

void Client::Link::accept(std::unique_ptr<Stream> stream) {
  stream_ = std::move(stream);
  asio::co_spawn(io_, run_once(), [self = shared_from_this()](const std::exception_ptr&) {});
}

void Client::Link::stop() {
  stopped_ = true;
  if (dial_) dial_->cancel();
  if (stream_) stream_->close();
  pause_.cancel();
  deadline_.cancel();
}

awaitable<void> Client::Link::run() {
  while (!stopped_) {
    dial_ = std::make_shared<Dial>(io_.get_executor(), options_.server, options_.tls);
    Dialled dialled = co_await dial_->run(options_.connect_timeout);
    dial_.reset();
    if (stopped_) co_return;
    std::string why = std::move(dialled.why);
    if (dialled.stream) {
      stream_ = std::move(dialled.stream);
      why = co_await converse();
      stream_.reset();
    }
    if (stopped_) co_return;
    over(why);
    if (stopped_) co_return;
    pause_.expires_after(backoff_.next());
    error_code ignored;
    co_await pause_.async_wait(redirect_error(use_awaitable, ignored));
  }
}

awaitable<void> Client::Link::run_once() {
  deadline_.expires_after(options_.connect_timeout);
  deadline_.async_wait([weak = weak_from_this()](const error_code& error) {
    const auto self = weak.lock();
    if (!error && self && self->stream_) self->stream_->close();
  });
  const std::optional<std::string> failure = co_await stream_->handshake();
  deadline_.cancel();
  if (stopped_) co_return;
  std::string why = failure.value_or("");
  if (!failure) why = co_await converse();
  stream_.reset();
  if (!stopped_) over(why);
}

void Client::Link::over(const std::string& why) {
  if (up_since_) {
    backoff_.was_up_for(
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - *up_since_));
    up_since_.reset();
    if (handlers_.down) handlers_.down(why);
  } else if (handlers_.refused) {
    handlers_.refused(why);
  }
}

// From the login to the end of the connection; returns why it ended.
awaitable<std::string> Client::Link::converse() {
  asked_.clear();
  dead_.clear();
  outbox_ = make_outbox();
  logged_in_ = false;
  ask("the login", wire::login(options_.secret, options_.tags));
  std::string why = co_await read();
  logged_in_ = false;
  deadline_.cancel();
  outbox_->stop();
  stream_->close();
  co_return dead_.empty() ? why : dead_;
}

std::shared_ptr<Outbox> Client::Link::make_outbox() {
  const auto awaits_reply = [this] {
    if (asked_.empty()) reply_by_ = Clock::now() + options_.reply_timeout;
    watch_the_time();
  };
  const auto stuck = [this] {
    dead_ = "the server takes nothing";
    stream_->close();
  };
  return std::make_shared<Outbox>(io_, stream_, Outbox::Handlers{awaits_reply, stuck});
}

awaitable<std::string> Client::Link::read() {
  wire::FrameReader frames{options_.frame_limit};
  std::vector<char> buffer(64UL * 1024);
  for (;;) {
    error_code error;
    const std::size_t count = co_await stream_->read(buffer, error);
    if (error) {
      if (error == asio::error::eof) silent_since_.reset();
      std::string why = error == asio::error::eof ? "the server closed the connection"
                                                  : "connection lost: " + error.message();
      if (frames.pending() > 0) {
        why += " in the middle of a frame (" + std::to_string(frames.pending()) + " bytes of it)";
      }
      co_return why;
    }
    const Instant read_at = now();
    silent_since_ = read_at;
    ping_at_ = Clock::now() + options_.ping_interval;
    frames.push({buffer.data(), count});
    std::optional<std::string> over;
    try {
      while (const auto payload = frames.next()) {
        if ((over = take(std::string{*payload}, read_at))) break;
      }
    } catch (const wire::ProtocolError& fault) {
      over = "not a drachtio-server: " + without_secret(fault.what(), options_.secret);
    }
    if (over) co_return *over;
  }
}

Client::Client(asio::io_context& io, Options options, Handlers handlers)
    : link_(std::make_shared<Link>(io, std::move(options), std::move(handlers))) {}

Client::Client(asio::io_context& io, Options options, Handlers handlers,
               std::unique_ptr<Stream> accepted)
    : link_(std::make_shared<Link>(io, std::move(options), std::move(handlers))),
      accepted_(std::move(accepted)) {}

Client::~Client() { stop(); }

void Client::start() { accepted_ ? link_->accept(std::move(accepted_)) : link_->start(); }

Client::Sent Client::send(std::string_view rest) { return link_->send(rest); }

std::optional<Instant> Client::silent_since() const { return link_->silent_since(); }

void Client::stop() { link_->stop(); }

}  // namespace drachtio::net
