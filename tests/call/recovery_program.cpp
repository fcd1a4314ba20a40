#include "call/recovery_program.hpp"

#include "call/dialogs.hpp"

#include <algorithm>
#include <utility>

namespace drachtio::test::recovery_world {

using call::CallerCheck;
using call::GivingUp;
using call::Recovery;
using call::ServerRequest;
using Server = World::Server;

const SipMessage& invite_message() {
  static const SipMessage message = [] {
    SipMessage invite;
    invite.method = "INVITE";
    invite.headers = {{"Call-ID", "c1"}, {"CSeq", "1 INVITE"}};
    return invite;
  }();
  return message;
}

void breaks(World& world, const char* rule) {
  if (world.broken == nullptr) world.broken = rule;
}

namespace {

dialog::Dialog dialog_of(const World& world) {
  dialog::Dialog dialog =
      world.scene.role == Role::uac ? call_out(State::pending) : call_in(State::pending);
  if (world.answered) dialog = answered(dialog);
  if (world.answered && world.acknowledged) dialog.state = State::stable;
  if (world.has_ended) dialog.state = State::terminated;
  dialog.late_offer = world.scene.late_offer;
  if (world.scene.role == Role::uac) dialog.remote.tag = "theirs";
  if (world.scene.role == Role::uas && world.has_rung) dialog.local.tag = "ours";
  return dialog;
}

void send(World& world, Frame frame) {
  using Kind = Frame::Kind;
  const bool in_dialog =
      frame.kind == Kind::options || frame.kind == Kind::ack || frame.kind == Kind::bye;
  frame.is_over = in_dialog && world.has_ended;
  frame.has_left = world.is_linked && !frame.is_over;
  if (frame.kind == Kind::cancel && world.answered) {
    breaks(world, "RFC 3261 9.1: no CANCEL once the call is answered");
  }
  if (frame.kind == Kind::cancel && world.has_ended) breaks(world, "no CANCEL of what has ended");
  if (frame.kind == Kind::question && (world.answered || world.has_ended)) {
    breaks(world, "RFC 3261 13.3.1: no provisional answer after the final one");
  }
  if (frame.kind == Kind::question && world.scene.reliable) {
    breaks(world, "RFC 3262 3: a caller that requires 100rel is sent no unreliable answer");
  }
  const auto is_alike = [&](const Frame& other) {
    const bool may_repeat = frame.kind == Kind::answer || frame.kind == Kind::options ||
                            (frame.kind == Kind::ack && frame.number == 0);
    return other.kind == frame.kind && !may_repeat;
  };
  if (std::ranges::any_of(world.frames, is_alike))
    breaks(world, "one question of a kind at a time");
  world.frames.push_back(std::move(frame));
}

// Carries out what the machines ask for, as the Agent does.
struct CarryOut {
  World& world;

  void operator()(const Recovery::AwaitTurn& /*action*/) const {
    if (world.recovery.is_heard()) breaks(world, "a call that is heard is not asked about");
    if (world.awaits_turn) breaks(world, "a call has one turn at a time");
    world.awaits_turn = true;
  }
  void operator()(const Recovery::TurnOver& /*action*/) const {
    if (!std::exchange(world.has_turn, false)) breaks(world, "a turn is over once");
  }
  void operator()(const Recovery::Ask& action) const {
    send(world, {.kind = Frame::Kind::options, .asked = action.question});
  }
  void operator()(const Recovery::AwaitForgotten& /*action*/) const { ++world.forgotten_timers; }
  void operator()(const Recovery::HandOver& /*action*/) const {
    if (world.invite) breaks(world, "a call in is handed to the program once");
    world.invite.emplace("t1");
    feed(world, CallerCheck::Begun{});
    feed(world, Recovery::Begun{false});
    feed(world, ServerRequest::BeginCall{});
  }
  void operator()(const Recovery::CheckCaller& /*action*/) const {
    feed(world, CallerCheck::Ask{});
  }
  void operator()(const Recovery::Cancel& /*action*/) const {
    feed(world, GivingUp::Cancel{world.is_linked ? world.connection : 0});
  }
  void operator()(const Recovery::HangUp& /*action*/) const {
    feed(world, GivingUp::HangUp{world.is_linked ? world.connection : 0});
  }
  void operator()(const Recovery::Acknowledge& /*action*/) const {
    send(world, {.kind = Frame::Kind::ack});
  }
  void operator()(const Recovery::AcknowledgeUnheard& /*action*/) const {}
  void operator()(const Recovery::EndIfGone& /*action*/) const {
    breaks(world, "only a call that is heard is ended by its probe");
  }
  void operator()(const Recovery::LogResumed& action) const {
    const bool is_there = world.server == Server::awaits_ack || world.server == Server::up;
    if (!is_there || !world.far_end_has_it) {
      breaks(world, "a call that is resumed is there");
    }
    if (action.inferred == world.answered) breaks(world, "it is inferred that a call was answered");
    world.noted.push_back(EventType::resumed);
  }
  void operator()(const Recovery::LogLost& /*action*/) const {
    const bool is_there =
        world.server == Server::invite || (world.server != Server::gone && world.far_end_has_it);
    if (is_there) breaks(world, "a call that is lost is not there");
    if (std::ranges::count(world.noted, EventType::lost) > 0) breaks(world, "a call is lost once");
    world.noted.push_back(EventType::lost);
  }

