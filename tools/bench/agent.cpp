// Calls a second through an Agent that answers INVITEs, and the time from the INVITE's frame to the
// 200's, with the log on and off; against a bare program that answers by hand and keeps nothing.
#include "benches.hpp"
#include "measure.hpp"
#include "traffic.hpp"
#include "wire/frame_reader.hpp"

#include <drachtio/agent.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <fmt/core.h>

#include <array>
#include <map>
#include <stdexcept>
#include <thread>
#include <unordered_map>

namespace drachtio::bench {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t under_way = 100;  // calls at a time, at full speed

const std::string sdp =
    "v=0\r\no=app 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 15000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";

std::string token(std::string_view payload, int index) {
  for (; index > 0; --index) payload.remove_prefix(payload.find('|') + 1);
  return std::string{payload.substr(0, payload.find_first_of("|\r"))};
}

// The reply that shows the answer as sent, as the reply to this frame.
std::string in_reply_to(std::string_view id, std::string_view payload) {
  std::size_t at = payload.find('|');
  at = payload.find('|', at + 1);
  const std::size_t end = payload.find('|', at + 1);
  std::string reply{payload.substr(0, at + 1)};
  return reply.append(id).append(payload.substr(end));
}

// A server's side of the connection: sends calls, and hears how they are answered.
class Server {
 public:
  Server() : acceptor_(io_, tcp::endpoint{asio::ip::address_v4::loopback(), 0}), socket_(io_) {}

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  void let_in() {
    acceptor_.accept(socket_);
    socket_.set_option(tcp::no_delay{true});
  }

  // Each call answered, confirmed, ended and that answered too; so many at a time. The time of each
  // from INVITE to 200 goes to `latencies`, in microseconds.
  double run(std::uint64_t calls, std::size_t at_a_time, std::vector<double>& latencies) {
    calls_.clear();
    const Stopwatch watch;
    std::uint64_t begun = 0;
    std::uint64_t over = 0;
    while (over < calls) {
      for (; begun < calls && begun - over < at_a_time; ++begun) begin(first_ + begun);
      flush();
      read([&](std::string_view payload) { over += answered(payload, latencies) ? 1 : 0; });
    }
    first_ += calls;
    return watch.seconds();
  }

  // Reads and answers what comes before the first call: the login and the route.
  void greet() {
    for (int greeted = 0; greeted < 2;) {
      read([&](std::string_view payload) {
        send("r|response|" + token(payload, 0) +
             (greeted == 0 ? "|OK|udp/127.0.0.1:5060|v0|udp/127.0.0.1:5060" : "|OK"));
        ++greeted;
      });
      flush();
    }
  }

 private:
  struct Call {
    std::vector<std::string> payloads;
    bool ending = false;
    Stopwatch since;
  };

  void begin(std::uint64_t number) {
    auto payloads = call(number);
    const std::string transaction = token(payloads[0], 8);
    send(payloads[0]);
    calls_[transaction].payloads = std::move(payloads);
  }

  // True: a call is over by it.
  bool answered(std::string_view payload, std::vector<double>& latencies) {
    const std::string transaction = token(payload, 2);
    const auto found = calls_.find(transaction);
    if (found == calls_.end()) return false;
    const std::string id = token(payload, 0);
    Call one = std::move(found->second);
    calls_.erase(found);
    if (one.ending) {
      send(in_reply_to(id, one.payloads[5]));
      return true;
    }
    latencies.push_back(one.since.seconds() * 1e6);
    send(in_reply_to(id, one.payloads[2]));
    send(one.payloads[3]);
    send(one.payloads[4]);
    const std::string bye = token(one.payloads[4], 8);
    one.ending = true;
    calls_[bye] = std::move(one);
    return false;
  }

  void send(std::string_view payload) { out_ += wire::frame(payload); }
  void flush() {
    asio::write(socket_, asio::buffer(out_));
    out_.clear();
  }
  template <typename Take>
  void read(const Take& take) {
    frames_.push({buffer_.data(), socket_.read_some(asio::buffer(buffer_))});
    while (const auto payload = frames_.next()) take(*payload);
  }

