#include "replay/hep_sender.hpp"

#include "console/interrupt.hpp"
#include "report/hep.hpp"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

namespace drachtio::replay {

namespace {

constexpr std::uint32_t capture_id =
    9022;  // drachtio's port: a Homer shows it as the sender's name

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

}  // namespace

HepSender::HepSender(const net::Address& homer, std::size_t rate)
    : interval_(std::chrono::duration_cast<Clock::duration>(std::chrono::seconds{1}) /
                static_cast<Clock::rep>(rate)),
      next_(Clock::now()),
      homer_(net::to_string(homer)) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_DGRAM;
  addrinfo* list = nullptr;
  const int status =
      ::getaddrinfo(homer.host.c_str(), std::to_string(homer.port).c_str(), &wanted, &list);
  if (status != 0) {
    throw OutputError{"cannot find " + homer_ + ": " + ::gai_strerror(status)};
  }
  const std::unique_ptr<addrinfo, FreeAddresses> addresses{list};
  for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
    socket_ = ::socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, one->ai_protocol);
    if (socket_ < 0) continue;
    // Connected, so that the next packet fails where nobody listens.
    if (::connect(socket_, one->ai_addr, one->ai_addrlen) == 0) return;
    ::close(std::exchange(socket_, -1));
  }
  fail(errno);
}

void HepSender::fail(int error) const {
  throw OutputError{"cannot send to " + homer_ + ": " + std::generic_category().message(error)};
}

HepSender::~HepSender() {
  if (socket_ >= 0) ::close(socket_);
}

void HepSender::send(const report::Packet& packet) {
  const auto bytes = report::hep_packet(packet, capture_id);
  if (!bytes) {
    ++too_large_;
    return;
  }
  std::this_thread::sleep_until(next_);
  if (tools::interrupted()) throw tools::Interrupted{};
  // After a pause it does not catch up.
  next_ = std::max(next_ + interval_, Clock::now());
  if (::send(socket_, bytes->data(), bytes->size(), 0) < 0) fail(errno);
  ++sent_;
}

void HepSender::finish() {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error != 0) fail(error);
}

}  // namespace drachtio::replay
