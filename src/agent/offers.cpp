#include "agent/offers.hpp"

#include "agent/cell.hpp"
#include "dialog/rules.hpp"

namespace drachtio::agent {

namespace {

// The call's own, that of its INVITE or of the answer to that.
bool first_is_open(const Cell& cell, const DialogState& dialog) {
  // What a fork offered has been answered, and the 2xx of another offers again.
  if (dialog.late_offer && dialog::awaits_our_ack(dialog) && !cell.has_answered_offer(dialog)) {
    return true;
  }
  // The ACK to a 2xx of ours comes to the link that brought the INVITE, or not at all.
  const bool in_vain = dialog.role == Role::uas && dialog::is_answered(dialog) && !cell.can_receive;
  return !in_vain && dialog::first_offer_is_open(dialog);
}

}  // namespace

OpenOffer open_offer(const Cell& cell, const DialogState& dialog) {
  const Offers& offers = cell.offers;
  if (offers.open) return OpenOffer::ours;
  if (offers.theirs.lock()) return OpenOffer::theirs;
  // A re-INVITE of theirs without one, to which our 2xx makes it.
  const bool late = offers.theirs_awaits_ack &&
                    dialog::find_offer(dialog, "INVITE", *offers.theirs_awaits_ack, false);
  if (late) return OpenOffer::ours;
  if (!first_is_open(cell, dialog)) return OpenOffer::none;
  return dialog::first_offer_is_ours(dialog) ? OpenOffer::ours : OpenOffer::theirs;
}

}  // namespace drachtio::agent
