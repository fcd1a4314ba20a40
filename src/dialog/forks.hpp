// What each fork of a call has agreed to before one of them answers: the early dialogs of one
// INVITE (RFC 3261 12.1 and 13.2.2.4, RFC 3311). The dialog's own SDP and hold are those of the
// fork heard of last. What is kept of them is bounded.
#pragma once

#include "dialog/dialog.hpp"
#include "dialog/hold.hpp"

#include <drachtio/event.hpp>

#include <optional>
#include <string>

namespace drachtio::dialog {

// The callee's SDP, of a provisional answer or an offer in the early dialog.
void remember_early_answer(Dialog& dialog, const std::optional<std::string>& to_tag,
                           const Sdp& sdp);
// The SDP of a 2xx; of one without, what its own fork sent before.
std::optional<Sdp> answer_of(const Dialog& dialog, const Event& event);

// The descriptions and the hold that are in force: with one fork before the answer, and with the
// dialog once it is answered.
struct Agreement {
  Holding holding;
  std::optional<std::string> of_caller;
  std::optional<std::string> of_callee;
};
Agreement agreement_with(const Dialog& dialog, const std::optional<std::string>& to_tag);

// An SDP in a PRACK to this fork answers the fork's offer: the INVITE had none, nor has a PRACK
// answered yet. Any other SDP in a PRACK is an offer (RFC 3262 section 5).
bool prack_answers(const Dialog& dialog, const std::optional<std::string>& to_tag);

// A fork has given a provisional answer. Of a call in nothing is remembered: our side is its only
// fork, with one To tag in all its answers (RFC 3261 8.2.6.2).
void remember_early_dialog(Dialog& dialog, const std::optional<std::string>& to_tag);
// The call is not answered yet, and another fork than this one may answer it.
bool another_goes_on(const Dialog& dialog, const std::optional<std::string>& to_tag);
// Our BYE has ended this fork's early dialog, and the call is not answered yet.
bool has_ended_early(const Dialog& dialog, const std::optional<std::string>& to_tag);
// Our BYE ends this fork's early dialog, and another goes on (RFC 3261 15): the dialog's own tag,
// SDP and hold are those of one that does. What this one has agreed to is forgotten: a 2xx of it
// that crosses the BYE makes a new dialog (13.2.2.4).
void end_early_dialog(Dialog& dialog, const std::optional<std::string>& to_tag);

// The caller's SDP and the hold are those that this fork has agreed to, or the INVITE's own. To be
// called before an early dialog is changed, and when it is answered...
void take_up_agreement(Dialog& dialog, const std::optional<std::string>& to_tag);
// ... and after it was changed.
void remember_agreement(Dialog& dialog, const std::optional<std::string>& to_tag);

}  // namespace drachtio::dialog
