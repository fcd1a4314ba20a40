// Offers of ours in a call, re-INVITEs (RFC 3261 14) and UPDATEs (RFC 3311): one at a time, the
// others wait; a 491 is tried again.
#include "agent/core.hpp"
#include "agent/draw.hpp"
#include "call/description.hpp"
#include "call/open_offer.hpp"

namespace drachtio::agent {

namespace {

constexpr int most_attempts = 5;

Headers sdp_headers() { return {{"Content-Type", "application/sdp"}}; }

}  // namespace

void Core::modify(const std::shared_ptr<Cell>& cell, std::string sdp, ResponseHandler handler) {
  if (sdp.empty()) return tell(handler, Errc::malformed, "an offer has an SDP");
  offer(cell,
        {"INVITE", sdp_headers(), [sdp = std::move(sdp)] { return sdp; }, std::move(handler)});
}

void Core::offer(const std::shared_ptr<Cell>& cell, Offer offer) {
  const auto state = SipDialog{cell}.snapshot();
  if (state->state != State::terminated && links_.of(*cell) == nullptr) {
    return tell(offer.handler, Errc::no_link, "there is no link to " + state->server);
  }
  cell->offers.waiting.push_back(std::make_shared<Offer>(std::move(offer)));
  next_offer(cell);
}

void Core::next_offer(const std::shared_ptr<Cell>& cell) {
  if (cell->offers.waiting.empty() || cell->offers.under_way) return;
  const std::shared_ptr<Offer> next = cell->offers.waiting.front();
  const auto state = SipDialog{cell}.snapshot();
  const bool may_go = call::may_offer(next->method, *state, offer_facts(*cell, *state));
  if (!may_go && state->state != State::terminated) return;
  cell->offers.under_way = true;
  cell->offers.waiting.pop_front();
  offer_now(cell, next);
}

void Core::offer_now(const std::shared_ptr<Cell>& cell, const std::shared_ptr<Offer>& offer) {
  acknowledge_lost(cell);
  cell->offers.open = true;
  ++offer->attempts;
  request(cell, offer->method, {offer->headers, offer->sdp()},
          [this, cell, offer](error_code error, const SipMessage& answer) {
            offer_answered(cell, offer, error, answer);
          });
}

void Core::offer_answered(const std::shared_ptr<Cell>& cell, const std::shared_ptr<Offer>& offer,
                          error_code error, const SipMessage& answer) {
  cell->offers.open = false;
  const auto pause = error ? std::nullopt : call::pause_after(answer, SipDialog{cell}.role());
  if (pause && offer->attempts < most_attempts)
    return offer_again(cell, offer, answer, draw(*pause));
  if (!error && answer.status < 300 && offer->method == "INVITE") {
    acknowledge_reinvite(cell, answer.cseq(), {});
  }
  if (!error && answer.status >= 300 && !offer->any_answer) error = Errc::rejected;
  cell->offers.under_way = false;
  next_offer(cell);
  if (offer->handler) offer->handler(error, answer);
  hang_up_if_gone(cell, offer->method, answer);
}

void Core::offer_again(const std::shared_ptr<Cell>& cell, const std::shared_ptr<Offer>& offer,
                       const SipMessage& refusal, std::chrono::milliseconds pause) {
  cell->offers.to_retry = offer;
  after(pause, [this, cell, offer, refusal] {
    cell->offers.to_retry = {};
    cell->offers.under_way = false;
    if (const auto theirs = cell->offers.theirs.lock(); theirs && !theirs->machine.is_answered()) {
      // Theirs was quicker. It may wait for ours: each leg of two for the other's.
      next_offer(cell);
      const error_code error = offer->any_answer ? error_code{} : Errc::rejected;
      if (offer->handler) offer->handler(error, refusal);
      return;
    }
    cell->offers.waiting.push_front(offer);
    next_offer(cell);
  });
}

void Core::hold(const std::shared_ptr<Cell>& cell, bool held, ResponseHandler handler) {
  const auto state = SipDialog{cell}.snapshot();
  if (state->state == State::terminated) {
    return tell(handler, Errc::dialog_over, "the dialog has ended");
  }
  if (!state->local.sdp) {
    return tell(handler, Errc::malformed, "there is no SDP of ours to offer again");
  }
  if (state->held_locally == held && !cell->offers.under_way && cell->offers.waiting.empty()) {
    return tell(handler, {}, held ? "it is on hold already" : "it is not on hold");
  }
  const auto sdp = [cell, held] { return call::offer_of_hold(*SipDialog{cell}.snapshot(), held); };
  offer(cell, {"INVITE", sdp_headers(), sdp, std::move(handler)});
}

}  // namespace drachtio::agent
