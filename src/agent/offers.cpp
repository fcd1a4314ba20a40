#include "agent/offers.hpp"

#include "agent/cell.hpp"

namespace drachtio::agent {

call::OfferFacts offer_facts(const Cell& cell, const DialogState& dialog) {
  return {.ours = cell.offers.open,
          .theirs = !cell.offers.theirs.expired(),
          .theirs_awaits_ack = cell.offers.theirs_awaits_ack,
          .first_answered = cell.has_answered_offer(dialog),
          .can_receive = cell.can_receive};
}

}  // namespace drachtio::agent
