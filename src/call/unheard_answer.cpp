#include "call/unheard_answer.hpp"

#include "dialog/rules.hpp"

#include <drachtio/error.hpp>

#include <algorithm>

namespace drachtio::call {

UnheardAnswer::Actions UnheardAnswer::on(const Input& input, const dialog::Dialog& dialog) {
  Actions actions;
  std::visit([&](const auto& one) { take(one, dialog, actions); }, input);
  return actions;
}

void UnheardAnswer::take(const Lost& lost, const dialog::Dialog& /*dialog*/, Actions& /*actions*/) {
  phase_ = Phase::lost;
  cseq_ = lost.cseq;
}

void UnheardAnswer::take(const LinkUp& /*input*/, const dialog::Dialog& /*dialog*/,
                         Actions& actions) {
  if (phase_ != Phase::lost) return;
  phase_ = Phase::acknowledging;
  acks_ = 0;
  ++round_;
  send(actions);
}

void UnheardAnswer::send(Actions& actions) {
  ++acks_;
  actions.emplace_back(SendAck{cseq_, round_});
  actions.emplace_back(WaitToSend{round_});
}

void UnheardAnswer::take(const Sent& sent, const dialog::Dialog& dialog, Actions& actions) {
  const bool is_lost = sent.error == Errc::no_link && sent.round == round_;
  if (!is_lost || phase_ != Phase::acknowledging) return;
  phase_ = Phase::lost;
  if (sent.has_link) take(LinkUp{}, dialog, actions);
}

void UnheardAnswer::take(const SendAgain& again, const dialog::Dialog& dialog, Actions& actions) {
  if (phase_ != Phase::acknowledging || again.round != round_) return;
  const bool may_be_answered = dialog.state != State::terminated &&
                               dialog::find_offer(dialog, "INVITE", cseq_, true) != nullptr;
  if (may_be_answered && acks_ < most_acks) return send(actions);
  phase_ = Phase::idle;
}

std::optional<std::uint32_t> unacknowledged(const dialog::Dialog& dialog, const Event& latest) {
  if (!dialog::is_answered(dialog)) return std::nullopt;
  const auto ours = std::ranges::find_if(dialog.offers, [](const WaitingOffer& offer) {
    return offer.by_us && offer.method == "INVITE";
  });
  if (ours != dialog.offers.end()) return ours->cseq;
  const bool is_ours = latest.type == EventType::modified && latest.offered_by_us == true &&
                       latest.method == "INVITE";
  return is_ours ? std::optional{latest.cseq} : std::nullopt;
}

}  // namespace drachtio::call
