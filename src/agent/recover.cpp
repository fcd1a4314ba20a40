// This file carries out what call::Recovery and its parts decide about a call whose link, program
// or server went away, and tells them what comes of that.
#include "agent/core.hpp"
#include "call/answer.hpp"
#include "dialog/rules.hpp"

namespace drachtio::agent {

using call::CallerCheck;
using call::GivingUp;
using call::Recovery;
using call::UnheardAnswer;

namespace {

bool requires_100rel(const Incoming& invite) {
  const auto required = invite.message.headers.all("Require");
  return std::ranges::any_of(required, call::requires_100rel);
}

constexpr const char* given_up = "given up: nobody waited for its answer any more";

}  // namespace

// Carries out the actions of a call's recovery.
struct Core::CarryOutRecovery {
  Core& core;
  const std::shared_ptr<Cell>& cell;

  // --- Recovery
  void operator()(const Recovery::AwaitTurn& /*action*/) const {
    core.await_turn_.emplace_back(cell);
    core.next_turn();
  }
  void operator()(const Recovery::TurnOver& /*action*/) const {
    --core.in_turn_;
    core.next_turn();
  }
  void operator()(const Recovery::Ask& action) const {
    core.request(cell, "OPTIONS", {},
                 [&core = core, cell = cell, question = action.question](error_code error,
                                                                         const SipMessage& answer) {
                   core.on(cell, Recovery::Answered{question, error, answer});
                 });
  }
  void operator()(const Recovery::AwaitForgotten& /*action*/) const { core.await_forgotten(*cell); }
  void operator()(const Recovery::HandOver& /*action*/) const { core.hand_over(cell); }
  void operator()(const Recovery::CheckCaller& /*action*/) const {
    core.on(cell, CallerCheck::Ask{});
  }
  void operator()(const Recovery::Cancel& /*action*/) const {
    core.on(cell, GivingUp::Cancel{connection()});
  }
  void operator()(const Recovery::HangUp& /*action*/) const {
    core.on(cell, GivingUp::HangUp{connection()});
  }
  void operator()(const Recovery::Acknowledge& /*action*/) const { core.acknowledge(cell, {}); }
  void operator()(const Recovery::AcknowledgeUnheard& /*action*/) const {
    core.acknowledge_unheard(cell);
  }
  void operator()(const Recovery::EndIfGone& action) const {
    core.hang_up_if_gone(cell, "OPTIONS", action.answer);
  }
  void operator()(const Recovery::LogResumed& action) const {
    Event event = happened(EventType::resumed);
    event.inferred = action.inferred;
    event.detail = action.detail;
    core.note(cell, std::move(event));
  }
  void operator()(const Recovery::LogLost& action) const {
    Event event = happened(EventType::lost);
    event.cause = Cause::lost;
    event.reason = action.why;
    core.note(cell, std::move(event));
  }

  // --- GivingUp
  void operator()(const GivingUp::SendCancel& action) const {
    const Link* link = core.links_.of(*cell);
    core.send_cancel(link == nullptr ? 0 : link->id, cell->snapshot()->invite.transaction_id, {},
                     [&core = core, cell = cell, attempt = action.attempt](const Reply& reply) {
                       core.on(cell, GivingUp::Cancelled{attempt, reply.error, reply.refusal});
                     });
  }
  void operator()(const GivingUp::WaitToLook& action) const {
    later(core.options_.t1x64 / GivingUp::most_looks,
          [attempt = action.attempt](const CarryOutRecovery& self) {
            const bool answered = dialog::is_answered(*self.cell->snapshot());
            self.core.on(self.cell, GivingUp::LookAgain{attempt, self.connection(), answered});
          });
  }
  void operator()(const GivingUp::SendAck& action) const {
    core.request(
        cell, "ACK", {},
        [&core = core, cell = cell, attempt = action.attempt](error_code error, const SipMessage&) {
          core.on(cell, GivingUp::Acknowledged{attempt, error});
        });
  }
  void operator()(const GivingUp::SendBye& action) const {
    core.request(
        cell, "BYE", {},
        [&core = core, cell = cell, attempt = action.attempt](error_code error, const SipMessage&) {
          core.on(cell, GivingUp::HungUp{attempt, error});
        });
  }
  void operator()(const GivingUp::NothingLeft& /*action*/) const {
    core.on(cell, Recovery::Gone{given_up});
  }

