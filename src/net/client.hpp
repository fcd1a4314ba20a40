// A link to a drachtio-server: connects, logs in, asks for what is to come over it, keeps it alive,
// and connects again with back-off when it goes down. Or takes a connection that the server dialled
// (outbound mode), logs in, and keeps it until it ends.
//
// The server's socket is always read: nothing here waits for anybody but the server.
#pragma once

#include "net/address.hpp"
#include "net/backoff.hpp"
#include "net/tls.hpp"
#include "record/payload.hpp"
#include "wire/frame_reader.hpp"

#include <drachtio/instant.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace drachtio::net {

class Stream;

// Several long payloads in flight overrun the ring that the server reads into. So one beyond
// `paced_payload` goes out alone: nothing follows until its reply has come.
inline constexpr std::size_t paced_payload = 4'000;

// Belongs to the thread that runs the io_context; only the constructor may be called elsewhere.
class Client {
 public:
  struct Options {
    Address server;
    std::string secret;               // see load_secret; shown to nobody but the server
    std::string tags;                 // comma separated; may be empty
    std::vector<std::string> routes;  // verbs: "cdr:start", "invite", ...
    std::optional<TlsContext> tls;    // absent: plain TCP
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds reply_timeout{10'000};  // a server silent for longer is dead
    std::chrono::milliseconds ping_interval{30'000};  // nothing heard for so long: ask
    Backoff::Limits backoff;
    std::size_t frame_limit = wire::default_frame_limit;
  };

  // None may throw; all are called on the io_context's thread. An attempt to connect comes to
  // refused(), or to up() and, in the end, down(). `why` and `detail` are fit to be shown: they
  // hold no control characters and not the secret.
  struct Handlers {
    // Logged in and all routes granted; `detail` names the server's version.
    std::function<void(const std::string& detail)> up;
    std::function<void(const std::string& why)> down;
    // Not connected, secret not accepted, a route not granted, or no server of this kind.
    std::function<void(const std::string& why)> refused;
    // A frame, whether or not it makes sense; but not the replies to our own frames. Calls may
    // come between the first route's grant and up().
    std::function<void(record::Payload payload, Instant read_at)> frame;
  };

  Client(boost::asio::io_context& io, Options options, Handlers handlers);
  // Over a connection that the server dialled: when that is down, all is over.
  Client(boost::asio::io_context& io, Options options, Handlers handlers,
         std::unique_ptr<Stream> accepted);
  // As stop().
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  Client(Client&&) = delete;
  Client& operator=(Client&&) = delete;

  void start();
  // What became of send(): the id of the frame, or why there was none.
  struct Sent {
    std::string id;
    std::string why;
  };
  // Sends the frame `<id>|<rest>`; its reply comes to the frame handler. Refused where the link is
  // not logged in, or the payload is longer than wire::largest_payload.
  Sent send(std::string_view rest);

  // To be asked in the down handler: when the server was last heard, where the link broke off or
  // was given up for its silence. Nothing where the server closed it: all it had to say has come.
  [[nodiscard]] std::optional<Instant> silent_since() const;

  // Closes the link, and is silent from then on: no handler is called any more.
  void stop();

 private:
  class Link;
  std::shared_ptr<Link> link_;
  std::unique_ptr<Stream> accepted_;  // until it is started
};

}  // namespace drachtio::net
