// Questions about a dialog that both observe and apply ask.
#pragma once

#include "dialog/dialog.hpp"

#include <drachtio/event.hpp>

#include <string_view>

namespace drachtio::dialog {

// An end that only says we stopped hearing of the call: what the network says later replaces it.
inline bool is_provisional_end(const Dialog& dialog) {
  return dialog.state == State::terminated &&
         (dialog.cause == Cause::lost || dialog.cause == Cause::proxied);
}

// Ended, as the network itself said.
inline bool is_over(const Dialog& dialog) {
  return dialog.state == State::terminated && !is_provisional_end(dialog);
}

inline Hold hold_of(bool locally, bool remotely) {
  if (locally) return remotely ? Hold::both : Hold::local;
  return remotely ? Hold::remote : Hold::none;
}

inline bool is_answered(const Dialog& dialog) {
  return dialog.times.connect_time.has_value() || dialog.inferred;
}

// The program's own connection has carried it: what call records alone tell of is another program's
// call, or one of before this program began.
inline bool is_own(const Dialog& dialog) { return !dialog.invite.transaction_id.empty(); }

// An answer to a request in a dialog that is up: the far end has no such dialog any more (RFC 3261
// 12.2.1.2, RFC 5057). Dialogs were seen to live on after the same answers to other methods.
inline bool tells_that_dialog_is_gone(std::string_view method, int status) {
  const bool is_gone = status == 481 || status == 408;
  return is_gone && (method == "INVITE" || method == "UPDATE" || method == "INFO" ||
                     method == "MESSAGE" || method == "OPTIONS");
}

// Answered, and its ACK has not been seen.
inline bool is_up_without_ack(const Dialog& dialog) {
  return is_answered(dialog) && (dialog.state == State::pending || dialog.state == State::early);
}

// We called, the 2xx has come, and our ACK has not been seen.
inline bool awaits_our_ack(const Dialog& dialog) {
  return dialog.role == Role::uac && is_answered(dialog) &&
         (dialog.state == State::pending || dialog.state == State::early);
}

// The times of one message, as each way or each leg has them, were up to 15 ms apart under load.
inline constexpr std::chrono::milliseconds clocks_apart{50};

// A call in that nothing has been answered to: 64 s after the INVITE the server forgets it.
inline bool is_untouched(const Dialog& dialog) {
  return dialog.role == Role::uas && dialog.state == State::pending && is_own(dialog) &&
         !is_answered(dialog) && !dialog.local.tag;
}

// Whoever sends in direction `out` is local.
inline Endpoint& sender(Dialog& dialog, Direction direction) {
  return direction == Direction::out ? dialog.local : dialog.remote;
}
inline Endpoint& receiver(Dialog& dialog, Direction direction) {
  return direction == Direction::out ? dialog.remote : dialog.local;
}
template <typename AnyDialog>
auto& caller(AnyDialog& dialog) {
  return dialog.role == Role::uac ? dialog.local : dialog.remote;
}
template <typename AnyDialog>
auto& callee(AnyDialog& dialog) {
  return dialog.role == Role::uac ? dialog.remote : dialog.local;
}

// The caller makes the first offer of a call, in its INVITE; where that has none, the callee does,
// and the PRACK or the ACK answers (RFC 3261 13.2.1, RFC 3262 section 5).
inline bool first_offer_is_ours(const Dialog& dialog) {
  return (dialog.role == Role::uac) != dialog.late_offer;
}

// The first offer waits for its answer, or is still to be made. An SDP in a provisional answer that
// is not reliable counts as the answer, as callers take it.
inline bool first_offer_is_open(const Dialog& dialog) {
  if (!dialog.late_offer) return !is_answered(dialog) && !callee(dialog).sdp;
  const bool may_be_answered = dialog.state == State::pending || dialog.state == State::early;
  return may_be_answered && !caller(dialog).sdp;
}

// The offer a message of this method and CSeq is about. CSeq numbers are each side's own
// (RFC 3261 12.2.1.1), so whose request it was counts too.
template <typename AnyDialog>
auto* find_offer(AnyDialog& dialog, std::string_view method, std::uint32_t cseq, bool by_us) {
  for (auto& offer : dialog.offers) {
    if (offer.method == method && offer.cseq == cseq && offer.by_us == by_us) return &offer;
  }
  return static_cast<decltype(dialog.offers.data())>(nullptr);
}

// The offer in a 2xx that an ACK answers. The server numbers the program's ACK as the last request
// that the program has sent, which may be a later one than the re-INVITE.
template <typename AnyDialog>
auto* find_offer_of_ack(AnyDialog& dialog, std::uint32_t cseq, bool by_us) {
  auto* found = find_offer(dialog, "INVITE", cseq, by_us);
  if (found != nullptr || !by_us) return found;
  for (auto& offer : dialog.offers) {
    const bool waits = offer.method == "INVITE" && offer.by_us && offer.answered;
    if (waits && offer.cseq < cseq) found = &offer;
  }
  return found;
}

// The re-INVITE whose offer, made in a reliable 1xx, an SDP in a PRACK answers (RFC 3262 section
// 5).
template <typename AnyDialog>
auto* find_offer_of_prack(AnyDialog& dialog, bool by_us) {
  for (auto& offer : dialog.offers) {
    const bool is_open = offer.late && !offer.answered && offer.of_responder && !offer.of_requester;
    if (is_open && offer.by_us == by_us) return &offer;
  }
  return static_cast<decltype(dialog.offers.data())>(nullptr);
}

// A re-INVITE without SDP, and a 2xx to it that is the offer (RFC 3261 14.1; an UPDATE has none).
// Its ACK answers, unless a PRACK has.
inline bool awaits_answer_in_ack(const WaitingOffer& offer, const std::optional<Sdp>& of_2xx) {
  return offer.late && !offer.of_requester && (of_2xx || offer.of_responder);
}

}  // namespace drachtio::dialog
