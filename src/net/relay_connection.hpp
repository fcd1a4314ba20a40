// One connection through a relay: who connected, who was dialled for them, and the two ways
// between. Includes Asio.
#pragma once

#include "net/dial.hpp"
#include "net/held_bytes.hpp"
#include "net/relay.hpp"
#include "net/stream.hpp"
#include "wire/frame_cutter.hpp"

#include <boost/asio/steady_timer.hpp>

#include <vector>

namespace drachtio::net {

// Options and listener must outlive it. Belongs to the io_context's thread.
class RelayConnection : public std::enable_shared_from_this<RelayConnection> {
 public:
  RelayConnection(std::uint64_t number, std::unique_ptr<Stream> accepted,
                  const RelayOptions& options, const RelayListener& listener,
                  const boost::asio::any_io_executor& executor);

  // Its whole life, from the handshake on; calls `over` at the end, unless close() came first.
  void start(std::function<void()> over);

  // Ends it at once; the listener is told, and of nothing afterwards.
  void close();

 private:
  void spawn(awaitable<void> way);
  void finish();
  awaitable<void> connect();
  awaitable<void> read_server();
  awaitable<void> feed_program();
  awaitable<void> carry_to_server();
  std::string_view next_piece(wire::FrameCutter& frames, std::string_view& rest);
  void broken(Side side);
  void close_sockets();
  void give_up();
  void show(Side from, std::string_view bytes, Instant read_at);
  void end(Side from);

  std::uint64_t number_;
  const RelayOptions& options_;
  const RelayListener& listener_;
  std::function<void()> over_;
  int ways_ = 0;  // coroutines that have not ended

  std::unique_ptr<Stream> accepted_;
  std::shared_ptr<Dial> dial_;
  std::unique_ptr<Stream> dialled_;
  Stream* program_ = nullptr;
  Stream* server_ = nullptr;
  bool opened_ = false;
  bool closed_ = false;

  HeldBytes held_;               // for the program
  Instant held_since_;           // when the oldest run of held bytes began
  bool server_ended_ = false;    // nothing more comes from it
  bool program_broken_ = false;  // it takes nothing any more
  bool server_broken_ = false;
  boost::asio::steady_timer held_changed_;  // cancelled: look again
  boost::asio::steady_timer linger_;
};

}  // namespace drachtio::net