  // --- CallerCheck
  void operator()(const CallerCheck::SendQuestion& action) const {
    const auto invite = core.open_invite(cell);
    auto question = call::answer_frame(invite->machine.transaction_id(), invite->message, {183});
    core.send(core.links_.for_answer_to(*invite), std::move(question),
              [&core = core, cell = cell, round = action.round](const Reply& reply) {
                const auto outcome = call::outcome_of_answer(183, {reply.error, reply.message});
                core.on(cell, CallerCheck::Answered{round, outcome.error, reply.refusal});
              });
  }
  void operator()(const CallerCheck::WaitToAsk& action) const {
    later(core.options_.forgotten_after, [round = action.round](const CarryOutRecovery& self) {
      self.core.on(self.cell, CallerCheck::AskAgain{round});
    });
  }
  void operator()(const CallerCheck::InDoubt& /*action*/) const {
    core.on(cell, Recovery::InDoubt{});
  }

  // --- UnheardAnswer
  void operator()(const UnheardAnswer::SendAck& action) const {
    core.acknowledge_reinvite(
        cell, action.cseq,
        [&core = core, cell = cell, round = action.round](error_code error, const SipMessage&) {
          core.on(cell, UnheardAnswer::Sent{round, error, core.links_.of(*cell) != nullptr});
        });
  }
  void operator()(const UnheardAnswer::WaitToSend& action) const {
    later(core.options_.t1x64 / UnheardAnswer::most_acks,
          [round = action.round](const CarryOutRecovery& self) {
            self.core.on(self.cell, UnheardAnswer::SendAgain{round});
          });
  }

 private:
  static Event happened(EventType type) {
    Event event;
    event.type = type;
    event.occurred_at = drachtio::now();
    return event;
  }
  // Returns the connection over which the call is controlled, or 0.
  [[nodiscard]] std::uint64_t connection() const {
    const Link* link = core.links_.of(*cell);
    return link == nullptr ? 0 : link->connection;
  }
  // Does it after the delay, if the call is still there.
  template <typename Action>
  void later(std::chrono::milliseconds delay, Action action) const {
    core.after(delay, [&core = core, weak = std::weak_ptr{cell}, action = std::move(action)] {
      if (const auto again = weak.lock()) action(CarryOutRecovery{core, again});
    });
  }
};

call::Recovery::Call Core::recovery_facts(const Cell& cell, const dialog::Dialog& state) {
  const Incoming* invite = cell.invitation.open.get();
  return {.dialog = state,
          .given_up = cell.facts.given_up,
          .offer_answered = cell.has_answered_offer(state),
          .may_probe = options_.probe,
          .has_link = links_.of(cell) != nullptr,
          .requires_100rel = invite != nullptr && requires_100rel(*invite),
          .may_have_rung = invite != nullptr && invite->machine.may_have_rung(),
          .may_be_answered = invite != nullptr && invite->machine.may_be_answered(),
          .final_on_its_way = invite != nullptr && invite->machine.is_final_on_its_way(),
          .handing_on = invite != nullptr && invite->machine.is_handing_on()};
}

void Core::on(const std::shared_ptr<Cell>& cell, const Recovery::Input& input) {
  const auto state = cell->snapshot();
  const auto actions = cell->recovery.on(input, recovery_facts(*cell, *state));
  cell->can_receive = cell->recovery.is_heard();
  for (const Recovery::Action& action : actions) {
    std::visit(CarryOutRecovery{*this, cell}, action);
  }
}

void Core::on(const std::shared_ptr<Cell>& cell, const GivingUp::Input& input) {
  for (const GivingUp::Action& action : cell->giving_up.on(input, SipDialog{cell}.state())) {
    std::visit(CarryOutRecovery{*this, cell}, action);
  }
}

void Core::on(const std::shared_ptr<Cell>& cell, const CallerCheck::Input& input) {
  const auto state = cell->snapshot();
  const auto invite = open_invite(cell);
  const CallerCheck::Facts facts{
      .is_over = state->state == State::terminated || dialog::is_answered(*state),
      .is_open = invite->machine.is_open(),
      .requires_100rel = requires_100rel(*invite),
      .is_heard = cell->recovery.is_heard()};
  for (const CallerCheck::Action& action : cell->caller_check.on(input, facts)) {
    std::visit(CarryOutRecovery{*this, cell}, action);
  }
}

void Core::on(const std::shared_ptr<Cell>& cell, const UnheardAnswer::Input& input) {
  const auto state = cell->snapshot();
  for (const UnheardAnswer::Action& action : cell->unheard_answer.on(input, *state)) {
    std::visit(CarryOutRecovery{*this, cell}, action);
  }
}

// Before anything else is sent in the dialog, a 2xx that nobody has heard gets its ACK.
void Core::acknowledge_unheard(const std::shared_ptr<Cell>& cell) {
  const bool can_send = cell->unheard_answer.awaits_link() && links_.of(*cell) != nullptr;
  if (can_send) on(cell, UnheardAnswer::LinkUp{});
}

}  // namespace drachtio::agent
