// A transparent relay between programs and their drachtio-server: what one side sends, the other
// gets, byte for byte, and whoever listens in is told of it.
//
// Promises: the server is read at all times, whatever the program does (its writes get mixed up if
// it has to wait); what a program does not take is held for it up to a bound, then its connection
// is closed. A program that writes faster than the server reads has to wait. The end of one
// direction is passed on and leaves the other open. Bytes go on first, and are shown then.
#pragma once

#include "net/address.hpp"
#include "net/tls.hpp"

#include <drachtio/instant.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace boost::asio {
class io_context;
}

namespace drachtio::net {

enum class Side : std::uint8_t { program, server };

struct RelayOptions {
  Address listen;                         // port 0: any free one
  Address dial;                           // the other side's
  bool server_dials = false;              // who connects to us is the server, not the program
  std::optional<TlsContext> accept_tls;   // towards who connects; absent: plain TCP
  std::optional<TlsContext> dial_tls;     // towards who is dialled
  std::size_t hold = 64UL * 1024 * 1024;  // bytes held for a program that takes none
  std::chrono::milliseconds dial_timeout{10'000};
  // Once one side is broken off, how long the other has to read what it was sent.
  std::chrono::milliseconds linger{2'000};
};

// Who listens in. None may throw or block; all are called on the io_context's thread. Connections
// are numbered from 1. `why` is fit to be shown.
struct RelayListener {
  // Both sides are connected. Comes before anything else of this connection.
  std::function<void(std::uint64_t connection, const Address& server)> opened;
  // Bytes have been passed on, or are held for the program.
  std::function<void(std::uint64_t connection, Side from, std::string_view bytes, Instant read_at)>
      bytes;
  // No more bytes will come from this side.
  std::function<void(std::uint64_t connection, Side from)> ended;
  // The program took nothing for too long, and `held` bytes are lost to it; closed() follows.
  std::function<void(std::uint64_t connection, std::size_t held, Instant since)> given_up;
  // Comes last, and only after opened().
  std::function<void(std::uint64_t connection)> closed;
  // The other side could not be had for someone who connected, who was hung up on; or they did
  // not get through the TLS handshake with us (`dialled` is false then).
  std::function<void(bool dialled, const std::string& why)> refused;
};

// Belongs to the thread that runs the io_context.
class Relay {
 public:
  // Starts listening. Throws std::runtime_error that says why it cannot.
  Relay(boost::asio::io_context& io, RelayOptions options, RelayListener listener);
  // As stop().
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  Relay(Relay&&) = delete;
  Relay& operator=(Relay&&) = delete;

  // Where it listens: the port is never 0.
  [[nodiscard]] const Address& listening() const;
  [[nodiscard]] std::size_t connections() const;

  // Stops listening and closes every connection; closed() has been called for each when this
  // returns, and nothing is called after.
  void stop();

 private:
  class Acceptor;
  std::shared_ptr<Acceptor> acceptor_;
};

}  // namespace drachtio::net
