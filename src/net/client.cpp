#include "net/client.hpp"

#include "net/dial.hpp"
#include "net/message_id.hpp"
#include "net/outbox.hpp"
#include "net/secret.hpp"
#include "net/stream.hpp"
#include "text/escape.hpp"
#include "wire/envelope.hpp"
#include "wire/protocol_error.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <map>
#include <random>

namespace drachtio::net {

namespace asio = boost::asio;
using asio::redirect_error;
using asio::use_awaitable;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t longest_why = 300;  // bytes of a server's own words that are shown

Instant now() {
  return std::chrono::time_point_cast<Microseconds>(std::chrono::system_clock::now());
}

// The second of "<contacts>|<version>|<local contacts>".
std::string version_in(std::string_view login_reply) {
  const std::size_t bar = login_reply.find('|');
  if (bar == std::string_view::npos) return "drachtio-server";
  const std::string_view rest = login_reply.substr(bar + 1);
  return "drachtio-server " + text::escaped(rest.substr(0, rest.find('|')), 100);
}

}  // namespace

// One coroutine connects, converses and pauses, again and again; a timer watches what takes too
// long, and ends a conversation by closing its stream.
class Client::Link : public std::enable_shared_from_this<Link> {
 public:
  Link(asio::io_context& io, Options options, Handlers handlers)
      : io_(io),
        options_(std::move(options)),
        handlers_(std::move(handlers)),
        backoff_(options_.backoff, std::random_device{}()),
        pause_(io),
        deadline_(io) {}

  void start() {
    // The coroutine keeps the link alive until it has ended.
    asio::co_spawn(io_, run(), [self = shared_from_this()](const std::exception_ptr&) {});
  }

  void accept(std::unique_ptr<Stream> stream) {
    stream_ = std::move(stream);
    asio::co_spawn(io_, run_once(), [self = shared_from_this()](const std::exception_ptr&) {});
  }

  Sent send(std::string_view rest) {
    if (!stream_ || !logged_in_ || stopped_) return {{}, "there is no link to the server"};
    std::string id = message_id();
    const std::size_t size = id.size() + 1 + rest.size();
    if (size > largest_payload) {
      return {{},
              "the message makes a payload of " + std::to_string(size) +
                  " bytes; a drachtio-server takes no more than " +
                  std::to_string(largest_payload)};
    }
    outbox_->push(id, rest);
    return {std::move(id), {}};
  }

  [[nodiscard]] std::optional<Instant> silent_since() const { return silent_since_; }

  void stop() {
    stopped_ = true;
    if (dial_) dial_->cancel();
    if (stream_) stream_->close();
    pause_.cancel();
    deadline_.cancel();
  }

 private:
  awaitable<void> run();
  awaitable<void> run_once();
  awaitable<std::string> converse();
  void over(const std::string& why);
  std::shared_ptr<Outbox> make_outbox();
  awaitable<std::string> read();
  void watch_the_time();
  void look_at_the_time();
  std::optional<std::string> take(std::string_view payload, Instant read_at);
  std::optional<std::string> take_reply(const wire::Envelope& reply, const std::string& asked);
  void ask(const std::string& what, const std::string& rest);
  std::string fit_to_show(std::string_view text) const {
    return text::escaped(without_secret(text, options_.secret), longest_why);
  }

  asio::io_context& io_;
  Options options_;
  Handlers handlers_;
  Backoff backoff_;
  bool stopped_ = false;  // the handlers may be gone
  std::shared_ptr<Dial> dial_;
  asio::steady_timer pause_;

