#include "net/relay_connection.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace drachtio::net {

namespace asio = boost::asio;
using asio::redirect_error;
using asio::use_awaitable;

namespace {

constexpr std::size_t read_size = 64UL * 1024;

}  // namespace

RelayConnection::RelayConnection(std::uint64_t number, std::unique_ptr<Stream> accepted,
                                 const RelayOptions& options, const RelayListener& listener,
                                 const asio::any_io_executor& executor)
    : number_(number),
      options_(options),
      listener_(listener),
      accepted_(std::move(accepted)),
      held_changed_(executor),
      linger_(executor) {}

void RelayConnection::start(std::function<void()> over) {
  over_ = std::move(over);
  spawn(connect());
}

// The coroutine keeps the connection alive until it has ended; the last to end ends it.
void RelayConnection::spawn(awaitable<void> way) {
  ++ways_;
  asio::co_spawn(linger_.get_executor(), std::move(way),
                 [self = shared_from_this()](const std::exception_ptr& failed) {
                   if (failed) self->close_sockets();
                   if (--self->ways_ == 0) self->finish();
                 });
}

void RelayConnection::finish() {
  if (closed_) return;
  close();
  over_();
}

void RelayConnection::close() {
  if (closed_) return;
  closed_ = true;
  linger_.cancel();
  close_sockets();
  if (opened_ && listener_.closed) listener_.closed(number_);
}

void RelayConnection::close_sockets() {
  if (dial_) dial_->cancel();
  accepted_->close();
  if (dialled_) dialled_->close();
  server_ended_ = true;
  held_changed_.cancel();
}

awaitable<void> RelayConnection::connect() {
  linger_.expires_after(options_.dial_timeout);
  linger_.async_wait([weak = weak_from_this()](const error_code& error) {
    const auto self = weak.lock();
    if (!error && self && !self->dial_ && !self->opened_) self->accepted_->close();
  });
  const auto failed = co_await accepted_->handshake();
  linger_.cancel();
  if (closed_) co_return;
  if (failed) {
    if (listener_.refused) {
      listener_.refused(false, to_string(accepted_->peer()) + ": " + *failed);
    }
    co_return;
  }
  dial_ = std::make_shared<Dial>(linger_.get_executor(), options_.dial, options_.dial_tls);
  Dialled other = co_await dial_->run(options_.dial_timeout);
  if (closed_) co_return;
  if (!other.stream) {
    if (listener_.refused) listener_.refused(true, other.why);
    co_return;
  }
  dialled_ = std::move(other.stream);
  program_ = options_.server_dials ? dialled_.get() : accepted_.get();
  server_ = options_.server_dials ? accepted_.get() : dialled_.get();
  opened_ = true;
  if (listener_.opened) listener_.opened(number_, server_->peer());
  spawn(read_server());
  spawn(feed_program());
  spawn(carry_to_server());
}

// Reads the server until it ends, come what may.
awaitable<void> RelayConnection::read_server() {
  std::vector<char> buffer(read_size);
  for (;;) {
    error_code error;
    const std::size_t count = co_await server_->read(buffer, error);
    if (error) {
      server_ended_ = true;
      end(Side::server);
      held_changed_.cancel();
      if (error != asio::error::eof) broken(Side::server);
      co_return;
    }
    const Instant read_at = now();
    const std::string_view bytes{buffer.data(), count};
    if (!program_broken_) {
      std::size_t taken = 0;
      if (held_.empty()) {
        taken = program_->try_write(bytes, error);
        if (error) broken(Side::program);
      }
      if (taken < count && !error) {
        if (held_.empty()) held_since_ = read_at;
        held_.push(bytes.substr(taken));
      }
      if (!held_.empty() || program_->unsent()) held_changed_.cancel();
    }
    show(Side::server, bytes, read_at);
    if (held_.size() > options_.hold) {
      give_up();
      co_return;
    }
  }
}

// Writes what is held for the program, whenever it takes some; ends its direction after the last.
awaitable<void> RelayConnection::feed_program() {
  for (;;) {
    error_code error;
    while ((!held_.empty() || program_->unsent()) && !program_broken_) {
      const std::size_t count = program_->try_write(held_.front(), error);
      held_.pop(count);
      if (!error && count == 0) co_await program_->writable(error);
      if (error) broken(Side::program);
    }
    if (server_ended_ || program_broken_) break;
    held_changed_.expires_at(asio::steady_timer::time_point::max());
    co_await held_changed_.async_wait(redirect_error(use_awaitable, error));
  }
  if (!program_broken_) co_await program_->finish_writing();
}

// The other way the server sets the pace: the program is read again once all is written.
//
// Over TLS each frame goes into records of its own: of several in one record a drachtio-server
// (0.9.10) answers the first only, and a program that sent them one by one would wait for ever.
awaitable<void> RelayConnection::carry_to_server() {
  std::vector<char> buffer(read_size);
  wire::FrameCutter frames;
  for (;;) {
    error_code error;
    const std::size_t count = co_await program_->read(buffer, error);
    if (error) {
      end(Side::program);
      if (error != asio::error::eof) broken(Side::program);
      break;
    }
    const Instant read_at = now();
    const std::string_view bytes{buffer.data(), count};
    std::string_view rest = bytes;
    std::string_view piece = next_piece(frames, rest);
    if (!server_broken_) piece.remove_prefix(server_->try_write(piece, error));
    show(Side::program, bytes, read_at);
    while (!server_broken_ && !error) {
      if (piece.empty() && !server_->unsent()) piece = next_piece(frames, rest);
      if (piece.empty() && !server_->unsent()) break;
      piece.remove_prefix(server_->try_write(piece, error));
      if (!error && (!piece.empty() || server_->unsent())) co_await server_->writable(error);
    }
    if (error) broken(Side::server);
  }
  if (!server_broken_) co_await server_->finish_writing();
}

// What of `rest` may be written in one go; taken off it.
std::string_view RelayConnection::next_piece(wire::FrameCutter& frames, std::string_view& rest) {
  const std::size_t size = server_->is_tls() ? frames.take(rest) : rest.size();
  const std::string_view piece = rest.substr(0, size);
  rest.remove_prefix(size);
  return piece;
}

// A side that takes no more bytes may still have sent some; they are delivered, and the other side
// gets a moment to read them. Then all is closed.
void RelayConnection::broken(Side side) {
  bool& known = side == Side::program ? program_broken_ : server_broken_;
  if (known || closed_) return;
  known = true;
  if (side == Side::program) {
    held_.clear();
    held_changed_.cancel();
  }
  linger_.expires_after(options_.linger);
  linger_.async_wait([weak = weak_from_this()](const error_code& error) {
    if (error) return;
    if (const auto self = weak.lock()) self->close_sockets();
  });
}

void RelayConnection::give_up() {
  if (listener_.given_up && !closed_) listener_.given_up(number_, held_.size(), held_since_);
  held_.clear();
  close_sockets();
}

void RelayConnection::show(Side from, std::string_view bytes, Instant read_at) {
  if (listener_.bytes && !closed_) listener_.bytes(number_, from, bytes, read_at);
}

void RelayConnection::end(Side from) {
  if (listener_.ended && !closed_) listener_.ended(number_, from);
}

}  // namespace drachtio::net
