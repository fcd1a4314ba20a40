#include "dialog/observe.hpp"

#include "dialog/describe.hpp"
#include "dialog/ending.hpp"
#include "dialog/identity.hpp"
#include "dialog/modification.hpp"
#include "dialog/rules.hpp"
#include "dialog/setup.hpp"

namespace drachtio::dialog {

namespace {

std::optional<Event> request(const DialogState& tip, const Observation& seen) {
  const sip::Message& message = seen.message;
  if (message.method == "INVITE") {
    if (!message.to.tag) return initial_invite(tip, seen);
    return offered(tip, seen);
  }
  if (message.method == "CANCEL") return cancel(tip, seen);
  // Anything else without a To tag shares the Call-ID but is no part of the dialog.
  if (!message.to.tag && seen.dialog_id.empty()) return std::nullopt;
  if (message.method == "UPDATE") return offered(tip, seen);
  if (message.method == "ACK") return ack(tip, seen);
  if (message.method == "PRACK") return prack(tip, seen);
  if (message.method == "BYE") return bye(tip, seen);
  return without_effect(seen);
}

std::optional<Event> response(const DialogState& tip, const Observation& seen) {
  const sip::Message& message = seen.message;
  if (message.status <= 100) return std::nullopt;
  if (message.method == "INVITE" || message.method == "UPDATE") {
    const bool to_us = seen.direction == Direction::in;
    const bool for_invite = message.method == "INVITE" && message.cseq == tip.invite.cseq &&
                            to_us == (tip.role == Role::uac);
    return for_invite ? answer_to_invite(tip, seen) : answer_to_offer(tip, seen);
  }
  if (message.method == "PRACK") return answer_to_prack(tip, seen);
  return without_effect(seen);
}

}  // namespace

bool tells_transaction(const DialogState& tip, const Observation& seen) {
  return seen.channel == Channel::sip && is_initial_invite(seen) && !seen.transaction_id.empty() &&
         tip.invite.transaction_id.empty() && tip.state != State::terminated && !is_answered(tip) &&
         acts_on_invite(tip, seen.message);
}

bool begins_anew(const DialogState& tip, const Observation& seen) {
  if (!is_initial_invite(seen) || tip.state != State::terminated || !is_answered(tip)) return false;
  if (seen.message.cseq <= tip.invite.cseq) return false;
  // Where envelope and message contradict each other, it would not be found again.
  const Identity opened = opened_identity(seen);
  return opened.dialog_id == tip.dialog_id && opened.role == tip.role;
}

std::optional<Event> observe(const DialogState* tip, const Observation& seen) {
  if (seen.channel == Channel::proxy) {
    return tip == nullptr ? std::nullopt : proxied(*tip, seen);
  }
  if (tip == nullptr) return open(seen);
  return seen.message.is_request() ? request(*tip, seen) : response(*tip, seen);
}

}  // namespace drachtio::dialog
