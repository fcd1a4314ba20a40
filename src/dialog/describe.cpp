#include "dialog/describe.hpp"

#include "dialog/rules.hpp"

namespace drachtio::dialog {

Event describe(const Observation& seen, EventType type) {
  Event event;
  event.type = type;
  event.occurred_at = seen.occurred_at;
  event.direction = seen.direction;
  event.from_call_record = seen.channel == Channel::attempt || seen.channel == Channel::start ||
                           seen.channel == Channel::stop;
  event.unsolicited = seen.unsolicited;
  if (seen.channel == Channel::proxy) return event;
  event.method = seen.message.method;
  event.cseq = seen.message.cseq;
  event.status = seen.message.status;
  event.phrase = seen.message.phrase;
  event.key = seen.key;
  return event;
}

Event describe_with_tags(const Observation& seen, EventType type) {
  Event event = describe(seen, type);
  event.from_tag = seen.message.from.tag;
  event.to_tag = seen.message.to.tag;
  return event;
}

Event without_effect(const Observation& seen) {
  return describe(seen, seen.message.is_request() ? EventType::requested : EventType::responded);
}

bool acts_on_invite(const DialogState& tip, const sip::Message& message) {
  return message.cseq == tip.invite.cseq && message.branch == tip.invite.branch;
}

bool for_another_fork(const DialogState& tip, const sip::Message& request) {
  if (!is_answered(tip) || !tip.local.tag || !tip.remote.tag || !request.from.tag ||
      !request.to.tag) {
    return false;
  }
  const bool same = (request.from.tag == tip.local.tag && request.to.tag == tip.remote.tag) ||
                    (request.from.tag == tip.remote.tag && request.to.tag == tip.local.tag);
  return !same;
}

}  // namespace drachtio::dialog