  void operator()(const GivingUp::SendCancel& action) const {
    send(world, {.kind = Frame::Kind::cancel, .number = action.attempt});
  }
  void operator()(const GivingUp::WaitToLook& action) const {
    if (std::ranges::count(world.looks, action.attempt) > 0) breaks(world, "one look at a time");
    world.looks.push_back(action.attempt);
  }
  void operator()(const GivingUp::SendAck& action) const {
    send(world, {.kind = Frame::Kind::ack, .number = action.attempt});
  }
  void operator()(const GivingUp::SendBye& action) const {
    send(world, {.kind = Frame::Kind::bye, .number = action.attempt});
  }
  void operator()(const GivingUp::NothingLeft& /*action*/) const {
    feed(world, Recovery::Gone{"nothing is left"});
  }

  void operator()(const CallerCheck::SendQuestion& action) const {
    send(world, {.kind = Frame::Kind::question, .number = action.round});
  }
  void operator()(const CallerCheck::WaitToAsk& action) const {
    world.questions.push_back(action.round);
  }
  void operator()(const CallerCheck::InDoubt& /*action*/) const {
    feed(world, Recovery::InDoubt{});
  }

  void operator()(const ServerRequest::Send& action) const {
    send(world, {.kind = Frame::Kind::answer, .sent = action.sent});
  }
  void operator()(const ServerRequest::Refuse& action) const {
    feed(world, ServerRequest::Give{invite_message(), {action.status}});
  }
  void operator()(const ServerRequest::Proceed& /*action*/) const {
    feed(world, ServerRequest::Told{});
  }
  void operator()(const ServerRequest::Final& action) const {
    // The ACK comes to the connection that brought the INVITE.
    if (action.status < 300 && !world.recovery.is_heard()) {
      feed(world, Recovery::AnsweredElsewhere{});
    }
  }
  void operator()(const ServerRequest::AwaitLink& /*action*/) const {
    if (world.is_linked) feed(world, ServerRequest::LinkUp{});
  }
  void operator()(const ServerRequest::AskInDoubt& /*action*/) const {
    feed(world, Recovery::InDoubt{});
  }
  void operator()(const ServerRequest::AskInTime& /*action*/) const { ++world.forgotten_timers; }
  void operator()(const call::Tell& action) const { ++world.told.at(action.handler); }
  template <typename Action>
  void operator()(const Action& /*action*/) const {}
};

template <typename Actions>
void carry_out(World& world, const Actions& actions) {
  for (const auto& action : actions) std::visit(CarryOut{world}, action);
}

}  // namespace

void feed(World& world, const Recovery::Input& input) {
  const dialog::Dialog dialog = dialog_of(world);
  carry_out(world,
            world.recovery.on(
                input, {.dialog = dialog,
                        .given_up = world.given_up,
                        .offer_answered = world.has_answered_offer,
                        .may_probe = world.scene.may_probe,
                        .has_link = world.is_linked,
                        .requires_100rel = world.scene.reliable,
                        .may_have_rung = world.invite && world.invite->may_have_rung(),
                        .may_be_answered = world.invite && world.invite->may_be_answered(),
                        .final_on_its_way = world.invite && world.invite->is_final_on_its_way()}));
}

void feed(World& world, const GivingUp::Input& input) {
  carry_out(world, world.giving_up.on(input, dialog_of(world).state));
}

void feed(World& world, const CallerCheck::Input& input) {
  const CallerCheck::Facts facts{.is_over = world.has_ended || world.answered,
                                 .is_open = !world.invite || world.invite->is_open(),
                                 .requires_100rel = world.scene.reliable,
                                 .is_heard = world.recovery.is_heard()};
  carry_out(world, world.caller_check.on(input, facts));
}

void feed(World& world, const ServerRequest::Input& input) {
  if (world.invite) carry_out(world, world.invite->on(input));
}

void tell(World& world, EventType event, bool by_record) {
  feed(world, Recovery::Told{event, by_record});
  if (!world.has_ended) return;
  feed(world, ServerRequest::Closed{event == EventType::lost});
}

}  // namespace drachtio::test::recovery_world