  // Of the connection that stands.
  std::shared_ptr<Stream> stream_;
  asio::steady_timer deadline_;
  std::shared_ptr<Outbox> outbox_;
  std::string dead_;                                       // why it was closed from our side
  std::map<std::string, std::string, std::less<>> asked_;  // id of a frame of ours -> what it asks
  Clock::time_point reply_by_;                             // while something is asked
  Clock::time_point ping_at_;                              // once up
  bool logged_in_ = false;
  std::optional<Instant> silent_since_;  // the last byte's time; nothing once there is none to come
  std::string version_;
  std::optional<Clock::time_point> up_since_;
};

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
  ask("the login", "authenticate|" + options_.secret + '|' + options_.tags);
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
        if ((over = take(*payload, read_at))) break;
      }
    } catch (const wire::ProtocolError& fault) {
      over = "not a drachtio-server: " + without_secret(fault.what(), options_.secret);
    }
    if (over) co_return *over;
  }
}

// Returns why the connection must end, if so.
std::optional<std::string> Client::Link::take(std::string_view payload, Instant read_at) {
  wire::Envelope envelope;
  try {
    envelope = wire::parse_envelope(wire::Sender::server, payload);
  } catch (const wire::ProtocolError& fault) {
    // Whoever is no server before the login may be an echo: what it says stays unseen.
    if (!logged_in_) return "not a drachtio-server: " + std::string{to_string(fault.fault())};
  }
  if (envelope.kind == wire::Envelope::Kind::reply) {
    outbox_->replied(envelope.in_reply_to);
    if (const auto asked = asked_.find(envelope.in_reply_to); asked != asked_.end()) {
      const std::string what = std::move(asked->second);
      asked_.erase(asked);
      reply_by_ = Clock::now() + options_.reply_timeout;
      auto over = take_reply(envelope, what);
      watch_the_time();
      return over;
    }
  }
  if (!logged_in_) return "not a drachtio-server: it does not wait for the login";
  if (handlers_.frame && !stopped_) handlers_.frame(payload, read_at);
  return std::nullopt;
}

std::optional<std::string> Client::Link::take_reply(const wire::Envelope& reply,
                                                    const std::string& asked) {
  if (reply.outcome != wire::Envelope::Outcome::ok) {
    return "the server refuses " + asked + ": " + fit_to_show(reply.reply_text);
  }
  if (!logged_in_) {
    logged_in_ = true;
    version_ = version_in(without_secret(reply.reply_text, options_.secret));
    for (const std::string& verb : options_.routes) {
      ask(verb, "route|" + verb);
    }
  }
  if (!up_since_ && asked_.empty()) {
    up_since_ = Clock::now();
    ping_at_ = *up_since_ + options_.ping_interval;
    if (handlers_.up && !stopped_) handlers_.up("logged in, " + version_);
  }
  return std::nullopt;
}

// To be called whenever the times may have changed.
void Client::Link::watch_the_time() {
  auto next = Clock::time_point::max();
  if (!asked_.empty() || outbox_->awaits_reply()) next = reply_by_;
  if (up_since_) next = std::min(next, ping_at_);
  deadline_.expires_at(next);
  deadline_.async_wait([weak = weak_from_this()](const error_code& error) {
    if (error) return;
    if (const auto self = weak.lock()) self->look_at_the_time();
  });
}

void Client::Link::look_at_the_time() {
  if (!stream_ || stopped_) return;
  const auto time = Clock::now();
  if ((!asked_.empty() || outbox_->awaits_reply()) && time >= reply_by_) {
    dead_ = "no reply to " + (asked_.empty() ? "a long frame" : asked_.begin()->second) +
            " within " + std::to_string(options_.reply_timeout.count()) + " ms";
  } else if (up_since_ && time >= ping_at_) {
    ping_at_ = time + options_.ping_interval;
    ask("a ping", "ping");
  }
  if (dead_.empty()) return watch_the_time();
  stream_->close();
}

// Sends `<id>|<rest>`, and ends the connection if no reply comes.
void Client::Link::ask(const std::string& what, const std::string& rest) {
  const std::string id = message_id();
  if (asked_.empty()) reply_by_ = Clock::now() + options_.reply_timeout;
  asked_.emplace(id, what);
  outbox_->push(id, rest);
  watch_the_time();
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
