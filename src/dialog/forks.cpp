#include "dialog/forks.hpp"

#include "dialog/endpoint.hpp"
#include "dialog/identity.hpp"
#include "dialog/rules.hpp"

#include <algorithm>

namespace drachtio::dialog {

namespace {

constexpr std::size_t most_early_answers = 16;
constexpr std::size_t most_early_agreements = 16;
constexpr std::size_t most_early_dialogs = 16;

// Finds the entry of the fork that has this To tag. A fork of a peer that sends none (RFC 2543) has
// the empty one; the entry of the INVITE itself belongs to no fork.
template <typename Kept>
auto find_fork(Kept& kept, const std::optional<std::string>& to_tag) {
  return std::ranges::find_if(kept, [&](const auto& one) {
    const std::optional<std::string>& known = one.to_tag;
    return known && same_tag(*known, to_tag.value_or(""));
  });
}

template <typename Kept>
void forget_fork(Kept& kept, const std::optional<std::string>& to_tag) {
  if (const auto known = find_fork(kept, to_tag); known != kept.end()) kept.erase(known);
}

EarlyAgreement as_it_stands(Dialog& dialog, std::optional<std::string> to_tag) {
  return {std::move(to_tag), sdp_of(caller(dialog)), dialog.held_locally, dialog.held_remotely,
          dialog.held_streams};
}

// The callee's tag and both descriptions, and the hold, are those of this early dialog.
void show_fork(Dialog& dialog, const std::string& to_tag) {
  Endpoint& shown = callee(dialog);
  shown.tag.reset();
  if (!to_tag.empty()) shown.tag = to_tag;
  forget_sdp(shown);
  const auto answer = find_fork(dialog.early_answers, to_tag);
  if (answer != dialog.early_answers.end()) set_sdp(shown, answer->sdp);
  if (!dialog.early_agreements.empty()) take_up_agreement(dialog, to_tag);
}

}  // namespace

void remember_early_answer(Dialog& dialog, const std::optional<std::string>& to_tag,
                           const Sdp& sdp) {
  const auto known = find_fork(dialog.early_answers, to_tag);
  if (known != dialog.early_answers.end()) {
    known->sdp = sdp;
    return;
  }
  if (dialog.early_answers.size() == most_early_answers) {
    dialog.early_answers.erase(dialog.early_answers.begin());
  }
  dialog.early_answers.push_back({to_tag.value_or(""), sdp});
}

std::optional<Sdp> answer_of(const Dialog& dialog, const Event& event) {
  if (event.sdp) return sdp_of(event);
  const auto early = find_fork(dialog.early_answers, event.to_tag);
  if (early == dialog.early_answers.end()) return std::nullopt;
  return early->sdp;
}

Agreement agreement_with(const Dialog& dialog, const std::optional<std::string>& to_tag) {
  Agreement agreement{{dialog.held_locally, dialog.held_remotely, dialog.held_streams},
                      caller(dialog).sdp,
                      callee(dialog).sdp};
  if (is_answered(dialog)) return agreement;
  const auto answer = find_fork(dialog.early_answers, to_tag);
  if (answer != dialog.early_answers.end()) agreement.of_callee = answer->sdp.text;
  const std::vector<EarlyAgreement>& agreed = dialog.early_agreements;
  if (agreed.empty()) return agreement;
  auto found = find_fork(agreed, to_tag);
  if (found == agreed.end()) found = agreed.begin();
  agreement.holding = {found->held_locally, found->held_remotely, found->held_streams};
  agreement.of_caller.reset();
  if (found->of_caller) agreement.of_caller = found->of_caller->text;
  return agreement;
}

bool prack_answers(const Dialog& dialog, const std::optional<std::string>& to_tag) {
  return dialog.late_offer && !is_answered(dialog) && !agreement_with(dialog, to_tag).of_caller;
}

void take_up_agreement(Dialog& dialog, const std::optional<std::string>& to_tag) {
  std::vector<EarlyAgreement>& agreed = dialog.early_agreements;
  if (agreed.empty()) {
    agreed.push_back(as_it_stands(dialog, {}));  // the INVITE's own
    return;
  }
  auto found = find_fork(agreed, to_tag);
  if (found == agreed.end()) found = agreed.begin();
  forget_sdp(caller(dialog));
  set_sdp(caller(dialog), found->of_caller);
  dialog.held_locally = found->held_locally;
  dialog.held_remotely = found->held_remotely;
  dialog.held_streams = found->held_streams;
}

void remember_agreement(Dialog& dialog, const std::optional<std::string>& to_tag) {
  std::vector<EarlyAgreement>& agreed = dialog.early_agreements;
  forget_fork(agreed, to_tag);
  if (agreed.size() == most_early_agreements) agreed.erase(agreed.begin() + 1);
  agreed.push_back(as_it_stands(dialog, to_tag.value_or("")));
}

void remember_early_dialog(Dialog& dialog, const std::optional<std::string>& to_tag) {
  if (dialog.role == Role::uas) return;
  std::vector<EarlyDialog>& known = dialog.early_dialogs;
  EarlyDialog heard{to_tag.value_or("")};
  if (const auto before = find_fork(known, to_tag); before != known.end()) {
    heard = std::move(*before);
    known.erase(before);
  }
  if (known.size() == most_early_dialogs) known.erase(known.begin());
  known.push_back(std::move(heard));
}

bool another_goes_on(const Dialog& dialog, const std::optional<std::string>& to_tag) {
  return std::ranges::any_of(dialog.early_dialogs, [&](const EarlyDialog& one) {
    return !one.ended && !same_tag(one.to_tag, to_tag.value_or(""));
  });
}

bool has_ended_early(const Dialog& dialog, const std::optional<std::string>& to_tag) {
  const auto known = find_fork(dialog.early_dialogs, to_tag);
  return known != dialog.early_dialogs.end() && known->ended;
}

void end_early_dialog(Dialog& dialog, const std::optional<std::string>& to_tag) {
  if (!another_goes_on(dialog, to_tag)) return;
  remember_early_dialog(dialog, to_tag);
  dialog.early_dialogs.back().ended = true;
  forget_fork(dialog.early_answers, to_tag);
  forget_fork(dialog.early_agreements, to_tag);
  const auto latest = std::find_if(dialog.early_dialogs.rbegin(), dialog.early_dialogs.rend(),
                                   [](const EarlyDialog& one) { return !one.ended; });
  if (latest != dialog.early_dialogs.rend()) show_fork(dialog, latest->to_tag);
}

}  // namespace drachtio::dialog
