// Frames on their way to a drachtio-server over one connection, at the pace it can stand: it reads
// into a ring of 12,228 bytes that several long frames overrun. Includes Asio.
#pragma once

#include "net/held_bytes.hpp"
#include "net/stream.hpp"

#include <boost/asio/io_context.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace drachtio::net {

// Belongs to the io_context's thread.
class Outbox : public std::enable_shared_from_this<Outbox> {
 public:
  struct Handlers {
    std::function<void()> awaits_reply;  // a long frame goes out: nothing follows until replied()
    std::function<void()> stuck;         // the server has taken nothing for too many bytes
  };

  Outbox(boost::asio::io_context& io, std::shared_ptr<Stream> stream, Handlers handlers)
      : io_(io), stream_(std::move(stream)), handlers_(std::move(handlers)) {}

  // Sends the frame `<id>|<rest>`, now or when its turn has come.
  void push(const std::string& id, std::string_view rest);
  // The server has replied to that frame.
  void replied(std::string_view id);
  [[nodiscard]] bool awaits_reply() const { return !awaited_.empty(); }
  // Sends nothing more, and calls no handler.
  void stop() { stream_.reset(); }

 private:
  struct Waiting {
    std::string id;
    std::string frame;
    std::size_t payload;  // bytes of it
  };
  void pump();
  awaitable<void> pump_when_writable();

  boost::asio::io_context& io_;
  std::shared_ptr<Stream> stream_;  // null: stopped
  Handlers handlers_;
  std::deque<Waiting> waiting_;  // frames not begun yet
  std::size_t waiting_bytes_ = 0;
  HeldBytes unsent_;      // of frames begun
  bool writing_ = false;  // pump_when_writable is at work
  std::string awaited_;   // id of a long frame without its reply
};

}  // namespace drachtio::net
