// There is one offer at a time: this table says whose is open, what may be offered, and what is
// refused (RFC 3264 4, RFC 3261 13.2.1, 14, RFC 3262 5, RFC 3311 5).
#include "call/open_offer.hpp"

#include "call/dialogs.hpp"
#include "catch.hpp"

#include <string>

using namespace drachtio;
using namespace drachtio::test;
using call::OfferFacts;
using call::OpenOffer;

namespace {

constexpr std::uint32_t reinvite_cseq = 7;

const dialog::Dialog up = described(answered(call_out(State::stable)));
const dialog::Dialog we_were_called = described(answered(call_in(State::stable)));

// A re-INVITE of theirs without an offer, which our 2xx made.
dialog::Dialog reinvited_late() {
  dialog::Dialog dialog = we_were_called;
  WaitingOffer offer;
  offer.method = "INVITE";
  offer.cseq = reinvite_cseq;
  offer.by_us = false;
  offer.late = true;
  dialog.offers.push_back(offer);
  return dialog;
}

struct OfferRow {
  std::string rule;
  dialog::Dialog dialog;
  OfferFacts facts;
  OpenOffer open;
  bool may_invite;
  bool may_update;
  std::optional<int> refusal;  // of an INVITE of theirs
};

}  // namespace

TEST_CASE("Open offers: whose it is, and what that allows") {
  const OfferRow row = GENERATE(values<OfferRow>({
      {"a call that is up has none", up, {}, OpenOffer::none, true, true, {}},
      {"RFC 3261 14.1: ours is open until it is answered",
       up,
       {.ours = true},
       OpenOffer::ours,
       false,
       false,
       491},
      {"RFC 3261 14.2: theirs likewise",
       up,
       {.theirs = true},
       OpenOffer::theirs,
       false,
       false,
       500},
      {"RFC 3261 14.1: no INVITE while theirs waits for its ACK; an UPDATE may go",
       up,
       {.theirs_awaits_ack = reinvite_cseq},
       OpenOffer::none,
       false,
       true,
       {}},
      {"RFC 3261 14.2: an offer in our 2xx to theirs is open until the ACK",
       reinvited_late(),
       {.theirs_awaits_ack = reinvite_cseq},
       OpenOffer::ours,
       false,
       false,
       491},
      {"RFC 3261 13.2.1: a call out that is not answered has its INVITE's",
       call_out(State::early),
       {},
       OpenOffer::ours,
       false,
       false,
       491},
      {"... a call in theirs", call_in(State::early), {}, OpenOffer::theirs, false, false, 500},
      {"RFC 3311 5.1: a description in a provisional answer has answered it: an UPDATE may go",
       described(call_in(State::early)),
       {},
       OpenOffer::none,
       false,
       true,
       500},
      {"... but an INVITE of theirs must wait for the final answer",
       described(call_out(State::early)),
       {},
       OpenOffer::none,
       false,
       true,
       491},
      {"RFC 3261 13.2.1: without an offer in our INVITE, theirs is to come",
       with_late_offer(call_out(State::early)),
       {},
       OpenOffer::theirs,
       false,
       false,
       500},
      {"RFC 3261 13.2.2.4: the 2xx has made it, and our ACK is to answer",
       with_late_offer(answered(call_out(State::early))),
       {},
       OpenOffer::theirs,
       false,
       false,
       500},
      {"RFC 3262 5: a PRACK has answered it",
       with_late_offer(described(answered(call_out(State::early)))),
       {.first_answered = true},
       OpenOffer::none,
       false,
       true,
       {}},
      {"RFC 3261 14.1: no INVITE before the ACK to our 2xx",
       described(answered(call_in(State::early))),
       {},
       OpenOffer::none,
       false,
       true,
       {}},
      {"... unless the ACK goes to a link that is no more",
       described(answered(call_in(State::early))),
       {.can_receive = false},
       OpenOffer::none,
       true,
       true,
       {}},
      {"RFC 3264 4: what our 2xx offered, nobody will answer then",
       with_late_offer(answered(call_in(State::early))),
       {.can_receive = false},
       OpenOffer::none,
       true,
       true,
       {}},
  }));
  CAPTURE(row.rule);
  CHECK(open_offer(row.dialog, row.facts) == row.open);
  CHECK(may_offer("INVITE", row.dialog, row.facts) == row.may_invite);
  CHECK(may_offer("UPDATE", row.dialog, row.facts) == row.may_update);
  CHECK(refusal_of_offer("INVITE", row.dialog, row.facts) == row.refusal);
}
