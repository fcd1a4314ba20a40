// What is known of one SIP dialog: the properties of drachtio-dialog's SipDialog, as a value.
//
// A DialogState is only ever changed by dialog::apply, one event at a time, so the same events
// always give the same state. It is a plain value: copy it, compare it, hand it to any thread.
#pragma once

#include <drachtio/export.hpp>
#include <drachtio/instant.hpp>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drachtio {

// Which side the program (or the server in its name) plays: it called (uac) or was called (uas).
enum class Role : std::uint8_t { uac, uas };

// RFC 3261 section 12, as drachtio-dialog names it: `pending` until the first PRACK (`early`) or
// the ACK of the 2xx (`stable`); `terminated` is final but for a retried INVITE (RFC 3261 22.2).
enum class State : std::uint8_t { pending, early, stable, terminated };

// Which sides hold the call (RFC 3264 section 8.4): the side whose offer stopped the media.
enum class Hold : std::uint8_t { none, local, remote, both };

// Why a dialog ended.
enum class Cause : std::uint8_t {
  far_end_release,   // BYE received
  near_end_release,  // BYE sent by the program
  ack_timeout,       // the server hung up: no ACK came for our 2xx
  session_expired,   // the server hung up: RFC 4028 session timer
  server_release,    // the server hung up for a reason of its own
  rejected,          // a final answer of 300 or more
  cancelled,         // CANCEL, or 487
  challenged,        // 401 or 407: usually followed by a retry in the same dialog
  proxied,           // the program handed the call on with `proxy`
  lost,              // nothing was heard of it for too long, or the server no longer knows it
};

struct Party {
  std::optional<std::string> user;
  std::optional<std::string> display;
  std::optional<std::string> privacy;  // Privacy header, else Remote-Party-ID's parameter
  bool operator==(const Party&) const = default;
};

struct Times {
  std::optional<Instant> start_time;    // the first INVITE
  std::optional<Instant> connect_time;  // the 2xx
  std::optional<Instant> end_time;
  bool operator==(const Times&) const = default;
};

struct Endpoint {
  std::optional<std::string> tag;
  std::optional<std::string> sdp;
  std::optional<std::string> content_type;
  std::int64_t sdp_position = 0;  // of the event that carried the SDP; 0 where there is none
  std::optional<std::string> user;
  std::optional<std::string> signaling_address;
  std::optional<std::uint16_t> signaling_port;
  bool operator==(const Endpoint&) const = default;
};

// A session description with the Content-Type it came under.
struct Sdp {
  std::string text;
  std::optional<std::string> content_type;
  std::int64_t position = 0;  // of the event that carried it, where a DialogState keeps it
  bool operator==(const Sdp&) const = default;
};

// One leg of a call: an INVITE transaction and all that grows out of it.
struct DialogState {
  // `number` is the position of the event that opened it. Several legs may share a dialog_id: the
  // branches of a forked INVITE, and calls whose ids were used again.
  std::int64_t number = 0;
  std::string server;
  std::string dialog_id;  // <Call-ID>;from-tag=<From tag of the request that created it>
  std::string call_id;
  Role role = Role::uas;

  State state = State::pending;
  Party calling_party;
  Party called_party;
  Times times;
  Endpoint local;
  Endpoint remote;
  bool held_locally = false;
  bool held_remotely = false;
  std::optional<int> status;  // final status of the INVITE
  std::optional<Cause> cause;
  std::optional<std::string> reason;
  std::optional<int> q850_cause;  // of the message that ended it (RFC 3326), as ITU-T Q.850 has it
  std::string session = "{}";     // a JSON object, as text

  std::int64_t version = 0;               // of the latest event applied
  std::int64_t last_position = 0;         // of the latest event applied
  std::optional<std::int64_t> closed_at;  // position of the event that ended it
  Instant last_heard;                     // occurred_at of the latest event, up to its end

  bool inferred = false;    // answered, though the 2xx was never seen: learnt after a restart
  bool was_early = false;   // an early dialog existed, whatever came of it
  bool late_offer = false;  // the INVITE carried no SDP: its answer offers, ACK or PRACK answers
  bool completed_elsewhere = false;  // cancelled, as another device has answered (RFC 3326)
  bool answered_by_proxy = false;    // a cdr:start said so: the program only handed the call on

  [[nodiscard]] Hold hold() const {
    if (held_locally) return held_remotely ? Hold::both : Hold::local;
    return held_remotely ? Hold::remote : Hold::none;
  }
  bool operator==(const DialogState&) const = default;
};

// The names used in JSON, SQL and on the command line ("far-end-release").
DRACHTIO_EXPORT std::string_view to_string(Role role);
DRACHTIO_EXPORT std::string_view to_string(State state);
DRACHTIO_EXPORT std::string_view to_string(Hold hold);
DRACHTIO_EXPORT std::string_view to_string(Cause cause);
DRACHTIO_EXPORT std::ostream& operator<<(std::ostream& out, Role role);
DRACHTIO_EXPORT std::ostream& operator<<(std::ostream& out, State state);
DRACHTIO_EXPORT std::ostream& operator<<(std::ostream& out, Hold hold);
DRACHTIO_EXPORT std::ostream& operator<<(std::ostream& out, Cause cause);

}  // namespace drachtio
