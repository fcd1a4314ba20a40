#include "dialog/modification.hpp"

#include "dialog/describe.hpp"
#include "dialog/forks.hpp"
#include "dialog/hold.hpp"
#include "dialog/rules.hpp"
#include "sip/sdp.hpp"

namespace drachtio::dialog {

namespace {

// `event` completes an offer: who holds the call from now on, what that was, and what our side
// wants of its streams. `agreed` is what was in force before.
void complete_exchange(Event& event, const Dialog& tip, const Agreement& agreed,
                       const Exchange& exchange) {
  const Holding& before = agreed.holding;
  const Holding after = after_exchange(before, exchange);
  event.hold = hold_of(after.locally, after.remotely);
  event.held_streams = after.streams;
  event.offered_by_us = exchange.offered_by_us;
  const bool was_held = exchange.offered_by_us ? before.locally : before.remotely;
  const bool is_held = exchange.offered_by_us ? after.locally : after.remotely;
  const bool changed = after.locally != before.locally || after.remotely != before.remotely;
  const bool same_version = exchange.before && sip::same_version(*exchange.before, exchange.offer);
  event.modification = was_held != is_held ? is_held ? Modification::hold : Modification::unhold
                       : same_version && !changed ? Modification::refresh
                                                  : Modification::modify;
  std::string wanted = tip.wanted_streams;
  if (exchange.offered_by_us) {
    wanted = wanted_after(wanted, exchange.offer, std::nullopt, false);
  } else if (exchange.answer) {
    wanted = wanted_after(wanted, *exchange.answer, exchange.offer, false);
  }
  if (wanted != tip.wanted_streams) event.wanted = std::move(wanted);
}

std::optional<std::string_view> text_of(const std::optional<Sdp>& sdp) {
  if (!sdp) return std::nullopt;
  return sdp->text;
}

// An offer and its answer, with whoever the offer was made to.
void note_exchange(Event& event, const Dialog& tip, const Agreement& agreed, bool by_us,
                   const Sdp& offer, const std::optional<Sdp>& answer) {
  const bool by_caller = by_us == (tip.role == Role::uac);
  const std::optional<std::string>& before = by_caller ? agreed.of_caller : agreed.of_callee;
  Exchange exchange{by_us, offer.text, text_of(answer), {}};
  if (before) exchange.before = *before;
  complete_exchange(event, tip, agreed, exchange);
}

}  // namespace

Event offered(const Dialog& tip, const Observation& seen) {
  if (tip.state == State::terminated || for_another_fork(tip, seen.message)) {
    return without_effect(seen);
  }
  Event event = describe(seen, EventType::offered);
  event.contact = seen.message.contact;
  event.sdp = seen.message.sdp;
  return event;
}

Event answer_to_offer(const Dialog& tip, const Observation& seen) {
  const sip::Message& answer = seen.message;
  const bool by_us = seen.direction == Direction::in;
  const WaitingOffer* offer = find_offer(tip, answer.method, answer.cseq, by_us);
  const bool is_waited_for = offer != nullptr && !offer->answered &&
                             tip.state != State::terminated && !for_another_fork(tip, answer);
  if (is_waited_for && answer.method == "INVITE" && answer.status_class() == 1) {
    Event event = without_effect(seen);
    event.sdp = answer.sdp;  // it counts with the 2xx, which need not repeat it (RFC 3261 13.2.1)
    return event;
  }
  if (!is_waited_for || answer.status_class() != 2) return without_effect(seen);
  const bool of_prack = answer.method == "PRACK";
  const EventType type = of_prack ? EventType::responded : EventType::modified;
  // In an early dialog the tags say which fork has agreed.
  Event event = is_answered(tip) ? describe(seen, type) : describe_with_tags(seen, type);
  if (!of_prack) event.contact = answer.contact;  // a PRACK moves no contact (RFC 3262 section 1)
  event.sdp = answer.sdp;
  // A 2xx that is itself the offer changes nothing before its ACK.
  if (awaits_answer_in_ack(*offer, answer.sdp)) return event;
  const std::optional<Sdp>& of_responder = answer.sdp ? answer.sdp : offer->of_responder;
  // An UPDATE, or a re-INVITE, in which nobody has made an offer.
  if (!offer->of_requester || (offer->late && !of_responder)) {
    event.offered_by_us = by_us;
    event.modification = Modification::refresh;
    return event;
  }
  const bool by_caller = by_us == (tip.role == Role::uac);
  const Agreement agreed = agreement_with(tip, by_caller ? answer.to.tag : answer.from.tag);
  if (offer->late) {  // a 1xx has offered, and a PRACK answered
    note_exchange(event, tip, agreed, !by_us, *of_responder, offer->of_requester);
  } else {
    note_exchange(event, tip, agreed, by_us, *offer->of_requester, of_responder);
  }
  return event;
}

Event ack(const Dialog& tip, const Observation& seen) {
  if (for_another_fork(tip, seen.message)) return without_effect(seen);
  const bool of_refusal = seen.direction == Direction::in && !is_answered(tip) && !is_over(tip) &&
                          seen.message.cseq == tip.invite.cseq &&
                          seen.message.branch == tip.invite.branch;
  if (of_refusal) {
    Event event = describe(seen, EventType::rejected);
    event.cause = Cause::rejected;
    return event;
  }
  const bool by_us = seen.direction == Direction::out;
  const bool for_invite = seen.message.cseq == tip.invite.cseq && by_us == (tip.role == Role::uac);
  const bool awaited =
      is_answered(tip) && (tip.state == State::pending || tip.state == State::early);
  Event event =
      describe(seen, for_invite && awaited ? EventType::confirmed : EventType::acknowledged);
  event.sdp = seen.message.sdp;
  if (const WaitingOffer* offer = find_offer_of_ack(tip, seen.message.cseq, by_us);
      offer != nullptr && offer->answered && event.type == EventType::acknowledged) {
    note_exchange(event, tip, agreement_with(tip, {}), !by_us, *offer->of_responder, event.sdp);
  } else if (for_invite && tip.late_offer && by_us && event.sdp) {
    std::optional<std::string_view> first_offer;
    if (tip.remote.sdp) first_offer = *tip.remote.sdp;
    std::string wanted = wanted_after({}, event.sdp->text, first_offer, true);
    if (wanted != tip.wanted_streams) event.wanted = std::move(wanted);
  }
  return event;
}

}  // namespace drachtio::dialog
