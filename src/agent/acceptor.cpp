#include "agent/acceptor.hpp"

#include <cstdio>
#include <stdexcept>

namespace drachtio::agent {

using boost::asio::ip::tcp;
using boost::system::error_code;

Acceptor::Acceptor(boost::asio::io_context& io, const ListenOptions& options, Accepted accepted)
    : accepted_(std::move(accepted)), socket_(io), pause_(io) {
  if (options.certificate) {
    tls_ =
        net::TlsContext::server(*options.certificate, options.key.value_or(*options.certificate));
  }
  try {
    tcp::resolver resolver{io};
    const tcp::endpoint endpoint =
        resolver
            .resolve(options.host, std::to_string(options.port),
                     tcp::resolver::passive | tcp::resolver::numeric_service)
            .begin()
            ->endpoint();
    socket_.open(endpoint.protocol());
    socket_.set_option(tcp::acceptor::reuse_address{true});
    socket_.bind(endpoint);
    socket_.listen();
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error{"cannot listen on " +
                             net::to_string(net::Address{options.host, options.port}) + ": " +
                             error.code().message()};
  }
}

void Acceptor::accept() {
  socket_.async_accept([self = shared_from_this()](const error_code& error, tcp::socket peer) {
    if (self->stopped_) return;
    if (error) return self->accept_later();
    try {
      self->accepted_(std::make_unique<net::Stream>(std::move(peer), self->tls_));
    } catch (const std::runtime_error& failure) {
      std::fprintf(stderr, "drachtio-dialog: a connection could not be taken: %s\n",
                   failure.what());
    }
    self->accept();
  });
}

void Acceptor::stop() {
  stopped_ = true;
  error_code ignored;
  socket_.close(ignored);
  pause_.cancel();
}

// The system may have no socket left at the moment.
void Acceptor::accept_later() {
  pause_.expires_after(std::chrono::milliseconds{100});
  pause_.async_wait([self = shared_from_this()](const error_code&) {
    if (!self->stopped_) self->accept();
  });
}

}  // namespace drachtio::agent
