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

// The transaction that creates the dialog (RFC 3261 section 13): what final answers, ACK and
// CANCEL must match to act on it.
struct InviteTransaction {
  std::uint32_t cseq = 0;
  std::string branch;             // of the top Via
  std::string transaction_id;     // drachtio's; empty where it was never seen
  std::string uri;                // the Request-URI, kept until the call is answered
  Instant at;                     // the server's time of the INVITE
  bool from_call_record = false;  // told by a cdr:attempt, not on the program's connection
  bool operator==(const InviteTransaction&) const = default;
};

// SDP of a provisional answer, kept per To tag (RFC 3261 section 13.2.2.4: several may come).
struct EarlyAnswer {
  std::string to_tag;
  Sdp sdp;
  bool operator==(const EarlyAnswer&) const = default;
};

// What the caller's side of an early dialog is (RFC 3311: an UPDATE changes it for its fork alone).
struct EarlyAgreement {
  std::optional<std::string> to_tag;  // of the fork; none: as the INVITE itself had it
  std::optional<Sdp> of_caller;
  bool held_locally = false;
  bool held_remotely = false;
  std::string held_streams;  // as DialogState has it
  bool operator==(const EarlyAgreement&) const = default;
};

// An early dialog of a call out (RFC 3261 12.1): each fork that has given a provisional answer has
// one. A late answer of one that a BYE has ended does not begin it anew.
struct EarlyDialog {
  std::string to_tag;
  bool ended = false;  // by our BYE, while another fork went on (RFC 3261 15)
  bool operator==(const EarlyDialog&) const = default;
};

// An INVITE or UPDATE in the dialog, or a PRACK that offers, that waits for its answer; or a late
// offer: an INVITE without SDP, whose answer offers, and waits for the ACK or a PRACK.
struct WaitingOffer {
  std::string method;
  std::uint32_t cseq = 0;
  bool by_us = false;               // the request was sent by our side
  bool late = false;                // it carried no SDP, and its answer may
  bool answered = false;            // the 2xx has come; only a late offer waits beyond it
  std::optional<Sdp> of_requester;  // of the request; of a late offer, in the PRACK
  std::optional<Sdp> of_responder;  // of a provisional answer, and the 2xx of a late offer
  std::optional<std::string> signaling_address;  // the request's Contact, in force once accepted
  std::optional<std::uint16_t> signaling_port;
  bool operator==(const WaitingOffer&) const = default;
};

// One m= line of an earlier description of ours, which our present one has no more, or with fewer
// formats, as that is all the far end offered: our side would have it again.
struct FormerStream {
  std::size_t line = 0;  // which m= line, from 0
  Sdp sdp;               // the description that has it
  bool operator==(const FormerStream&) const = default;
};

// Why our side has cancelled its INVITE: what its CANCEL says in its Reason header (RFC 3326). The
// 487 that ends the call says nothing of it.
struct CancelReason {
  std::optional<std::string> text;
  std::optional<int> q850_cause;
  bool completed_elsewhere = false;
  bool operator==(const CancelReason&) const = default;
};

// The answer by which a far end says that it has the dialog no more (RFC 5057).
struct FarEndGone {
  int status = 0;
  Instant at;  // the server's time
  bool operator==(const FarEndGone&) const = default;
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

  // What the next message is judged by; not part of the face.
  InviteTransaction invite;
  std::vector<InviteTransaction> earlier_invites;  // those that were refused and tried again
  std::vector<std::string> to_tags;                // of all answers to the INVITE
  bool final_from_call_record = false;             // that told the INVITE's final answer
  std::optional<CancelReason> cancel_sent;
  bool late_offer = false;  // the INVITE carried no SDP: its answer offers, ACK or PRACK answers
  bool was_early = false;   // an early dialog existed, whatever came of it
  bool inferred = false;    // answered, though the 2xx was never seen: learnt after a restart
  bool completed_elsewhere = false;  // cancelled, as another device has answered (RFC 3326)
  bool answered_by_proxy = false;    // a cdr:start said so: the program only handed the call on
  std::string held_streams;          // which side holds each stream: dialog::Holding
  std::string wanted_streams;        // what our side wants of each: dialog::wanted_after
  std::vector<FormerStream> former_streams;  // and would have again: dialog::former_after
  std::int64_t joined = 0;                   // the dialog whose session this one shares; 0: none
  // The 481 or 408 to a request of ours, by which the far end has no such dialog any more: a BYE is
  // to follow. Forgotten when the far end is heard of again.
  std::optional<FarEndGone> gone;
  std::vector<EarlyAnswer> early_answers;
  std::vector<EarlyAgreement> early_agreements;  // the INVITE's own first
  std::vector<WaitingOffer> offers;
  // Of the INVITE that stands, until it is answered; the fork that has rung last is the last.
  std::vector<EarlyDialog> early_dialogs;

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
