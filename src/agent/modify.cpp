// Offers of ours in a call, re-INVITEs (RFC 3261 14) and UPDATEs (RFC 3311): one at a time, the
// others wait; a 491 is tried again.
#include "agent/core.hpp"
#include "agent/glare.hpp"
#include "dialog/hold.hpp"
#include "dialog/rules.hpp"
#include "sip/header_value.hpp"
#include "sip/sdp.hpp"

#include <algorithm>

namespace drachtio::agent {

namespace {

constexpr int most_attempts = 5;
// A far end that asks for more than this does not only have an offer of its own under way.
constexpr std::chrono::seconds longest_retry_after{32};

Headers sdp_headers() { return {{"Content-Type", "application/sdp"}}; }

// When an offer may be made again: after a 491 (RFC 3261 14.1), or after a 500 that says when, as
// whoever has an offer of its own under way answers (14.2, RFC 3311 5.2). Nothing for any other
// answer.
std::optional<std::chrono::milliseconds> pause_after(const SipMessage& refusal, Role role) {
  if (refusal.status == 491) return glare_pause(role);
  if (refusal.status != 500) return std::nullopt;
  const auto seconds = sip::number_of<std::uint32_t>(refusal.headers["Retry-After"]);
  if (!seconds || std::chrono::seconds{*seconds} > longest_retry_after) return std::nullopt;
  return std::chrono::seconds{*seconds};
}

// RFC 3261 14.1: an INVITE is under way, in either direction.
bool is_inviting(const Cell& cell, const DialogState& state) {
  if (!dialog::is_answered(state) || cell.offers.theirs_awaits_ack) return true;
  // The ACK to our 2xx comes to the link that brought the INVITE, or not at all.
  return state.state != State::stable && (state.role == Role::uac || cell.can_receive);
}

}  // namespace

void Core::modify(const std::shared_ptr<Cell>& cell, std::string sdp, ResponseHandler handler) {
  if (sdp.empty()) return tell(handler, Errc::malformed, "an offer has an SDP");
  offer(cell,
        {"INVITE", sdp_headers(), [sdp = std::move(sdp)] { return sdp; }, std::move(handler)});
}

void Core::offer(const std::shared_ptr<Cell>& cell, Offer offer) {
  const auto state = SipDialog{cell}.snapshot();
  if (state->state != State::terminated && link_of(*cell) == nullptr) {
    return tell(offer.handler, Errc::no_link, "there is no link to " + state->server);
  }
  cell->offers.waiting.push_back(std::make_shared<Offer>(std::move(offer)));
  next_offer(cell);
}

void Core::next_offer(const std::shared_ptr<Cell>& cell) {
  if (cell->offers.waiting.empty() || cell->offers.under_way) return;
  const std::shared_ptr<Offer> next = cell->offers.waiting.front();
  const auto state = SipDialog{cell}.snapshot();
  const bool must_wait = open_offer(*cell, *state) != OpenOffer::none ||
                         (next->method == "INVITE" && is_inviting(*cell, *state));
  if (must_wait && state->state != State::terminated) return;
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
  const auto pause = error ? std::nullopt : pause_after(answer, SipDialog{cell}.role());
  if (pause && offer->attempts < most_attempts) return offer_again(cell, offer, answer, *pause);
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
    if (const auto theirs = cell->offers.theirs.lock(); theirs && !theirs->answered) {
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

// RFC 3264 8.4, RFC 6337 5.3: an offer says what the program wants of each stream, whatever the far
// end holds.
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
  const auto sdp = [cell, held] {
    const auto now = SipDialog{cell}.snapshot();
    const std::string ours = now->local.sdp.value_or("");
    std::vector<sip::Flow> flows = dialog::wanted_flows(now->wanted_streams, ours);
    if (held) std::ranges::transform(flows, flows.begin(), sip::held);
    return sip::with_flows(ours, flows, now->former_streams);
  };
  offer(cell, {"INVITE", sdp_headers(), sdp, std::move(handler)});
}

}  // namespace drachtio::agent
