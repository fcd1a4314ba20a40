#include "dialog/describe.hpp"

#include "dialog/forks.hpp"
#include "dialog/identity.hpp"
#include "dialog/rules.hpp"

#include <algorithm>

namespace drachtio::dialog {

Event describe(const Observation& seen, EventType type) {
  Event event;
  event.type = type;
  event.occurred_at = seen.occurred_at;
  event.direction = seen.direction;
  event.from_call_record = seen.channel == Channel::attempt || seen.channel == Channel::start ||
                           seen.channel == Channel::stop;
  event.unsolicited = seen.unsolicited;
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

Event answer_without_effect(const Observation& seen) {
  return describe_with_tags(seen, EventType::responded);
}

void note_reason(Event& event, const sip::Reason& reason) {
  event.q850_cause = reason.q850_cause;
  event.completed_elsewhere = reason.completed_elsewhere;
}

std::string_view invite_transaction_id(const Observation& seen) {
  const sip::Message& message = seen.message;
  if (!message.is_request()) return seen.transaction_id;
  const bool has_its_own =
      message.method == "ACK" || (message.method == "CANCEL" && seen.direction == Direction::out);
  return has_its_own ? std::string_view{} : std::string_view{seen.transaction_id};
}

namespace {

bool is_about(const InviteTransaction& invite, const Observation& seen) {
  const std::string_view id = invite_transaction_id(seen);
  if (!invite.transaction_id.empty() && !id.empty()) return invite.transaction_id == id;
  return seen.message.cseq == invite.cseq && seen.message.branch == invite.branch;
}

}  // namespace

bool acts_on_invite(const Dialog& leg, const Observation& seen) {
  return is_about(leg.invite, seen);
}

bool is_about_creating_invite(const Dialog& leg, const Observation& seen) {
  return is_about(leg.invite, seen) ||
         std::ranges::any_of(leg.earlier_invites, [&](const InviteTransaction& invite) {
           return is_about(invite, seen);
         });
}

namespace {

const std::optional<std::string>& callee_tag(const Dialog& leg, const sip::Message& message) {
  const bool by_caller = same_tag(message.from.tag.value_or(""), creating_tag(leg));
  return by_caller ? message.to.tag : message.from.tag;
}

}  // namespace

bool for_another_fork(const Dialog& tip, const sip::Message& message) {
  if (!is_answered(tip)) return has_ended_early(tip, callee_tag(tip, message));
  if (!tip.local.tag || !tip.remote.tag || !message.from.tag || !message.to.tag) return false;
  const auto are = [&](const std::string& from, const std::string& to) {
    return same_tag(*message.from.tag, from) && same_tag(*message.to.tag, to);
  };
  return !are(*tip.local.tag, *tip.remote.tag) && !are(*tip.remote.tag, *tip.local.tag);
}

}  // namespace drachtio::dialog
