// Makes offers in a call, and lets theirs be answered: this file carries out what call::Offers
// decides, and tells it what comes of that.
#include "agent/core.hpp"
#include "agent/draw.hpp"

namespace drachtio::agent {

using call::Offers;

namespace {

Headers sdp_headers() { return {{"Content-Type", "application/sdp"}}; }

}  // namespace

// Carries out the actions of a call's offers.
struct Core::CarryOutOffer {
  Core& core;
  const std::shared_ptr<Cell>& cell;
  const std::shared_ptr<Incoming>& request;  // theirs; null where they do not offer

  void operator()(const Offers::Send& action) const {
    core.acknowledge_unheard(cell);
    core.request(cell, action.method, {action.headers, action.sdp},
                 [&core = core, cell = cell](error_code error, const SipMessage& answer) {
                   core.on(cell, Offers::Answered{{error, answer}});
                 });
  }
  void operator()(const Offers::Acknowledge& action) const {
    core.acknowledge_reinvite(cell, action.cseq, {});
  }
  void operator()(const Offers::Wait& action) const {
    core.after(draw(action.pause), [&core = core, cell = cell] {
      const auto theirs = cell->their_offer.lock();
      core.on(cell, Offers::PauseOver{theirs && theirs->machine.is_answered()});
    });
  }
  void operator()(const Offers::Refuse& action) const {
    call::Answer refusal{action.status};
    if (action.retry_after) {
      const auto pause =
          std::chrono::duration_cast<std::chrono::seconds>(draw(*action.retry_after));
      refusal.headers.add("Retry-After", std::to_string(pause.count()));
    }
    core.answer(request, refusal);
  }
  void operator()(const Offers::Ask& /*action*/) const {
    cell->their_offer = request;
    core.reoffered(request);
  }
  void operator()(const Offers::AwaitAck& action) const {
    core.after(core.options_.t1x64, [&core = core, weak = std::weak_ptr{cell}, cseq = action.cseq] {
      core.acknowledged(weak.lock(), cseq);
    });
  }
  void operator()(const Offers::HangUpIfGone& action) const {
    core.hang_up_if_gone(cell, action.method, action.answer);
  }
  void operator()(call::Tell& action) const { core.tell(std::move(action)); }
};

void Core::on(const std::shared_ptr<Cell>& cell, const Offers::Input& input,
              const std::shared_ptr<Incoming>& request) {
  const auto state = cell->snapshot();
  const Offers::Call call{.dialog = *state,
                          .first_answered = cell->has_answered_offer(*state),
                          .can_receive = cell->recovery.is_heard(),
                          .has_link = links_.of(*cell) != nullptr};
  for (Offers::Action& action : cell->offers.on(input, call)) {
    std::visit(CarryOutOffer{*this, cell, request}, action);
  }
}

void Core::next_offer(const std::shared_ptr<Cell>& cell) {
  if (cell->offers.wait()) on(cell, Offers::GoOn{});
}

void Core::modify(const std::shared_ptr<Cell>& cell, const Content& offer,
                  ResponseHandler handler) {
  Offers::Wanted wanted{.headers = offer.headers, .sdp = offer.body};
  if (!wanted.headers.has("Content-Type")) wanted.headers.add("Content-Type", "application/sdp");
  wanted.handler = waiting_.add(std::move(handler));
  on(cell, Offers::Make{std::move(wanted)});
}

void Core::hold(const std::shared_ptr<Cell>& cell, bool held, ResponseHandler handler) {
  Offers::Wanted offer{.headers = sdp_headers(), .held = held};
  offer.handler = waiting_.add(std::move(handler));
  on(cell, Offers::Make{std::move(offer)});
}

}  // namespace drachtio::agent
