// Dialling: resolves, connects and shakes hands, within a time limit. Includes Asio.
//
// Timeouts and cancellation are by closing, here and all over this folder: in Asio as of Boost
// 1.81, cancelling a coroutine through a slot, as its operators || and && do, may touch it after
// its end.
#pragma once

#include "net/stream.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>

namespace drachtio::net {

// What dialling came to: a stream ready for use, or why there is none.
struct Dialled {
  std::unique_ptr<Stream> stream;
  std::string why;
};

// One attempt. Belongs to one thread; held by a shared_ptr.
class Dial : public std::enable_shared_from_this<Dial> {
 public:
  Dial(const boost::asio::any_io_executor& executor, Address address,
       std::optional<TlsContext> tls);

  // To be called once. `why` is fit to be shown.
  awaitable<Dialled> run(std::chrono::milliseconds timeout);

  // Makes run() fail soon; a name that is being looked up may still take its time.
  void cancel();

 private:
  awaitable<std::string> connect();
  awaitable<std::vector<boost::asio::ip::tcp::endpoint>> resolve(error_code& error);

  Address address_;
  std::optional<TlsContext> tls_;
  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer limit_;
  std::unique_ptr<Stream> stream_;
  bool cancelled_ = false;
  bool expired_ = false;
  bool over_ = false;
};

}  // namespace drachtio::net