  asio::io_context io_;
  tcp::acceptor acceptor_;
  tcp::socket socket_;
  wire::FrameReader frames_;
  std::array<char, 65536> buffer_{};
  std::string out_;
  std::unordered_map<std::string, Call> calls_;  // by the transaction that is to be answered
  std::uint64_t first_ = 0;
};

// Answers by hand: the floor.
void bare_program(std::uint16_t port) {
  asio::io_context io;
  tcp::socket socket{io};
  socket.connect({asio::ip::address_v4::loopback(), port});
  socket.set_option(tcp::no_delay{true});
  wire::FrameReader frames;
  std::array<char, 65536> buffer{};
  std::string out = wire::frame("1|authenticate|x|") + wire::frame("2|route|invite");
  std::uint64_t id = 2;
  boost::system::error_code error;
  while (!error) {
    asio::write(socket, asio::buffer(out), error);
    out.clear();
    const std::size_t count = socket.read_some(asio::buffer(buffer), error);
    frames.push({buffer.data(), count});
    while (const auto payload = frames.next()) {
      if (token(*payload, 1) != "sip") continue;
      const bool invite = payload->find("\r\nINVITE ") != std::string_view::npos;
      if (!invite && payload->find("\r\nBYE ") == std::string_view::npos) continue;
      const std::string& body = invite ? sdp : std::string{};
      out += wire::frame(
          fmt::format("{}|sip|{}|\r\nSIP/2.0 200 OK\r\nCSeq: {}\r\nContent-Length: {}\r\n\r\n{}",
                      ++id, token(*payload, 8), invite ? "1 INVITE" : "2 BYE", body.size(), body));
    }
  }
}

struct Figures {
  std::vector<double> rates;      // calls a second
  std::vector<double> latencies;  // microseconds, one call at a time
};

// `program` connects to the port, asks for INVITEs and answers them, until the connection ends.
template <typename Run>
Figures measure(const Run& program, std::uint64_t calls, int rounds) {
  Figures figures;
  auto server = std::make_unique<Server>();
  std::thread thread{[&, port = server->port()] { program(port); }};
  server->let_in();
  server->greet();
  std::vector<double> ignored;
  server->run(calls / 4 + 1, under_way, ignored);  // warms up
  for (int round = 0; round < rounds; ++round) {
    figures.rates.push_back(static_cast<double>(calls) / server->run(calls, under_way, ignored));
  }
  server->run(std::min<std::uint64_t>(calls, 2000), 1, figures.latencies);
  std::ranges::sort(figures.latencies);
  server.reset();  // hangs up
  thread.join();
  return figures;
}

void agent_program(std::uint16_t port, const std::filesystem::path& db) {
  asio::io_context io{1};
  Agent agent{io, db};
  agent.invite([](Request&, Response& res) { res.send(200, {.body = sdp}); });
  agent.on_disconnect().connect([&](const std::string&, const std::string&) { agent.stop(); });
  agent.connect({.port = port, .secret = "x"});
  io.run();
}

void print(const char* what, const Figures& figures, const Figures& bare) {
  std::vector<double> ratios;
  for (const double rate : figures.rates) ratios.push_back(rate / median(bare.rates));
  fmt::print("  {:12} {:9.0f} {:>18} {:8.0f} {:8.0f} {:8.0f}\n", what, median(figures.rates),
             spread(ratios), percentile(figures.latencies, 0.5),
             percentile(figures.latencies, 0.99), percentile(figures.latencies, 0.999));
}

}  // namespace

int agent(const LogOptions& options) {
  const Figures bare = measure(bare_program, options.calls, options.rounds);
  const Figures off =
      measure([](std::uint16_t port) { agent_program(port, {}); }, options.calls, options.rounds);
  remove_database(options.db);
  const Figures on = measure([&](std::uint16_t port) { agent_program(port, options.db); },
                             options.calls, options.rounds);
  fmt::print(
      "agent: {} calls a round, {} at a time, {} rounds; INVITE to 200 one at a time, in us\n",
      options.calls, under_way, options.rounds);
  fmt::print("  {:12} {:>9} {:>18} {:>8} {:>8} {:>8}\n", "", "calls/s", "of the bare", "p50", "p99",
             "p99.9");
  print("bare program", bare, bare);
  print("log off", off, bare);
  print("log on", on, bare);
  return 0;
}

}  // namespace drachtio::bench
