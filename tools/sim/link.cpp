#include "sim/link.hpp"

#include "wire/compose.hpp"
#include "wire/protocol_error.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

namespace drachtio::sim {

namespace asio = boost::asio;
using boost::system::error_code;

void Link::read() {
  socket_.async_read_some(asio::buffer(buffer_),
                          [self = shared_from_this()](const error_code& error, std::size_t count) {
                            if (error) return self->over();
                            self->frames_.push({self->buffer_.data(), count});
                            try {
                              while (const auto payload = self->frames_.next()) {
                                if (self->closed_) return;
                                // As a drachtio-server 0.9.10: its buffer is full, and for good.
                                if (payload->size() > wire::largest_payload) return;
                                self->handlers_.frame(*self, *payload);
                              }
                            } catch (const wire::ProtocolError&) {
                              return self->over();
                            }
                            if (!self->closed_) self->read();
                          });
}

void Link::send(std::string_view payload) {
  if (closed_) return;
  unsent_ += wire::frame(payload);
  if (writing_.empty()) write();
}

void Link::write() {
  if (unsent_.empty()) {
    if (closing_) close();
    return;
  }
  const std::size_t count = piece_ == 0 ? unsent_.size() : std::min(piece_, unsent_.size());
  writing_ = unsent_.substr(0, count);
  unsent_.erase(0, count);
  asio::async_write(socket_, asio::buffer(writing_),
                    [self = shared_from_this()](const error_code& error, std::size_t) {
                      self->writing_.clear();
                      if (error) return self->over();
                      self->write();
                    });
}

void Link::close_soon() {
  closing_ = true;
  if (writing_.empty()) write();
}

void Link::close() {
  closed_ = true;
  error_code ignored;
  socket_.close(ignored);
}

void Link::over() {
  if (closed_) return;
  close();
  handlers_.closed(*this);
}

}  // namespace drachtio::sim
