#include "net/relay.hpp"

#include "net/relay_connection.hpp"

#include <boost/asio/io_context.hpp>

#include <map>
#include <stdexcept>

namespace drachtio::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// How long to let be where the system has no socket left for another connection.
constexpr std::chrono::milliseconds breath{100};

}  // namespace

class Relay::Acceptor : public std::enable_shared_from_this<Acceptor> {
 public:
  Acceptor(asio::io_context& io, RelayOptions options, RelayListener listener)
      : options_(std::move(options)), listener_(std::move(listener)), socket_(io), pause_(io) {
    try {
      listen(io);
    } catch (const boost::system::system_error& error) {
      throw std::runtime_error{"cannot listen on " + to_string(options_.listen) + ": " +
                               error.code().message()};
    }
  }

  void accept() {
    socket_.async_accept([self = shared_from_this()](const error_code& error, tcp::socket peer) {
      if (self->stopped_) return;
      if (error) return self->accept_later(error);
      self->open(std::move(peer));
      self->accept();
    });
  }

  void stop() {
    if (stopped_) return;
    stopped_ = true;
    error_code ignored;
    socket_.close(ignored);
    pause_.cancel();
    for (const auto& [number, connection] : connections_) connection->close();
    connections_.clear();
  }

  [[nodiscard]] const Address& listening() const { return listening_; }
  [[nodiscard]] std::size_t connections() const { return connections_.size(); }

 private:
  void listen(asio::io_context& io) {
    tcp::resolver resolver{io};
    const Address& at = options_.listen;
    const auto found = resolver.resolve(at.host, std::to_string(at.port),
                                        tcp::resolver::passive | tcp::resolver::numeric_service);
    const tcp::endpoint endpoint = found.begin()->endpoint();
    socket_.open(endpoint.protocol());
    socket_.set_option(tcp::acceptor::reuse_address{true});
    socket_.bind(endpoint);
    socket_.listen();
    listening_ = Address{endpoint.address().to_string(), socket_.local_endpoint().port()};
  }

  void accept_later(const error_code& error) {
    if (listener_.refused) listener_.refused(false, "cannot accept: " + error.message());
    pause_.expires_after(breath);
    pause_.async_wait([self = shared_from_this()](const error_code&) {
      if (!self->stopped_) self->accept();
    });
  }

  void open(tcp::socket peer) {
    const std::uint64_t number = ++last_number_;
    std::unique_ptr<Stream> stream;
    try {
      stream = std::make_unique<Stream>(std::move(peer), options_.accept_tls);
    } catch (const std::runtime_error& error) {
      if (listener_.refused) listener_.refused(false, error.what());
      return;
    }
    const auto connection = std::make_shared<RelayConnection>(number, std::move(stream), options_,
                                                              listener_, socket_.get_executor());
    connections_.emplace(number, connection);
    // Holds the acceptor, whose options and listener the connection refers to.
    connection->start([self = shared_from_this(), number] { self->connections_.erase(number); });
  }

  RelayOptions options_;
  RelayListener listener_;
  tcp::acceptor socket_;
  asio::steady_timer pause_;
  Address listening_;
  bool stopped_ = false;
  std::uint64_t last_number_ = 0;
  std::map<std::uint64_t, std::shared_ptr<RelayConnection>> connections_;
};

Relay::Relay(asio::io_context& io, RelayOptions options, RelayListener listener)
    : acceptor_(std::make_shared<Acceptor>(io, std::move(options), std::move(listener))) {
  acceptor_->accept();
}

Relay::~Relay() { stop(); }

const Address& Relay::listening() const { return acceptor_->listening(); }

std::size_t Relay::connections() const { return acceptor_->connections(); }

void Relay::stop() { acceptor_->stop(); }

}  // namespace drachtio::net
