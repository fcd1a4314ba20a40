// Re-INVITEs of ours (RFC 3261 14): one at a time, the others wait; a 491 is tried again.
#include "agent/core.hpp"
#include "sip/sdp.hpp"

#include <random>

namespace drachtio::agent {

namespace {

constexpr int most_attempts = 5;

// RFC 3261 14.1: who made the Call-ID waits 2.1 to 4 s, the other 0 to 2 s, in units of 10 ms.
std::chrono::milliseconds glare_pause(Role role) {
  static thread_local std::mt19937 random{std::random_device{}()};
  const bool owner = role == Role::uac;
  return std::chrono::milliseconds{
      10 * std::uniform_int_distribution<int>{owner ? 210 : 0, owner ? 400 : 200}(random)};
}

}  // namespace

void Core::modify(const std::shared_ptr<Cell>& cell, std::string sdp, ResponseHandler handler) {
  modify_with(
      cell, [sdp = std::move(sdp)] { return sdp; }, std::move(handler));
}

// What is offered is made when its turn has come: by then an offer before it may have changed it.
void Core::modify_with(const std::shared_ptr<Cell>& cell, MakeSdp sdp, ResponseHandler handler) {
  auto begin = [this, cell, sdp = std::move(sdp), handler = std::move(handler)] {
    offer(cell, sdp(), handler, 1);
  };
  if (cell->offering) {
    cell->offers.emplace_back(std::move(begin));
    return;
  }
  cell->offering = true;
  begin();
}

void Core::offer(const std::shared_ptr<Cell>& cell, const std::string& sdp, ResponseHandler handler,
                 int attempts) {
  Content content;
  content.body = sdp;
  if (!sdp.empty()) content.headers.add("Content-Type", "application/sdp");
  cell->offer_open = true;
  request(cell, "INVITE", content,
          [this, cell, sdp, handler = std::move(handler), attempts](error_code error,
                                                                    const SipMessage& response) {
            cell->offer_open = false;
            if (!error && response.status == 491 && attempts < most_attempts) {
              cell->give_up_offer = [this, cell, handler] {
                next_offer(cell);
                if (handler) handler(Errc::no_link, with_reason("the Agent was stopped"));
              };
              return after(glare_pause(SipDialog{cell}.role()),
                           [this, cell, sdp, handler, attempts] {
                             cell->give_up_offer = {};
                             offer(cell, sdp, handler, attempts + 1);
                           });
            }
            if (!error && response.status < 300) acknowledge(cell, {});
            if (!error && response.status >= 300) error = Errc::rejected;
            next_offer(cell);
            if (handler) handler(error, response);
          });
}

void Core::next_offer(const std::shared_ptr<Cell>& cell) {
  if (cell->offers.empty()) {
    cell->offering = false;
    return;
  }
  const auto next = std::move(cell->offers.front());
  cell->offers.pop_front();
  next();
}

// RFC 3264 8.4: what we send stops; what the far end does not send either is inactive.
void Core::hold(const std::shared_ptr<Cell>& cell, bool held, ResponseHandler handler) {
  const auto state = SipDialog{cell}.snapshot();
  const auto fail = [&](error_code error, const std::string& why) {
    if (handler) post([handler, error, why] { handler(error, with_reason(why)); });
  };
  if (state->state == State::terminated) return fail(Errc::dialog_over, "the dialog has ended");
  if (!state->local.sdp) return fail(Errc::malformed, "there is no SDP of ours to offer again");
  if (state->held_locally == held && !cell->offering) {
    return fail({}, held ? "it is on hold already" : "it is not on hold");
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
