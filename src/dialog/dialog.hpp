// This file has all that is known of a dialog: the DialogState that programs see, and the facts by
// which the rules judge the next message.
//
// A Dialog is only ever changed by dialog::apply, one event at a time, so the same events always
// give the same Dialog. It is a plain value, and where a program asks for a DialogState, it is one.
#pragma once

#include <drachtio/dialog_state.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace drachtio {

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

// An EarlyAgreement is the caller's side of an early dialog; an UPDATE changes it for its fork
// alone (RFC 3311).
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

namespace dialog {

struct Dialog : DialogState {
  InviteTransaction invite;
  std::vector<InviteTransaction> earlier_invites;  // those that were refused and tried again
  std::vector<std::string> to_tags;                // of all answers to the INVITE
  bool final_from_call_record = false;             // that told the INVITE's final answer
  std::optional<CancelReason> cancel_sent;
  std::string held_streams;                  // which side holds each stream: dialog::Holding
  std::string wanted_streams;                // what our side wants of each: dialog::wanted_after
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

  bool operator==(const Dialog&) const = default;
};

}  // namespace dialog

}  // namespace drachtio
