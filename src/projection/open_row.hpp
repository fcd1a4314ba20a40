// An OpenRow holds the values of an open leg's row in `open_dialog`. A batch keeps no more of a leg
// of which nothing else has changed: a dialog::Dialog is several times as large, because of its
// SDP.
#pragma once

#include "dialog/dialog.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace drachtio::projection {

struct OpenRow {
  struct Side {
    std::optional<std::string> tag;
    std::int64_t sdp_position = 0;  // 0: none
    std::optional<std::string> user;
    std::optional<std::string> signaling_address;
    std::optional<std::uint16_t> signaling_port;
  };

  std::int64_t id = 0;
  State state = State::pending;
  std::optional<Instant> connect_time;
  std::optional<int> status;
  Side local;
  Side remote;
  Hold hold = Hold::none;
  std::string session;
  std::int64_t version = 0;
  std::int64_t last_position = 0;
  Instant last_heard;
  std::string tracking;  // tracking_json
};

// Returns the row of an open leg as the leg stands.
OpenRow open_row(const dialog::Dialog& leg);

}  // namespace drachtio::projection
