// This file decides what ends a call, whatever state it is in: BYE, CANCEL or a final answer (RFC
// 3261 15). It is pure.
#pragma once

#include "dialog/dialog.hpp"

#include <cstdint>

namespace drachtio::call {

// These facts are not in the dialog's state: they are not on the wire yet, or never will be.
struct EndingFacts {
  bool stopped = false;          // the program controls no calls any more
  bool bye_challenged = false;   // our BYE was answered 401 or 407: the far end still has the call
  bool offer_answered = false;   // that of the 2xx: a PRACK or an ACK of ours has answered it
  bool can_receive = true;       // what the far end sends reaches this program
  bool answering = false;        // a final answer to the INVITE is on its way
  bool being_cancelled = false;  // the server has been asked to cancel the call, over this link
};

enum class Ending : std::uint8_t {
  had_ended,  // there is nothing to end
  none,       // nothing can be sent any more
  bye,
  // The 2xx offers, and nobody will answer that now, or nobody heard it; but it must have its ACK
  // (13.2.2.4), and then the BYE.
  ack_and_bye,
  // Our 2xx waits for its ACK: no BYE before that has come (15). Where it never does, the server
  // sends one.
  bye_after_ack,
  after_answer,  // what there is to end, the outcome of the final answer tells
  answer,        // a final answer to the INVITE
  cancel,
  being_cancelled,
};

// Returns what ends the call now.
Ending ending_of(const dialog::Dialog& dialog, const EndingFacts& facts);

// Returns whether the INVITE waits for its answer, though the far end has hung up by BYE: it is
// answered 487 (RFC 3261 15.1.2).
bool is_hung_up_unanswered(const dialog::Dialog& dialog);

}  // namespace drachtio::call
