// The caller as a coroutine: each step waits for the one before.
#include <drachtio/asio.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <iostream>

using namespace std::chrono_literals;
namespace asio = boost::asio;

const char* const sdp =
    "v=0\r\no=- 2 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 20002 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n";

asio::awaitable<void> call(drachtio::Agent& app, drachtio::ConnectOptions server, std::string uri) {
  try {
    co_await drachtio::async_connect(app, server, asio::use_awaitable);
    // A variable, not a temporary: g++ 12 destroys aggregates in a co_await expression twice.
    const drachtio::RequestOptions offer{.body = sdp};
    auto [dialog, answer] = co_await drachtio::async_call(app, uri, offer, asio::use_awaitable);
    std::cout << "answer: " << answer.status << std::endl;
    co_await drachtio::async_hold(dialog, asio::use_awaitable);
    co_await drachtio::async_after(app, 200ms, asio::use_awaitable);
    co_await drachtio::async_unhold(dialog, asio::use_awaitable);
    const auto bye = co_await drachtio::async_terminate(dialog, asio::use_awaitable);
    std::cout << "hung up: " << bye.status << std::endl;
  } catch (const boost::system::system_error& error) {
    std::cout << "no call: " << error.what() << std::endl;
  }
  app.stop();
}

int main(int argc, char** argv) try {
  if (argc != 2) {
    std::cerr << "usage: coroutine_uac sip:bob@example.com" << std::endl;
    return 2;
  }
  asio::io_context io;
  drachtio::Agent app{io, "calls.db"};
  asio::co_spawn(io, call(app, drachtio::from_environment(), argv[1]), asio::detached);
  io.run();
} catch (const std::exception& error) {
  std::cerr << "coroutine_uac: " << error.what() << std::endl;
  return 1;
}
