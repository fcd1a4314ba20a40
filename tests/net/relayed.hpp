// A relay on a loop of its own, and what its listener is told.
#pragma once

#include "loop.hpp"
#include "net/relay.hpp"
#include "peer.hpp"

#include <map>
#include <memory>
#include <mutex>

namespace drachtio::test {

class Relayed {
 public:
  // `options.dial` is where the other side is.
  explicit Relayed(net::RelayOptions options) {
    options.listen = {"127.0.0.1", 0};
    const auto name = [](net::Side side) {
      return std::string{side == net::Side::server ? "server" : "program"};
    };
    net::RelayListener listener{
        .opened = [this](auto n, const auto&) { told.say("opened " + std::to_string(n)); },
        .bytes =
            [this](auto n, net::Side from, std::string_view bytes, Instant) {
              const std::lock_guard lock{mutex_};
              heard_[{n, from}] += bytes;
            },
        .ended = [this, name](
                     auto n,
                     net::Side from) { told.say("ended " + std::to_string(n) + ' ' + name(from)); },
        .given_up =
            [this](auto n, std::size_t held, Instant) {
              told.say("given up " + std::to_string(n) + ' ' + std::to_string(held));
            },
        .closed = [this](auto n) { told.say("closed " + std::to_string(n)); },
        .refused =
            [this](bool dialled, const std::string& why) {
              told.say((dialled ? "refused " : "not let in ") + why);
            }};
    loop_.on([&] { relay_ = std::make_unique<net::Relay>(loop_.io(), options, listener); });
    port_ = relay_->listening().port;
  }
  ~Relayed() {
    loop_.on([this] { relay_.reset(); });
  }
  Relayed(const Relayed&) = delete;
  Relayed& operator=(const Relayed&) = delete;
  Relayed(Relayed&&) = delete;
  Relayed& operator=(Relayed&&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  void stop() {
    loop_.on([this] { relay_->stop(); });
  }
  // What the listener was shown of one side of a connection.
  std::string heard(std::uint64_t connection, net::Side from) {
    const std::lock_guard lock{mutex_};
    return heard_[{connection, from}];
  }
  bool wait_for(const std::string& line) {
    return told.wait([&](const auto& lines) {
      for (const auto& each : lines) {
        if (each == line) return true;
      }
      return false;
    });
  }

  Told told;

 private:
  std::mutex mutex_;
  std::map<std::pair<std::uint64_t, net::Side>, std::string> heard_;
  Loop loop_;
  std::unique_ptr<net::Relay> relay_;
  std::uint16_t port_ = 0;
};

// `size` bytes that tell where they are from; the same for the same seed.
std::string noise(std::size_t size, std::uint32_t seed);

// Sends all of it in pieces of random sizes.
void send_in_pieces(Peer& peer, std::string_view bytes, std::uint32_t seed);

}  // namespace drachtio::test
