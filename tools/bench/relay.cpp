// What the tap puts between a program and its server: round trips and throughput through the relay
// with a wiretap behind it, against a bare byte relay and against no relay at all.
#include "net/relay.hpp"

#include "benches.hpp"
#include "measure.hpp"
#include "net/wiretap.hpp"
#include "record/writer.hpp"
#include "recorded_log.hpp"
#include "traffic.hpp"
#include "wire/frame_reader.hpp"

#include <boost/asio.hpp>
#include <fmt/core.h>

#include <map>
#include <thread>

namespace drachtio::bench {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

const tcp::endpoint any_local{asio::ip::address_v4::loopback(), 0};

// The server's side: for each byte it is sent it answers with one frame; or it sends all it has.
class BulkServer {
 public:
  explicit BulkServer(std::string bulk) : bulk_(std::move(bulk)), acceptor_(io_, any_local) {
    port_ = acceptor_.local_endpoint().port();
    thread_ = std::thread{[this] { serve(); }};
  }
  ~BulkServer() {
    done_ = true;
    {  // wakes accept(): a connection that says nothing, and ends
      tcp::socket last{io_};
      boost::system::error_code ignored;
      last.connect({any_local.address(), port_}, ignored);
    }
    thread_.join();
  }
  BulkServer(const BulkServer&) = delete;
  BulkServer& operator=(const BulkServer&) = delete;
  BulkServer(BulkServer&&) = delete;
  BulkServer& operator=(BulkServer&&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  void serve() {
    while (!done_) {
      tcp::socket socket = acceptor_.accept();
      socket.set_option(tcp::no_delay{true});
      boost::system::error_code error;
      char byte = 0;
      std::uint64_t number = 0;
      while (asio::read(socket, asio::buffer(&byte, 1), error) == 1) {
        if (byte == 'b') {
          asio::write(socket, asio::buffer(bulk_), error);
        } else {
          asio::write(socket, asio::buffer(wire::frame(call(number++, 1).front())), error);
        }
      }
    }
  }

  std::string bulk_;
  asio::io_context io_;
  tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

// The least a relay can do: read, write.
class BareRelay {
 public:
  explicit BareRelay(std::uint16_t server) : server_(server), acceptor_(io_, any_local) {
    port_ = acceptor_.local_endpoint().port();
    accept();
    thread_ = std::thread{[this] { io_.run(); }};
  }
  ~BareRelay() {
    io_.stop();
    thread_.join();
  }
  BareRelay(const BareRelay&) = delete;
  BareRelay& operator=(const BareRelay&) = delete;
  BareRelay(BareRelay&&) = delete;
  BareRelay& operator=(BareRelay&&) = delete;
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  struct Pipe {
    std::shared_ptr<tcp::socket> from, to;
    std::array<char, 65536> buffer{};
  };
  void accept() {
    acceptor_.async_accept([this](boost::system::error_code error, tcp::socket socket) {
      if (error) return;
      auto program = std::make_shared<tcp::socket>(std::move(socket));
      auto server = std::make_shared<tcp::socket>(io_);
      server->connect({any_local.address(), server_});
      program->set_option(tcp::no_delay{true});
      server->set_option(tcp::no_delay{true});
      copy(std::make_shared<Pipe>(Pipe{program, server, {}}));
      copy(std::make_shared<Pipe>(Pipe{server, program, {}}));
      accept();
    });
  }
  static void copy(const std::shared_ptr<Pipe>& pipe) {
    pipe->from->async_read_some(
        asio::buffer(pipe->buffer), [pipe](boost::system::error_code error, std::size_t length) {
          if (error) {
            pipe->to->shutdown(tcp::socket::shutdown_send, error);
            return;
          }
          asio::async_write(*pipe->to, asio::buffer(pipe->buffer.data(), length),
                            [pipe](boost::system::error_code failed, std::size_t) {
                              if (!failed) copy(pipe);
                            });
        });
  }

  std::uint16_t server_;
  asio::io_context io_;
  tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

// As `dialog-recorder tap` puts it together.
class Tap {
 public:
  Tap(std::uint16_t server, const std::filesystem::path& db) : writer_(db, {}) {
    net::RelayOptions options;
    options.listen = {"127.0.0.1", 0};
    options.dial = {"127.0.0.1", server};
    net::RelayListener listener;
    listener.opened = [this](std::uint64_t connection, const net::Address&) {
      taps_.try_emplace(connection, server_name, connection,
                        net::Wiretap::Listener{[this](std::span<record::Frame> frames) {
                                                 posted_ += frames.size();
                                                 writer_.frames(frames);
                                               },
                                               [](const std::string&, Instant) {}});
    };
    listener.bytes = [this](std::uint64_t connection, net::Side from, std::string_view bytes,
                            Instant read_at) {
      taps_.at(connection)
          .bytes(from == net::Side::server ? wire::Sender::server : wire::Sender::client, bytes,
                 read_at);
    };
    listener.ended = [](std::uint64_t, net::Side) {};
    listener.given_up = [](std::uint64_t, std::size_t, Instant) {};
    listener.closed = [this](std::uint64_t connection) { taps_.erase(connection); };
    listener.refused = [](bool, const std::string&) {};
    relay_ = std::make_unique<net::Relay>(io_, options, listener);
    port_ = relay_->listening().port;
    thread_ = std::thread{[this] { io_.run(); }};
  }
  ~Tap() {
    asio::post(io_, [this] { relay_->stop(); });
    thread_.join();
  }
  Tap(const Tap&) = delete;
  Tap& operator=(const Tap&) = delete;
  Tap(Tap&&) = delete;
  Tap& operator=(Tap&&) = delete;
  [[nodiscard]] std::uint16_t port() const { return port_; }

  // The next measurement would share the cores with the recorder otherwise.
  void wait_until_all_is_recorded() const {
    while (writer_.statistics().frames < posted_) {
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
  }

 private:
  record::Writer writer_;
  std::atomic<std::uint64_t> posted_ = 0;
  asio::io_context io_;
  std::map<std::uint64_t, net::Wiretap> taps_;
  std::unique_ptr<net::Relay> relay_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

tcp::socket connect(asio::io_context& io, std::uint16_t port) {
  tcp::socket socket{io};
  socket.connect({any_local.address(), port});
  socket.set_option(tcp::no_delay{true});
  return socket;
}

std::vector<double> round_trips(std::uint16_t port, std::size_t count) {
  asio::io_context io;
  tcp::socket socket = connect(io, port);
  std::vector<double> values;
  std::array<char, 4096> buffer{};
  for (std::size_t i = 0; i < count + 50; ++i) {
    const Stopwatch watch;
    asio::write(socket, asio::buffer("r", 1));
    wire::FrameReader reader;
    do {
      reader.push({buffer.data(), socket.read_some(asio::buffer(buffer))});
    } while (!reader.next());
    if (i >= 50) values.push_back(watch.seconds() * 1e6);
  }
  std::ranges::sort(values);
  return values;
}

double megabytes_a_second(std::uint16_t port, std::size_t bytes) {
  asio::io_context io;
  tcp::socket socket = connect(io, port);
  std::vector<char> buffer(bytes);
  const Stopwatch watch;
  asio::write(socket, asio::buffer("b", 1));
  asio::read(socket, asio::buffer(buffer));
  return static_cast<double>(bytes) / 1e6 / watch.seconds();
}

}  // namespace

int relay(const LogOptions& options) {
  remove_database(options.db);
  const std::string bulk = stream(options.calls);
  BulkServer server{bulk};
  BareRelay bare{server.port()};
  Tap tap{server.port(), options.db};
  constexpr std::size_t trips = 3000;

  const auto direct_trips = round_trips(server.port(), trips);
  const auto bare_trips = round_trips(bare.port(), trips);
  const auto tap_trips = round_trips(tap.port(), trips);
  tap.wait_until_all_is_recorded();
  std::vector<double> bare_rates, tap_rates, ratios;
  for (int round = -1; round < options.rounds; ++round) {
    const double through_bare = megabytes_a_second(bare.port(), bulk.size());
    const double through_tap = megabytes_a_second(tap.port(), bulk.size());
    tap.wait_until_all_is_recorded();
    if (round < 0) continue;
    bare_rates.push_back(through_bare);
    tap_rates.push_back(through_tap);
    ratios.push_back(through_tap / through_bare);
  }
  const auto line = [&](const char* what, const std::vector<double>& values) {
    fmt::print("  {:22} {:8.0f} {:8.0f} {:8.0f}\n", what, percentile(values, 0.5),
               percentile(values, 0.99), percentile(values, 0.999));
  };
  fmt::print("relay: us a round trip             p50      p99    p99.9\n");
  line("no relay", direct_trips);
  line("bare relay", bare_trips);
  line("tap, recording", tap_trips);
  fmt::print("  tap adds {:.0f} us (p50), the bare relay {:.0f}\n",
             percentile(tap_trips, 0.5) - percentile(direct_trips, 0.5),
             percentile(bare_trips, 0.5) - percentile(direct_trips, 0.5));
  fmt::print("  throughput, of the bare relay   {}\n", spread(ratios));
  fmt::print("  MB/s: bare {}, tap {}\n", spread(bare_rates, 0), spread(tap_rates, 0));
  return 0;
}

}  // namespace drachtio::bench
