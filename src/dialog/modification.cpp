#include "dialog/modification.hpp"

#include "dialog/describe.hpp"
#include "dialog/rules.hpp"
#include "sip/sdp.hpp"

namespace drachtio::dialog {

namespace {

// What an offer does, given the side that makes it.
Modification modification(const DialogState& tip, bool by_us, const std::optional<Sdp>& offer) {
  if (!offer) return Modification::refresh;
  const bool was_held = by_us ? tip.held_locally : tip.held_remotely;
  const bool holds = sip::is_hold(offer->text);
  if (holds != was_held) return holds ? Modification::hold : Modification::unhold;
  const std::optional<std::string>& before = by_us ? tip.local.sdp : tip.remote.sdp;
  return before && sip::same_version(*before, offer->text) ? Modification::refresh
                                                           : Modification::modify;
}

}  // namespace

Event offered(const DialogState& tip, const Observation& seen) {
  if (tip.state == State::terminated || for_another_fork(tip, seen.message)) {
    return without_effect(seen);
  }
  Event event = describe(seen, EventType::offered);
  event.contact = seen.message.contact;
  event.sdp = seen.message.sdp;
  return event;
}

Event answer_to_offer(const DialogState& tip, const Observation& seen) {
  const sip::Message& answer = seen.message;
  const bool by_us = seen.direction == Direction::in;
  const WaitingOffer* offer = find_offer(tip, answer.method, answer.cseq, by_us);
  if (offer == nullptr || offer->answered || answer.status_class() != 2 ||
      tip.state == State::terminated) {
    return without_effect(seen);
  }
  // In an early dialog the tags say which fork has agreed.
  Event event = is_answered(tip) ? describe(seen, EventType::modified)
                                 : describe_with_tags(seen, EventType::modified);
  event.contact = answer.contact;
  event.sdp = answer.sdp;
  // A 2xx that is itself the offer changes nothing before its ACK.
  if (is_late_offer(*offer, answer.sdp)) return event;
  event.offered_by_us = by_us;
  event.modification = modification(tip, by_us, offer->sdp);
  return event;
}

Event ack(const DialogState& tip, const Observation& seen) {
  if (for_another_fork(tip, seen.message)) return without_effect(seen);
  const bool by_us = seen.direction == Direction::out;
  const bool for_invite = seen.message.cseq == tip.invite.cseq && by_us == (tip.role == Role::uac);
  const bool awaited =
      is_answered(tip) && (tip.state == State::pending || tip.state == State::early);
  Event event =
      describe(seen, for_invite && awaited ? EventType::confirmed : EventType::acknowledged);
  event.sdp = seen.message.sdp;
  if (const WaitingOffer* offer = find_offer(tip, "INVITE", seen.message.cseq, by_us);
      offer != nullptr && offer->answered && event.type == EventType::acknowledged) {
    event.offered_by_us = !by_us;
    event.modification = modification(tip, !by_us, offer->sdp);
  }
  return event;
}

}  // namespace drachtio::dialog
