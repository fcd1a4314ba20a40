// The far ends of connections under test: plain sockets on 127.0.0.1, used by the test's own
// thread. Whatever does not happen within 20 s is a failure, thrown as std::runtime_error.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace drachtio::test {

class Peer {
 public:
  // A connection to a port of 127.0.0.1.
  explicit Peer(std::uint16_t port);
  static Peer adopt(int socket) { return Peer{Adopted{socket}}; }
  ~Peer();
  Peer(Peer&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  Peer& operator=(Peer&& other) noexcept {
    std::swap(socket_, other.socket_);
    return *this;
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  void send(std::string_view bytes);
  // As many as can be sent before the far end takes no more for `pause`.
  std::size_t send_until_stalled(std::string_view bytes, std::chrono::milliseconds pause);
  // At least one byte, or nothing at the end.
  std::string read(std::size_t most = 65536);
  std::string read_exactly(std::size_t count);
  std::string read_to_end();
  // True if the connection was broken off or ended: reads what comes until then.
  bool is_closed();
  // Whether there is something to read, be it the end.
  bool has_something(std::chrono::milliseconds within);

  void finish_writing();
  void close();
  // Closes without the usual courtesy: the far end gets a reset.
  void reset();

  // As drachtio: one frame.
  std::string read_frame();
  void send_frame(std::string_view payload);

 private:
  struct Adopted {
    int socket;
  };
  explicit Peer(Adopted adopted) : socket_(adopted.socket) {}

  int socket_ = -1;
};

// Someone who can be connected to.
class Door {
 public:
  explicit Door(std::uint16_t port = 0);  // 0: any free one
  ~Door();
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;
  Door(Door&&) = delete;
  Door& operator=(Door&&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  Peer accept();
  std::optional<Peer> accept_within(std::chrono::milliseconds time);

 private:
  int socket_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace drachtio::test
