// One thing that happened to a dialog (or to the recording itself): what is logged, for ever.
//
// An Event carries all that `apply` needs, so a dialog is rebuilt from its events without parsing
// any SIP. Most events are one SIP message; the type says what it meant. A plain value.
#pragma once

#include <drachtio/dialog_state.hpp>
#include <drachtio/export.hpp>
#include <drachtio/instant.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace drachtio {

enum class EventType : std::uint8_t {
  genesis,       // position 0: the log's own birth
  invited,       // initial INVITE, or its retry with a higher CSeq
  progressed,    // 101-199 to it
  early,         // first PRACK
  challenged,    // 401 or 407 to it
  answered,      // 2xx to it
  confirmed,     // the ACK for that
  rejected,      // any other final answer to it
  cancelled,     // CANCEL received before a final answer
  proxied,       // the program handed the call on
  offered,       // INVITE or UPDATE in the dialog
  modified,      // 2xx to that
  acknowledged,  // ACK for a re-INVITE, or a late one
  requested,     // any other request in the dialog
  responded,     // any other response in the dialog
  terminated,    // the first BYE
  session_set,   // the program changed the session: an RFC 7396 patch
  session_joined,
  resumed,  // still there after a restart of the program
  lost,     // no longer there, or not heard of for too long
  link_up,
  link_down,
  link_refused,
  gap,               // something was, or may have been, missed
  unreadable,        // a message that could not be parsed; kept as evidence
  evidence_dropped,  // retention
  alive,             // a minute has passed in which nothing else was logged
};

// Whence: `in` from the network to the program, `out` from the program (or the server in its
// name) to the network, `none` for what is no message.
enum class Direction : std::uint8_t { none, in, out };

// What an accepted offer did (RFC 3264 section 8).
enum class Modification : std::uint8_t { modify, hold, unhold, refresh };

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
  bool operator==(const HostPort&) const = default;
};

// A 128-bit digest of what makes two sightings the same message.
struct MessageKey {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  bool operator==(const MessageKey&) const = default;
};

// Who and what a dialog is: carried by the event that opens it (`invited`, or the `answered` of a
// cdr:start seen in mid-call) and again by a retried INVITE.
struct Opening {
  std::string server;
  std::string dialog_id;
  std::string call_id;
  Role role = Role::uas;
  Party calling_party;
  Party called_party;
  std::optional<std::string> from_user;
  std::optional<std::string> to_user;
  bool operator==(const Opening&) const = default;
};

struct Event {
  EventType type = EventType::requested;
  Instant occurred_at;  // by the server's clock; what is no message's, by ours

  // Where it stands; set when it is appended.
  std::int64_t position = 0;
  std::int64_t dialog = 0;   // DialogState::number; 0 for events of no dialog
  std::int64_t version = 0;  // 1, 2, ... within the dialog; 0 for events of no dialog
  Instant recorded_at;       // ours; never decreases along the log

  // The message.
  Direction direction = Direction::none;
  bool from_call_record = false;  // seen as cdr:attempt, cdr:start or cdr:stop
  bool unsolicited = false;       // sent by the server in the program's name
  std::string method;             // of the request, or of the response's CSeq
  std::uint32_t cseq = 0;
  int status = 0;  // 0 for a request
  std::string phrase;
  std::optional<std::string> from_tag;
  std::optional<std::string> to_tag;
  std::optional<std::string> callee_tag;  // where no answer had told it before
  std::optional<MessageKey> key;

  // What it brought; present where the type makes use of it.
  std::optional<Opening> opening;
  std::string branch;  // of an INVITE that opens; of its final answer, if the call was over before
  std::string uri;     // the Request-URI of an INVITE that opens
  // Likewise; and of the event after an INVITE that a call record told of before it was seen.
  std::string transaction_id;
  std::optional<HostPort> contact;
  std::optional<HostPort> received_on;
  std::optional<Sdp> sdp;
  std::optional<Party> called_party;  // as asserted by a 2xx
  std::optional<Modification> modification;
  std::optional<bool> offered_by_us;
  std::optional<Hold> hold;           // who holds the call once this has happened
  std::string held_streams;           // likewise of each stream, where they differ
  std::optional<std::string> wanted;  // what our side wants of each stream, where that has changed
  std::optional<Cause> cause;
  std::optional<std::string> reason;
  std::optional<int> q850_cause;     // in the Reason header (RFC 3326)
  bool completed_elsewhere = false;  // likewise: another device has answered
  bool answered_by_proxy = false;    // answered: the cdr:start said proxy-uac or proxy-uas
  bool settled = false;              // answered: no ACK will be seen, the dialog is stable at once
  std::string patch;                 // session-set, session-joined: JSON text
  std::optional<std::int64_t> joined;  // session-joined: the other dialog's number
  bool inferred = false;               // resumed: the server knows a dialog whose 2xx we never saw

  // Events that are not messages.
  std::string server;
  std::string detail;                 // in plain words: why, what
  std::optional<Instant> since;       // a gap's beginning
  std::optional<std::int64_t> count;  // frames given up; positions through which evidence went

  bool operator==(const Event&) const = default;
};

DRACHTIO_EXPORT std::string_view to_string(EventType type);
DRACHTIO_EXPORT std::string_view to_string(Direction direction);
DRACHTIO_EXPORT std::string_view to_string(Modification modification);

}  // namespace drachtio
