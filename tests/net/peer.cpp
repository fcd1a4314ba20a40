#include "peer.hpp"

#include "wire/frame_reader.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace drachtio::test {

namespace {

constexpr std::chrono::milliseconds patience{20'000};

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error{what + ": " + std::strerror(errno)};
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

bool ready(int socket, short what, std::chrono::milliseconds time) {
  pollfd poll{socket, what, 0};
  return ::poll(&poll, 1, static_cast<int>(time.count())) > 0;
}

void wait_for(int socket, short what) {
  if (!ready(socket, what, patience)) throw std::runtime_error{"nothing happened in time"};
}

}  // namespace

Peer::Peer(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const sockaddr_in address = loopback(port);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    fail("connect");
  }
}

Peer::~Peer() { close(); }

void Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    wait_for(socket_, POLLOUT);
    const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno != EAGAIN) fail("send");
    if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::size_t Peer::send_until_stalled(std::string_view bytes, std::chrono::milliseconds pause) {
  std::size_t sent = 0;
  while (sent < bytes.size() && ready(socket_, POLLOUT, pause)) {
    const ssize_t count =
        ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno != EAGAIN) fail("send");
    if (count > 0) sent += static_cast<std::size_t>(count);
  }
  return sent;
}

std::string Peer::read(std::size_t most) {
  wait_for(socket_, POLLIN);
  std::string bytes(most, '\0');
  const ssize_t count = ::recv(socket_, bytes.data(), bytes.size(), 0);
  if (count < 0) fail("recv");
  bytes.resize(static_cast<std::size_t>(count));
  return bytes;
}

std::string Peer::read_exactly(std::size_t count) {
  std::string bytes;
  while (bytes.size() < count) {
    const std::string more = read(std::min<std::size_t>(count - bytes.size(), 65536));
    if (more.empty()) throw std::runtime_error{"the connection ended early"};
    bytes += more;
  }
  return bytes;
}

std::string Peer::read_to_end() {
  std::string bytes;
  for (;;) {
    const std::string more = read();
    if (more.empty()) return bytes;
    bytes += more;
  }
}

bool Peer::is_closed() {
  try {
    read_to_end();
    return true;
  } catch (const std::runtime_error&) {
    return errno == ECONNRESET || errno == EPIPE;
  }
}

bool Peer::has_something(std::chrono::milliseconds within) {
  return ready(socket_, POLLIN, within);
}

void Peer::finish_writing() { ::shutdown(socket_, SHUT_WR); }

void Peer::close() {
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

void Peer::reset() {
  const linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

std::string Peer::read_frame() {
  std::string digits;
  for (std::string c; (c = read_exactly(1)) != "#";) digits += c;
  return read_exactly(std::stoul(digits));
}

void Peer::send_frame(std::string_view payload) { send(wire::frame(payload)); }

Door::Door(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = loopback(port);
  const int reuse = 1;
  ::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
  socklen_t length = sizeof address;
  if (::bind(socket_, reinterpret_cast<const sockaddr*>(&address), length) != 0 ||
      ::listen(socket_, 16) != 0 ||
      ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    fail("listen");
  }
  port_ = ntohs(address.sin_port);
}

Door::~Door() { ::close(socket_); }

Peer Door::accept() {
  auto peer = accept_within(patience);
  if (!peer) throw std::runtime_error{"nobody connected in time"};
  return std::move(*peer);
}

std::optional<Peer> Door::accept_within(std::chrono::milliseconds time) {
  if (!ready(socket_, POLLIN, time)) return std::nullopt;
  const int socket = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
  if (socket < 0) fail("accept");
  return Peer::adopt(socket);
}

}  // namespace drachtio::test
