// An INVITE of ours without an offer leaves the offer to the far end: each fork makes its own, in a
// reliable provisional answer or in the 2xx, and the program answers it by PRACK or ACK (RFC 3261
// 13.2.1, RFC 3262 5). This file remembers which offers are answered. It is pure.
#pragma once

#include "dialog/identity.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace drachtio::call {

class LateOffer {
 public:
  // A Reliable is a reliable provisional answer that offers. `rack` is the value of RAck that its
  // PRACK has, `tag` that of its fork.
  struct Reliable {
    std::string rack;
    std::string tag;
    bool operator==(const Reliable&) const = default;
  };

  // Notes that the latest offer waits for the program's PRACK.
  void offered(Reliable offer) { waiting_ = std::move(offer); }
  [[nodiscard]] bool waits() const { return waiting_.has_value(); }
  // Returns the offer that waits; waits() must hold, here and for prack().
  [[nodiscard]] const Reliable& waiting() const { return *waiting_; }
  // Returns the offer that waits, and notes that a PRACK answers it now.
  Reliable prack();
  // Takes back what prack() noted, where the PRACK did not go out: the offer waits again, unless
  // another attempt has begun meanwhile.
  void prack_failed(Reliable offer);
  // Notes that the 2xx of this fork has been acknowledged, so that nothing else can answer its
  // offer.
  void acknowledge(std::string tag) { acknowledged_ = std::move(tag); }
  void acknowledge_failed() { acknowledged_.reset(); }

  [[nodiscard]] bool is_answered_by_prack(std::string_view tag) const;
  // Returns whether a PRACK or the ACK has answered the offer of this fork, or is on its way.
  [[nodiscard]] bool is_answered(std::string_view tag) const;

  bool operator==(const LateOffer&) const = default;

 private:
  std::optional<Reliable> waiting_;
  std::set<std::string, dialog::TagOrder> answered_by_prack_;
  std::optional<std::string> acknowledged_;
};

}  // namespace drachtio::call
