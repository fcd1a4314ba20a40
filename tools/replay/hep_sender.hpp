// A HepSender sends packets to a Homer as HEP, no faster than it is asked to.
#pragma once

#include "net/address.hpp"
#include "replay/output_file.hpp"
#include "report/packet.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace drachtio::replay {

// Over UDP, as Homer expects it. Throws OutputError, and tools::Interrupted once that is noted.
class HepSender {
 public:
  // `rate` is in packets a second.
  HepSender(const net::Address& homer, std::size_t rate);
  ~HepSender();
  HepSender(const HepSender&) = delete;
  HepSender& operator=(const HepSender&) = delete;
  HepSender(HepSender&&) = delete;
  HepSender& operator=(HepSender&&) = delete;

  // Returns once the packet is sent, which may be later, so as to keep to the rate.
  void send(const report::Packet& packet);

  // To be called at the end: looks whether the last packet came back.
  void finish();

  [[nodiscard]] std::size_t sent() const { return sent_; }
  [[nodiscard]] std::size_t too_large() const { return too_large_; }  // for a datagram: not sent

 private:
  using Clock = std::chrono::steady_clock;

  [[noreturn]] void fail(int error) const;

  int socket_ = -1;
  Clock::duration interval_;
  Clock::time_point next_;
  std::size_t sent_ = 0;
  std::size_t too_large_ = 0;
  std::string homer_;
};

}  // namespace drachtio::replay
