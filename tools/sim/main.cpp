// drachtio-sim: the stand-in server as a program. Commands come on standard input.
#include "sim/server.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/streambuf.hpp>
#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <istream>
#include <sstream>

namespace asio = boost::asio;
using drachtio::sim::Server;

namespace {

constexpr const char* about =
    "A stand-in for a drachtio-server: it speaks the server's side of the admin protocol on a "
    "port\n"
    "and plays the far end of every call itself. For tests, demonstrations and benches; it speaks "
    "no\n"
    "SIP to anybody.\n";

constexpr const char* manners = R"(
The far end behaves as the user part of its address says.
  Called by the program (siprequest "sip:USER@host"):
    answer (and any other)  180, 200     fast      200 at once     ring       180 for ever
    busy                    486          notfound  404             silent     nothing
    redirect                302          fork      two answers     prack      reliable 180
    crossing   180; its 200 crosses the CANCEL       glare     491 to the first re-INVITE
    tardy      the same, five seconds late
    stubborn   488 to every re-INVITE                mute      no answer to OPTIONS in a call
    early      reliable 180, then rings for ever     deaf      no answer to re-INVITEs, nor to BYE
    picky      407 to a request in the call
    clash      its own re-INVITE before it answers the first of ours
    challenge, challenge401, challenge512, stale     digest, for alice with password "secret"
  A call that the program proxies is answered by all but: busy, notfound, redirect (as above),
    ring and silent (never); the caller hangs up after --talk
  Calling the program (command `call`), and once any call is up:
    wait (and any other)  nothing more   hangup   BYE after --talk     noack   no ACK to the 200
    cancel   CANCEL after a 18x          hasty    CANCEL at once       late    no SDP in the INVITE
    prack    PRACK to a reliable 18x     auth     tries again after a challenge
    hold     holds, unholds, UPDATE, BYE        latereinvite   a re-INVITE without SDP
    updates  holds by an UPDATE, BYE            refreshes      holds, unholds, same SDP again, BYE
    update   an UPDATE that holds, after its PRACK and before the call is answered
    expires  its session timer runs out after --talk: the server hangs up
    chatty   INFO, MESSAGE, OPTIONS, NOTIFY, REFER, UPDATE, BYE

Commands on standard input, one a line:
  call [COUNT [RATE [USER]]]   the far end USER calls, COUNT times, RATE a second (0: all at once)
  hangup    the far ends of all answered calls hang up
  drop      closes all links; dialogs stay     forget   as after a restart: nothing is known
  stats     prints what was counted            quit     ends
)";

// Reads commands until the end of standard input.
class Commands {
 public:
  Commands(asio::io_context& io, Server& server) : io_(io), server_(server), input_(io, ::dup(0)) {
    read();
  }

 private:
  void read() {
    asio::async_read_until(input_, buffer_, '\n',
                           [this](const boost::system::error_code& error, std::size_t) {
                             if (error) return;  // nobody commands any more
                             std::istream stream{&buffer_};
                             std::string line;
                             std::getline(stream, line);
                             obey(line);
                             read();
                           });
  }

  void obey(const std::string& line) {
    std::istringstream words{line};
    std::string verb;
    words >> verb;
    if (verb == "call") {
      std::int64_t count = 1;
      double rate = 0;
      std::string user = "wait";
      const auto take = [&](auto& value) { return (words >> std::ws).eof() || words >> value; };
      if (!take(count) || !take(rate) || !take(user) || count < 0 || rate < 0) {
        fmt::print(stderr, "drachtio-sim: not \"call COUNT RATE USER\": {}\n", line);
        return;
      }
      server_.place_calls(static_cast<std::uint64_t>(count), rate, user);
    } else if (verb == "hangup") {
      server_.hang_up_all();
    } else if (verb == "drop") {
      server_.drop_links();
    } else if (verb == "forget") {
      server_.forget();
    } else if (verb == "stats") {
      const auto& counts = server_.counts();
      fmt::print("placed={} refused={} answered={} ended={} requests={} unanswered={} dialogs={}\n",
                 counts.placed, counts.refused, counts.answered, counts.ended, counts.requests,
                 counts.unanswered, server_.dialogs());
      std::fflush(stdout);
    } else if (verb == "quit") {
      io_.stop();
    } else if (!verb.empty()) {
      fmt::print(stderr, "drachtio-sim: no such command: {} (see --help)\n", verb);
    }
  }

  asio::io_context& io_;
  Server& server_;
  asio::posix::stream_descriptor input_;
  asio::streambuf buffer_;
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{about};
  app.footer(manners);
  drachtio::sim::ServerOptions options;
  int talk = 500;
  int ack_timeout = 1000;
  int forget_after = 64;
  const CLI::Range within_a_day{0, 86'400'000};  // in milliseconds
  app.add_option("--port", options.port, "Where programs connect; 0: any free port");
  app.add_option("--secret", options.secret, "What programs log in with (\"cymru\")");
  app.add_option("--talk", talk, "Milliseconds before a far end that hangs up does (500)")
      ->check(within_a_day);
  app.add_option("--ack-timeout", ack_timeout,
                 "Milliseconds without ACK before the server hangs up (1000; a real one: 32000)")
      ->check(within_a_day);
  app.add_option("--forget-after", forget_after,
                 "Seconds after which the server forgets what nothing was answered to (64)")
      ->check(CLI::Range(0, 86'400));
  app.add_option("--split", options.piece, "Write frames in pieces of so many bytes");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  options.talk = std::chrono::milliseconds{talk};
  options.forget_after = std::chrono::seconds{forget_after};
  options.ack_timeout = std::chrono::milliseconds{ack_timeout};
  try {
    asio::io_context io{1};
    Server server{io, options};
    Commands commands{io, server};
    asio::signal_set end{io, SIGTERM, SIGINT};
    end.async_wait([&](const boost::system::error_code&, int) { io.stop(); });
    fmt::print("listening on 127.0.0.1:{}\n", server.port());
    std::fflush(stdout);
    io.run();
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "drachtio-sim: {}\n", error.what());
    return 3;
  }
}
