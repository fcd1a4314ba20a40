// What a Client is made of: the life of its link, from one connection to the next (client.cpp), and
// the conversation on the one that stands (client_conversation.cpp). Includes Asio.
#pragma once

#include "net/client.hpp"
#include "net/dial.hpp"
#include "net/message_id.hpp"
#include "net/outbox.hpp"
#include "net/stream.hpp"
#include "wire/compose.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <map>
#include <memory>
#include <random>

namespace drachtio::net {

// One coroutine connects, converses and pauses, again and again; a timer watches what takes too
// long, and ends a conversation by closing its stream.
class Client::Link : public std::enable_shared_from_this<Link> {
 public:
  using Clock = std::chrono::steady_clock;

  Link(boost::asio::io_context& io, Options options, Handlers handlers)
      : io_(io),
        options_(std::move(options)),
        handlers_(std::move(handlers)),
        backoff_(options_.backoff, std::random_device{}()),
        pause_(io),
        deadline_(io) {}

  void start();
  void accept(std::unique_ptr<Stream> stream);
  Sent send(std::string_view rest);
  [[nodiscard]] std::optional<Instant> silent_since() const { return silent_since_; }

  void stop();

 private:
  awaitable<void> run();
  awaitable<void> run_once();
  awaitable<std::string> converse();
  void over(const std::string& why);
  std::shared_ptr<Outbox> make_outbox();
  awaitable<std::string> read();
  void watch_the_time();
  void look_at_the_time();
  std::optional<std::string> take(record::Payload payload, Instant read_at);
  std::optional<std::string> take_reply(const wire::Envelope& reply, const std::string& asked);
  void ask(const std::string& what, const wire::ClientFrame& frame);
  [[nodiscard]] std::string fit_to_show(std::string_view text) const;

  boost::asio::io_context& io_;
  Options options_;
  Handlers handlers_;
  Backoff backoff_;
  bool stopped_ = false;  // the handlers may be gone
  std::shared_ptr<Dial> dial_;
  boost::asio::steady_timer pause_;

  // Of the connection that stands.
  std::shared_ptr<Stream> stream_;
  boost::asio::steady_timer deadline_;
  std::shared_ptr<Outbox> outbox_;
  MessageIds ids_;
  std::string dead_;                                       // why it was closed from our side
  std::map<std::string, std::string, std::less<>> asked_;  // id of a frame of ours -> what it asks
  Clock::time_point reply_by_;                             // while something is asked
  Clock::time_point ping_at_;                              // once up
  bool logged_in_ = false;
  std::optional<Instant> silent_since_;  // the last byte's time; nothing once there is none to come
  std::string version_;
  std::optional<Clock::time_point> up_since_;
};

}  // namespace drachtio::net
