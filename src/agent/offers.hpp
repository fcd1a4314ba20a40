// What is offered in a call: one offer at a time, whichever way it goes (RFC 3264 section 4).
#pragma once

#include "call/open_offer.hpp"

#include <drachtio/dialog_state.hpp>
#include <drachtio/sip_dialog.hpp>

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>

namespace drachtio::agent {

struct Cell;
struct Incoming;

// An offer of ours in a call: a re-INVITE, or an UPDATE (RFC 3311).
struct Offer {
  std::string method;
  Headers headers;
  std::function<std::string()> sdp;  // made when its turn has come: another may have changed it
  ResponseHandler handler;
  bool any_answer = false;  // is a success, a refusal too
  int attempts = 0;
};

struct Offers {
  std::list<std::shared_ptr<Offer>> waiting;  // ours, for what is under way
  bool under_way = false;                     // one of ours is: not answered, or to be tried again
  bool open = false;                          // an offer of ours is not answered
  std::shared_ptr<Offer> to_retry;            // after a 491, when its time has come
  std::string transaction_id;                 // drachtio's, of our latest re-INVITE
  // The CSeq of one whose answer went to a link that was lost, so that nobody sent an ACK; 0: the
  // server has not told it.
  std::optional<std::uint32_t> answer_lost;
  // Theirs: not answered, or answered 2xx and not acknowledged (its CSeq).
  std::weak_ptr<Incoming> theirs;
  std::optional<std::uint32_t> theirs_awaits_ack;
};

// Returns what the rules of offers ask, and the dialog's state does not say.
call::OfferFacts offer_facts(const Cell& cell, const DialogState& dialog);

}  // namespace drachtio::agent
