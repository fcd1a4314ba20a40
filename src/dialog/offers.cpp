#include "dialog/offers.hpp"

#include "dialog/endpoint.hpp"
#include "dialog/forks.hpp"
#include "dialog/former_streams.hpp"
#include "dialog/rules.hpp"

namespace drachtio::dialog {

namespace {

// A dialog keeps so many offers that nobody has answered: a peer must not grow our memory.
constexpr std::size_t most_waiting_offers = 8;

void set_hold(Dialog& dialog, const Event& event) {
  if (event.hold) {
    dialog.held_locally = event.hold == Hold::local || event.hold == Hold::both;
    dialog.held_remotely = event.hold == Hold::remote || event.hold == Hold::both;
    dialog.held_streams = event.held_streams;
    return;
  }
  // Format 1: the offer alone decided, of the call as a whole.
  if (!event.modification || !event.offered_by_us) return;
  bool& held = *event.offered_by_us ? dialog.held_locally : dialog.held_remotely;
  if (event.modification == Modification::hold) held = true;
  if (event.modification == Modification::unhold) held = false;
}

void forget_offer(Dialog& dialog, const WaitingOffer* offer) {
  dialog.offers.erase(dialog.offers.begin() + (offer - dialog.offers.data()));
}

// An offer and its answer are in force.
void set_descriptions(Dialog& dialog, bool offered_by_us, std::optional<Sdp> ours,
                      std::optional<Sdp> theirs) {
  if (const std::optional<Sdp> before = sdp_of(dialog.local); before && ours) {
    std::optional<std::string_view> offer;
    if (!offered_by_us && theirs) offer = theirs->text;
    dialog.former_streams =
        former_after(std::move(dialog.former_streams), *before, ours->text, offer);
  }
  set_sdp(dialog.local, std::move(ours));
  set_sdp(dialog.remote, std::move(theirs));
}

// A re-INVITE that has been answered in a reliable 1xx, and in which another offer was accepted
// since, comes to what that one did.
void bring_up_to_date(Dialog& dialog) {
  for (WaitingOffer& offer : dialog.offers) {
    if (offer.answered || !offer.of_requester || !offer.of_responder) continue;
    offer.of_requester = sdp_of(offer.by_us ? dialog.local : dialog.remote);
    offer.of_responder = sdp_of(offer.by_us ? dialog.remote : dialog.local);
  }
}

// `event` has accepted the offer: both descriptions count from now on. Before the INVITE is
// answered this is what one fork agrees to (RFC 3311, RFC 3262 section 5).
void accepted(Dialog& dialog, const Event& event, const WaitingOffer* waiting) {
  const WaitingOffer offer = *waiting;
  forget_offer(dialog, waiting);
  const std::optional<Sdp> of_responder = event.sdp ? sdp_of(event) : offer.of_responder;
  const bool by_caller = offer.by_us == (dialog.role == Role::uac);
  const std::optional<std::string>& fork = by_caller ? event.to_tag : event.from_tag;
  const std::optional<Sdp>& of_callee = by_caller ? of_responder : offer.of_requester;
  const bool early = !is_answered(dialog) && (offer.of_requester || of_responder);
  if (early) take_up_agreement(dialog, fork);
  set_hold(dialog, event);
  set_descriptions(dialog, offer.by_us != offer.late,
                   offer.by_us ? offer.of_requester : of_responder,
                   offer.by_us ? of_responder : offer.of_requester);
  bring_up_to_date(dialog);
  if (!early) return;
  if (of_callee) remember_early_answer(dialog, fork, *of_callee);
  remember_agreement(dialog, fork);
}

}  // namespace

void apply_offered(Dialog& dialog, const Event& event) {
  WaitingOffer offer;
  offer.method = event.method;
  offer.cseq = event.cseq;
  offer.by_us = event.direction == Direction::out;
  offer.late = event.method == "INVITE" && !event.sdp;
  offer.of_requester = sdp_of(event);
  if (event.contact) {
    offer.signaling_address = event.contact->host;
    offer.signaling_port = event.contact->port;
  }
  if (dialog.offers.size() == most_waiting_offers) dialog.offers.erase(dialog.offers.begin());
  dialog.offers.push_back(std::move(offer));
}

// A PRACK carries the answer to an offer in the 1xx, or an offer (RFC 3262 section 5).
void apply_pracked(Dialog& dialog, const Event& event) {
  if (!event.sdp) return;
  const bool by_us = event.direction == Direction::out;
  if (WaitingOffer* late = find_offer_of_prack(dialog, by_us)) {
    late->of_requester = sdp_of(event);  // it counts with the 2xx
    return;
  }
  if (!prack_answers(dialog, event.to_tag)) return apply_offered(dialog, event);
  take_up_agreement(dialog, event.to_tag);
  set_sdp(sender(dialog, event.direction), sdp_of(event));
  remember_agreement(dialog, event.to_tag);
}

void apply_modified(Dialog& dialog, const Event& event) {
  const bool by_us = event.direction == Direction::in;
  WaitingOffer* offer = find_offer(dialog, event.method, event.cseq, by_us);
  if (offer == nullptr) return;
  Endpoint& requester = receiver(dialog, event.direction);
  if (offer->signaling_address) {
    requester.signaling_address = offer->signaling_address;
    requester.signaling_port = offer->signaling_port;
  }
  set_address(sender(dialog, event.direction), event.contact);
  if (awaits_answer_in_ack(*offer, event.sdp)) {
    offer->answered = true;
    if (event.sdp) offer->of_responder = sdp_of(event);
    return;
  }
  accepted(dialog, event, offer);
}

void apply_acknowledged(Dialog& dialog, const Event& event) {
  if (dialog.state == State::terminated) return;
  const bool by_us = event.direction == Direction::out;
  WaitingOffer* offer = find_offer_of_ack(dialog, event.cseq, by_us);
  if (offer != nullptr && offer->answered) {
    set_hold(dialog, event);
    const std::optional<Sdp> answer = sdp_of(event);
    set_descriptions(dialog, !by_us, by_us ? answer : offer->of_responder,
                     by_us ? offer->of_responder : answer);
    forget_offer(dialog, offer);
  } else if (dialog.late_offer && event.cseq == dialog.invite.cseq &&
             by_us == (dialog.role == Role::uac)) {
    set_sdp(sender(dialog, event.direction), sdp_of(event));
  }
}

// A refused offer leaves no trace, nor does what a 1xx answered to it. The 2xx to a PRACK that
// offers says who holds the call.
void apply_responded(Dialog& dialog, const Event& event) {
  WaitingOffer* offer =
      find_offer(dialog, event.method, event.cseq, event.direction == Direction::in);
  if (offer != nullptr && event.method == "PRACK" && event.hold) {
    return accepted(dialog, event, offer);
  }
  if (offer != nullptr && !offer->answered && event.status < 200 && event.sdp) {
    offer->of_responder = sdp_of(event);
  }
  if (event.status < 300) return;
  if (!event.branch.empty()) dialog.status = event.status;
  if (offer != nullptr && !offer->answered) forget_offer(dialog, offer);
}

}  // namespace drachtio::dialog
