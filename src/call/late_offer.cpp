#include "call/late_offer.hpp"

#include <utility>

namespace drachtio::call {

void LateOffer::offered(Reliable offer) {
  std::erase_if(waiting_,
                [&](const Reliable& one) { return dialog::same_tag(one.tag, offer.tag); });
  waiting_.push_back(std::move(offer));
}

LateOffer::Reliable LateOffer::prack() {
  Reliable offer = std::move(waiting_.back());
  waiting_.pop_back();
  answered_by_prack_.insert_or_assign(offer.tag, offer.rack);
  return offer;
}

void LateOffer::prack_failed(Reliable offer) {
  const auto noted = answered_by_prack_.find(offer.tag);
  // Another attempt has other numbers; a fork that has not got the call has no note.
  if (noted == answered_by_prack_.end() || noted->second != offer.rack) return;
  answered_by_prack_.erase(noted);
  waiting_.push_back(std::move(offer));
}

void LateOffer::ended(std::string_view tag) {
  answered_by_prack_.erase(std::string{tag});
  std::erase_if(waiting_, [&](const Reliable& one) { return dialog::same_tag(one.tag, tag); });
}

void LateOffer::chosen(std::string_view tag) {
  std::erase_if(answered_by_prack_,
                [&](const auto& one) { return !dialog::same_tag(one.first, tag); });
  std::erase_if(waiting_, [&](const Reliable& one) { return !dialog::same_tag(one.tag, tag); });
}

bool LateOffer::is_answered_by_prack(std::string_view tag) const {
  return answered_by_prack_.contains(std::string{tag});
}

bool LateOffer::is_answered(std::string_view tag) const {
  return is_answered_by_prack(tag) || (acknowledged_ && dialog::same_tag(*acknowledged_, tag));
}

}  // namespace drachtio::call
