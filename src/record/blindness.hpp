// When the recorder was last blind, server by server: what may have been missed then must not be
// said not to have happened.
#pragma once

#include <drachtio/event.hpp>

#include <map>
#include <optional>
#include <string>

namespace drachtio::record {

class Blindness {
 public:
  // An event that is logged: a link that went down or came up, a gap. Others say nothing.
  void hear(const Event& event);

  // Returns since when the recorder was blind to the server, where that was so at any time after
  // `instant`; the latest time, if it was so several times. Times are by our clock.
  [[nodiscard]] std::optional<Instant> since(const std::string& server, Instant instant) const;

 private:
  struct Span {
    Instant began;
    std::optional<Instant> ended;  // nothing while it lasts
  };

  std::map<std::string, Span> latest_;  // by server
};

}  // namespace drachtio::record
