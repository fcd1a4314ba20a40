// The callee as a coroutine: rings, answers, and hangs up after two seconds.
#include <drachtio/asio.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <iostream>

using namespace std::chrono_literals;
namespace asio = boost::asio;

const char* const sdp =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 20000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n";

asio::awaitable<void> serve(drachtio::Agent& app, drachtio::Request req, drachtio::Response res) {
  try {
    res.send(180);
    // A variable, not a temporary: g++ 12 destroys aggregates in a co_await expression twice.
    const drachtio::Content answer{.body = sdp};
    co_await drachtio::async_send(res, 200, answer, asio::use_awaitable);
    co_await drachtio::async_after(app, 2s, asio::use_awaitable);
    const auto bye = co_await drachtio::async_terminate(req.dialog(), asio::use_awaitable);
    std::cout << "hung up: " << bye.status << std::endl;
  } catch (const boost::system::system_error& error) {
    std::cout << "call over: " << error.what() << std::endl;
  }
}

int main() try {
  asio::io_context io;
  drachtio::Agent app{io, "calls.db"};
  app.invite([&](drachtio::Request& req, drachtio::Response& res) {
    asio::co_spawn(io, serve(app, req, res), asio::detached);
  });
  app.connect(drachtio::from_environment());
  io.run();
} catch (const std::exception& error) {
  std::cerr << "coroutine_uas: " << error.what() << std::endl;
  return 1;
}
