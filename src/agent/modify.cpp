// Re-INVITEs of ours (RFC 3261 14): one at a time, the others wait; a 491 is tried again.
#include "agent/core.hpp"
#include "agent/glare.hpp"
#include "dialog/rules.hpp"
#include "sip/sdp.hpp"

namespace drachtio::agent {

namespace {

constexpr int most_attempts = 5;

}  // namespace

void Core::modify(const std::shared_ptr<Cell>& cell, std::string sdp, ResponseHandler handler) {
  if (sdp.empty()) {
    if (handler) post([handler] { handler(Errc::malformed, with_reason("an offer has an SDP")); });
    return;
  }
  modify_with(
      cell, [sdp = std::move(sdp)] { return sdp; }, std::move(handler));
}

// What is offered is made when its turn has come: by then an offer before it may have changed it.
void Core::modify_with(const std::shared_ptr<Cell>& cell, MakeSdp sdp, ResponseHandler handler) {
  const auto state = SipDialog{cell}.snapshot();
  if (state->state != State::terminated && link_of(*cell) == nullptr) {
    const std::string why = "there is no link to " + state->server;
    if (handler) post([handler, why] { handler(Errc::no_link, with_reason(why)); });
    return;
  }
  cell->offers.waiting.emplace_back(
      [this, cell, sdp = std::move(sdp), handler = std::move(handler)] {
        offer(cell, sdp(), handler, 1);
      });
  next_offer(cell);
}

// RFC 3261 14.1, RFC 3264 4: one INVITE, and one offer, at a time, in either direction.
bool Core::is_inviting(const std::shared_ptr<Cell>& cell) {
  const auto state = SipDialog{cell}.snapshot();
  if (state->state == State::terminated) return false;
  if (!dialog::is_answered(*state) || cell->offers.open) return true;
  if (cell->offers.theirs.lock() || cell->offers.theirs_awaits_ack) return true;
  // The ACK to our 2xx comes to the link that brought the INVITE, or not at all.
  return state->state != State::stable && (state->role == Role::uac || cell->can_receive);
}

void Core::offer(const std::shared_ptr<Cell>& cell, const std::string& sdp, ResponseHandler handler,
                 int attempts) {
  if (std::exchange(cell->offers.answer_lost, false)) acknowledge(cell, {});
  Content content;
  content.body = sdp;
  content.headers.add("Content-Type", "application/sdp");
  cell->offers.open = true;
  request(cell, "INVITE", content,
          [this, cell, sdp, handler = std::move(handler), attempts](error_code error,
                                                                    const SipMessage& response) {
            cell->offers.open = false;
            if (!error && response.status == 491 && attempts < most_attempts) {
              return offer_again(cell, sdp, handler, attempts, response);
            }
            if (!error && response.status < 300) acknowledge(cell, {});
            if (!error && response.status >= 300) error = Errc::rejected;
            cell->offers.under_way = false;
            next_offer(cell);
            if (handler) handler(error, response);
          });
}

void Core::offer_again(const std::shared_ptr<Cell>& cell, const std::string& sdp,
                       const ResponseHandler& handler, int attempts, const SipMessage& refusal) {
  cell->offers.give_up = [this, cell, handler] {
    cell->offers.under_way = false;
    next_offer(cell);
    if (handler) handler(Errc::no_link, with_reason("the Agent was stopped"));
  };
  after(glare_pause(SipDialog{cell}.role()), [this, cell, sdp, handler, attempts, refusal] {
    cell->offers.give_up = {};
    cell->offers.under_way = false;
    if (const auto theirs = cell->offers.theirs.lock(); theirs && !theirs->answered) {
      // Theirs was quicker. It may wait for ours: each leg of two for the other's.
      next_offer(cell);
      if (handler) handler(Errc::rejected, refusal);
      return;
    }
    cell->offers.waiting.emplace_front(
        [this, cell, sdp, handler, attempts] { offer(cell, sdp, handler, attempts + 1); });
    next_offer(cell);
  });
}

void Core::next_offer(const std::shared_ptr<Cell>& cell) {
  if (cell->offers.waiting.empty() || cell->offers.under_way || is_inviting(cell)) return;
  cell->offers.under_way = true;
  const auto next = std::move(cell->offers.waiting.front());
  cell->offers.waiting.pop_front();
  next();
}

// RFC 3264 8.4: what we send stops; what the far end does not send either is inactive.
void Core::hold(const std::shared_ptr<Cell>& cell, bool held, ResponseHandler handler) {
  const auto state = SipDialog{cell}.snapshot();
  const auto tell = [&](error_code error, const std::string& why) {
    if (handler) post([handler, error, why] { handler(error, with_reason(why)); });
  };
  if (state->state == State::terminated) return tell(Errc::dialog_over, "the dialog has ended");
  if (!state->local.sdp) return tell(Errc::malformed, "there is no SDP of ours to offer again");
  if (state->held_locally == held && !cell->offers.under_way && cell->offers.waiting.empty()) {
    return tell({}, held ? "it is on hold already" : "it is not on hold");
  }
  const auto sdp = [cell, held] {
    const auto now = SipDialog{cell}.snapshot();
    const char* direction = held ? (now->held_remotely ? "inactive" : "sendonly")
                                 : (now->held_remotely ? "recvonly" : "sendrecv");
    return sip::with_direction(now->local.sdp.value_or(""), direction);
  };
  modify_with(cell, sdp, std::move(handler));
}

}  // namespace drachtio::agent
