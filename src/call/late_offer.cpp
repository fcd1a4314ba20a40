#include "call/late_offer.hpp"

namespace drachtio::call {

LateOffer::Reliable LateOffer::prack() {
  Reliable offer = std::move(*waiting_);
  waiting_.reset();
  answered_by_prack_.insert(offer.tag);
  return offer;
}

void LateOffer::prack_failed(Reliable offer) {
  if (answered_by_prack_.erase(offer.tag) != 0) waiting_ = std::move(offer);
}

bool LateOffer::is_answered_by_prack(std::string_view tag) const {
  return answered_by_prack_.contains(std::string{tag});
}

bool LateOffer::is_answered(std::string_view tag) const {
  return is_answered_by_prack(tag) || (acknowledged_ && dialog::same_tag(*acknowledged_, tag));
}

}  // namespace drachtio::call
