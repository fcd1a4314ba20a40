// An INVITE of ours without an offer leaves the offer to the far end: each fork makes its own, in a
// reliable provisional answer or in the 2xx, and the program answers it by PRACK or ACK (RFC 3261
// 13.2.1, RFC 3262 5). This file remembers which offers are answered. It is pure.
#pragma once

#include "dialog/identity.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

  // Notes that an offer waits for the program's PRACK, in place of an earlier one of the same fork.
  void offered(Reliable offer);
  // Returns whether any offer waits.
  [[nodiscard]] bool waits() const { return !waiting_.empty(); }
  // Returns the latest offer that waits, and notes that a PRACK answers it now; waits() must hold.
  Reliable prack();
  // Takes back what prack() noted, where the PRACK did not go out: the offer waits again, unless
  // another attempt has begun or the fork is out of the call.
  void prack_failed(Reliable offer);
  // Notes that the 2xx of this fork has been acknowledged, so that nothing else can answer its
  // offer.
  void acknowledge(std::string tag) { acknowledged_ = std::move(tag); }
  void acknowledge_failed() { acknowledged_.reset(); }
  // Notes that this fork has ended (RFC 6228), and waits for nothing.
  void ended(std::string_view tag);
  // Notes that this fork has got the call, and that no other waits for anything.
  void chosen(std::string_view tag);

  [[nodiscard]] bool is_answered_by_prack(std::string_view tag) const;
  // Returns whether a PRACK or the ACK has answered the offer of this fork, or is on its way.
  [[nodiscard]] bool is_answered(std::string_view tag) const;

  bool operator==(const LateOffer&) const = default;

 private:
  std::vector<Reliable> waiting_;                                           // the latest comes last
  std::map<std::string, std::string, dialog::TagOrder> answered_by_prack_;  // RAck, by tag
  std::optional<std::string> acknowledged_;
};

}  // namespace drachtio::call
