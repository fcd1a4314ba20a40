#include "call/awaited_pracks.hpp"

#include "sip/header_value.hpp"

#include <algorithm>
#include <utility>

namespace drachtio::call {

// The server numbers a reliable answer when it sends it. One that waits for the PRACK of another
// has no number yet, and the server shows the other one.
void AwaitedPracks::sent(PrackId id, const SipMessage& message) {
  const auto rseq = sip::number_of<std::uint32_t>(message.headers["RSeq"]);
  if (!rseq || *rseq <= last_rseq_) return;
  last_rseq_ = *rseq;
  const auto one = std::ranges::find(awaited_, id, &Awaited::id);
  if (one == awaited_.end()) {
    given_up_rseq_ = *rseq;
  } else {
    one->rseq = rseq;
  }
}

bool AwaitedPracks::not_sent(PrackId id) {
  return std::erase_if(awaited_, [&](const Awaited& one) { return one.id == id; }) != 0;
}

// A PRACK belongs to the answer that was given first where the server has not told the RSeq of
// that, unless the PRACK comes too late.
std::optional<HandlerId> AwaitedPracks::came(const SipMessage& prack) {
  const auto rseq = sip::number_of<std::uint32_t>(prack.headers["RAck"]);
  auto one = std::ranges::find_if(
      awaited_, [&](const Awaited& awaited) { return rseq && awaited.rseq == rseq; });
  if (one == awaited_.end()) one = awaited_.begin();
  if (one == awaited_.end()) return std::nullopt;
  const bool is_other = rseq && one->rseq && one->rseq != rseq;
  if (is_other || (rseq && *rseq <= given_up_rseq_)) return std::nullopt;
  const HandlerId handler = one->handler;
  awaited_.erase(one);
  return handler;
}

std::vector<HandlerId> AwaitedPracks::give_up() {
  std::vector<HandlerId> handlers;
  for (const Awaited& one : std::exchange(awaited_, {})) {
    given_up_rseq_ = std::max(given_up_rseq_, one.rseq.value_or(0));
    handlers.push_back(one.handler);
  }
  return handlers;
}

bool AwaitedPracks::is_behind_another(PrackId id) const {
  return contains(id) && awaited_.front().id != id;
}

bool AwaitedPracks::contains(PrackId id) const {
  return std::ranges::find(awaited_, id, &Awaited::id) != awaited_.end();
}

}  // namespace drachtio::call
