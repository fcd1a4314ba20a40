#include "dialog/apply.hpp"

#include "dialog/endpoint.hpp"
#include "dialog/forks.hpp"
#include "dialog/identity.hpp"
#include "dialog/offers.hpp"
#include "dialog/rules.hpp"
#include "dialog/session.hpp"

#include <algorithm>

namespace drachtio::dialog {

namespace {

// A leg keeps so many of its INVITEs and of the tags of their answers: a peer must not grow our
// memory.
constexpr std::size_t most_earlier_invites = 16;
constexpr std::size_t most_to_tags = 32;

// Tags are those of the latest message up to the 2xx (RFC 3261 12.1: several forks may speak).
void set_tags(Dialog& dialog, const Event& event) {
  if (event.from_tag) caller(dialog).tag = event.from_tag;
  if (event.to_tag) callee(dialog).tag = event.to_tag;
}

void forget_offers(Dialog& dialog) {
  dialog.offers.clear();
  dialog.early_answers.clear();
  dialog.early_agreements.clear();
  dialog.early_dialogs.clear();
  dialog.former_streams.clear();
}

void end(Dialog& dialog, const Event& event, std::optional<Instant> when) {
  dialog.state = State::terminated;
  dialog.times.end_time = when;
  dialog.cause = event.cause;
  dialog.reason = event.reason;
  dialog.q850_cause = event.q850_cause;
  dialog.completed_elsewhere = event.completed_elsewhere;
  dialog.gone.reset();
  dialog.closed_at = event.position;
  forget_offers(dialog);
}

void revive(Dialog& dialog) {
  dialog.times.end_time.reset();
  dialog.cause.reset();
  dialog.reason.reset();
  dialog.q850_cause.reset();
  dialog.completed_elsewhere = false;
  dialog.closed_at.reset();
}

// A leg remembers its earlier INVITEs, so that what comes late on them has no effect.
void leave_former_invite(Dialog& dialog) {
  if (dialog.number == 0) return;
  std::vector<InviteTransaction>& earlier = dialog.earlier_invites;
  if (earlier.size() == most_earlier_invites) earlier.erase(earlier.begin());
  earlier.push_back(std::move(dialog.invite));
  earlier.back().uri.clear();
}

void open(Dialog& dialog, const Event& event) {
  leave_former_invite(dialog);
  const Opening& opening = *event.opening;
  if (dialog.number == 0) dialog.number = event.dialog;
  dialog.server = opening.server;
  dialog.dialog_id = opening.dialog_id;
  dialog.call_id = opening.call_id;
  dialog.role = opening.role;
  dialog.calling_party = opening.calling_party;
  dialog.called_party = opening.called_party;
  dialog.local = {};
  dialog.remote = {};
  dialog.held_locally = false;
  dialog.held_remotely = false;
  dialog.held_streams.clear();
  dialog.wanted_streams.clear();
  caller(dialog).user = opening.from_user;
  callee(dialog).user = opening.to_user;
  dialog.invite = {event.cseq, event.branch,      event.transaction_id,
                   event.uri,  event.occurred_at, event.from_call_record};
  if (!dialog.times.start_time) dialog.times.start_time = event.occurred_at;
}

void invited(Dialog& dialog, const Event& event) {
  if (!event.opening) return;
  open(dialog, event);
  dialog.state = State::pending;
  dialog.status.reset();
  dialog.cancel_sent.reset();
  revive(dialog);
  forget_offers(dialog);
  dialog.late_offer = !event.sdp.has_value();
  set_tags(dialog, event);
  set_sdp(caller(dialog), sdp_of(event));
  set_address(caller(dialog), event.contact);
  set_address(callee(dialog), event.received_on);
}

void progressed(Dialog& dialog, const Event& event) {
  remember_early_dialog(dialog, event.to_tag);
  set_tags(dialog, event);
  set_address(callee(dialog), event.contact);
  set_sdp(callee(dialog), sdp_of(event));
  if (event.sdp) remember_early_answer(dialog, event.to_tag, *sdp_of(event));
}

void answered(Dialog& dialog, const Event& event) {
  if (event.opening) open(dialog, event);
  revive(dialog);
  dialog.answered_by_proxy = event.answered_by_proxy;
  if (event.answered_by_proxy) dialog.invite.transaction_id.clear();  // not the program's own
  dialog.invite.uri.clear();                                          // nobody tries it again
  if (event.settled) {
    dialog.state = State::stable;
  } else if (dialog.state == State::terminated) {
    dialog.state = State::pending;
  }
  dialog.times.connect_time = event.occurred_at;
  dialog.status = event.status;
  dialog.final_from_call_record = event.from_call_record;
  set_tags(dialog, event);
  set_address(callee(dialog), event.contact);
  if (event.called_party) dialog.called_party = *event.called_party;
  const std::optional<Sdp> answer = answer_of(dialog, event);
  forget_sdp(callee(dialog));
  set_sdp(callee(dialog), answer);
  dialog.early_answers.clear();
  if (!dialog.early_agreements.empty()) take_up_agreement(dialog, event.to_tag);
  dialog.early_agreements.clear();
  dialog.early_dialogs.clear();
}

void confirmed(Dialog& dialog, const Event& event) {
  dialog.state = State::stable;
  if (dialog.late_offer) set_sdp(sender(dialog, event.direction), sdp_of(event));
}

void refused(Dialog& dialog, const Event& event) {
  set_tags(dialog, event);
  if (event.status != 0) dialog.status = event.status;
  dialog.final_from_call_record = event.from_call_record;
  end(dialog, event, event.occurred_at);
}

void cancelled(Dialog& dialog, const Event& event) {
  if (dialog.state == State::terminated && dialog.cause == Cause::cancelled) {
    // The CANCEL itself says why, after the call record has ended the call.
    dialog.reason = event.reason;
    if (event.q850_cause) dialog.q850_cause = event.q850_cause;
    if (event.completed_elsewhere) dialog.completed_elsewhere = true;
    return;
  }
  dialog.status = 487;
  dialog.final_from_call_record = event.from_call_record;
  end(dialog, event, event.occurred_at);
}

void early(Dialog& dialog, const Event& event) {
  dialog.state = State::early;
  dialog.was_early = true;
  apply_pracked(dialog, event);
}

void requested(Dialog& dialog, const Event& event) {
  if (event.method == "PRACK") apply_pracked(dialog, event);
  // Only the BYE that ends one early dialog of several has a tag here.
  if (event.method == "BYE" && event.to_tag) end_early_dialog(dialog, event.to_tag);
  if (event.method == "CANCEL" && !event.branch.empty()) {
    dialog.cancel_sent = {event.reason, event.q850_cause, event.completed_elsewhere};
  }
}

// The server knows the dialog. If we never saw the 2xx, it must have got one all the same; and of
// an answered one without an ACK it would have been rid of soon (RFC 3261 13.3.1.4).
void resumed(Dialog& dialog, const Event& event) {
  if (dialog.state == State::terminated) return;
  if (event.inferred && !is_answered(dialog)) {
    dialog.inferred = true;
    dialog.early_dialogs.clear();
  }
  if (is_answered(dialog)) dialog.state = State::stable;
}

// Whatever a fork of the callee answers with: by these tags its later messages are known.
void learn_to_tag(Dialog& dialog, const Event& event) {
  const bool of_answer = event.method == "INVITE" && event.status > 100;
  const bool says_so = event.callee_tag || !of_answer;
  const std::optional<std::string>& tag = says_so ? event.callee_tag : event.to_tag;
  std::vector<std::string>& tags = dialog.to_tags;
  const auto is_known = [&](const std::string& known) { return same_tag(known, *tag); };
  if (!tag || std::ranges::any_of(tags, is_known)) return;
  if (tags.size() == most_to_tags) tags.erase(tags.begin());
  tags.push_back(*tag);
}

// What was learnt of the INVITE since it opened the dialog as a call record.
void learn_of_invite(Dialog& dialog, const Event& event) {
  if (event.opening || event.transaction_id.empty()) return;
  dialog.invite.transaction_id = event.transaction_id;
  if (!callee(dialog).signaling_address) set_address(callee(dialog), event.received_on);
}

// Of a call that was handed on the call records tell the rest: it is no longer the program's.
void let_go_of_handed_on(Dialog& dialog, const Event& event) {
  if (dialog.cause == Cause::proxied && event.from_call_record) {
    dialog.invite.transaction_id.clear();
  }
}

// The latest message of the far end tells whether it still has the dialog.
void note_whether_gone(Dialog& dialog, const Event& event) {
  if (event.direction != Direction::in || event.method.empty()) return;
  if (event.status == 0 || event.status / 100 == 2) dialog.gone.reset();
  const bool is_gone = event.type == EventType::responded && is_answered(dialog) &&
                       dialog.state != State::terminated &&
                       tells_that_dialog_is_gone(event.method, event.status);
  if (is_gone && !dialog.gone) dialog.gone = {event.status, event.occurred_at};
}

bool is_heard(EventType type) {
  switch (type) {
    case EventType::session_set:
    case EventType::session_joined:
    case EventType::lost: return false;
    default: return true;
  }
}

}  // namespace

void apply(Dialog& dialog, const Event& event) {
  const bool was_over = dialog.state == State::terminated;
  dialog.version = event.version;
  dialog.last_position = event.position;
  learn_of_invite(dialog, event);
  let_go_of_handed_on(dialog, event);
  switch (event.type) {
    case EventType::invited: invited(dialog, event); break;
    case EventType::progressed: progressed(dialog, event); break;
    case EventType::early: early(dialog, event); break;
    case EventType::answered: answered(dialog, event); break;
    case EventType::confirmed: confirmed(dialog, event); break;
    case EventType::challenged:
    case EventType::rejected: refused(dialog, event); break;
    case EventType::cancelled: cancelled(dialog, event); break;
    case EventType::offered: apply_offered(dialog, event); break;
    case EventType::modified: apply_modified(dialog, event); break;
    case EventType::acknowledged: apply_acknowledged(dialog, event); break;
    case EventType::requested: requested(dialog, event); break;
    case EventType::responded: apply_responded(dialog, event); break;
    case EventType::proxied:
    case EventType::terminated: end(dialog, event, event.occurred_at); break;
    case EventType::lost: end(dialog, event, dialog.last_heard); break;
    case EventType::resumed: resumed(dialog, event); break;
    case EventType::session_joined:
      if (event.joined) dialog.joined = *event.joined;
      [[fallthrough]];
    case EventType::session_set: merge_patch(dialog.session, event.patch); break;
    default: break;  // no effect: unreadable, and what is of no dialog
  }
  learn_to_tag(dialog, event);
  note_whether_gone(dialog, event);
  if (event.wanted) dialog.wanted_streams = *event.wanted;
  // A message after the end does not tell that the dialog was still up.
  const bool stays_over = was_over && dialog.state == State::terminated;
  if (is_heard(event.type) && !stays_over) dialog.last_heard = event.occurred_at;
}

}  // namespace drachtio::dialog
