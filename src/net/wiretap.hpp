// A Wiretap cuts what a relay carries on one connection into the frames that are worth recording.
//
// Promises: a login, and with it the secret, gets past it in no way: neither as a frame nor as an
// excerpt in a warning, also where the two sides have been mistaken for each other.
#pragma once

#include "record/frame.hpp"
#include "wire/frame_reader.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace drachtio::net {

// Not thread-safe: one a connection.
class Wiretap {
 public:
  struct Listener {
    // To be recorded, in this order: every frame of the server's; of the program's only the first
    // line of each `proxy`, as everything else comes back from the server. Those that one read has
    // brought come together, and may be moved from.
    std::function<void(std::span<record::Frame>)> frames;
    // Something is missing since `since`; `why` is fit to be shown. Where it is all that follows,
    // this is told once when it begins and once more when that side has ended.
    std::function<void(const std::string& why, Instant since)> missed;
  };

  // `server` and `connection` go into the frames as they are.
  Wiretap(std::string server, std::uint64_t connection, Listener listener)
      : server_(std::move(server)), connection_(connection), listener_(std::move(listener)) {}

  // Bytes in the order they were read. After bytes that are no frames, that side is not listened
  // to any more: its frames cannot be found again, and what they were is missing until it ends.
  void bytes(wire::Sender from, std::string_view bytes, Instant read_at);

  // No more bytes come from this side. Calls after the first are without effect.
  void ended(wire::Sender from);

 private:
  struct Way {
    wire::FrameReader frames;
    Instant last_read_at;
    std::optional<Instant> lost_since;  // not listened to since, though there is more
    bool over = false;                  // nothing more is to be heard of it
  };

  Way& way(wire::Sender from) { return from == wire::Sender::server ? server_way_ : program_; }

  void read(wire::Sender from, std::string_view bytes, Instant read_at);
  void server_frame(std::string_view payload, Instant read_at);
  void program_frame(std::string_view payload, Instant read_at);
  void lose(wire::Sender from, const std::string& why, Instant since);
  void tell(const std::string& why, Instant since);
  void hand_over();

  std::string server_;
  std::uint64_t connection_;
  Listener listener_;
  Way program_;
  Way server_way_;
  bool server_known_ = false;         // it has spoken as only a server does
  std::vector<record::Frame> found_;  // not handed over yet
};

}  // namespace drachtio::net
