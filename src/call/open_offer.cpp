#include "call/open_offer.hpp"

#include "dialog/rules.hpp"

namespace drachtio::call {

namespace {

// Returns whether the call's own offer is open: that of its INVITE, or of the answer to that.
bool first_is_open(const dialog::Dialog& dialog, const OfferFacts& facts) {
  // One fork's offer may have been answered: the 2xx of another offers again.
  if (dialog.late_offer && dialog::awaits_our_ack(dialog) && !facts.first_answered) return true;
  // The ACK to a 2xx of ours comes to the link that brought the INVITE, or not at all.
  const bool in_vain =
      dialog.role == Role::uas && dialog::is_answered(dialog) && !facts.can_receive;
  return !in_vain && dialog::first_offer_is_open(dialog);
}

// Returns whether an INVITE is under way, in either direction (RFC 3261 14.1).
bool is_inviting(const dialog::Dialog& dialog, const OfferFacts& facts) {
  if (!dialog::is_answered(dialog) || facts.theirs_awaits_ack) return true;
  // The ACK to our 2xx comes to the link that brought the INVITE, or not at all.
  return dialog.state != State::stable && (dialog.role == Role::uac || facts.can_receive);
}

}  // namespace

OpenOffer open_offer(const dialog::Dialog& dialog, const OfferFacts& facts) {
  if (facts.ours) return OpenOffer::ours;
  if (facts.theirs) return OpenOffer::theirs;
  // Their re-INVITE had none: our 2xx made it.
  const bool late = facts.theirs_awaits_ack &&
                    dialog::find_offer(dialog, "INVITE", *facts.theirs_awaits_ack, false);
  if (late) return OpenOffer::ours;
  if (!first_is_open(dialog, facts)) return OpenOffer::none;
  return dialog::first_offer_is_ours(dialog) ? OpenOffer::ours : OpenOffer::theirs;
}

bool may_offer(std::string_view method, const dialog::Dialog& dialog, const OfferFacts& facts) {
  if (open_offer(dialog, facts) != OpenOffer::none) return false;
  return method != "INVITE" || !is_inviting(dialog, facts);
}

std::optional<int> refusal_of_offer(std::string_view method, const dialog::Dialog& dialog,
                                    const OfferFacts& facts) {
  OpenOffer open = open_offer(dialog, facts);
  // The INVITE that makes the call is not answered: no other may come (RFC 3261 14.2).
  if (open == OpenOffer::none && method == "INVITE" && !dialog::is_answered(dialog)) {
    open = dialog.role == Role::uac ? OpenOffer::ours : OpenOffer::theirs;
  }
  switch (open) {
    case OpenOffer::ours: return 491;
    case OpenOffer::theirs: return 500;
    case OpenOffer::none: break;
  }
  return std::nullopt;
}

}  // namespace drachtio::call
