#include "call/recovery_world.hpp"

#include "call/recovery_program.hpp"

#include <drachtio/error.hpp>

#include <algorithm>
#include <utility>

namespace drachtio::test::recovery_world {

using call::CallerCheck;
using call::GivingUp;
using call::Recovery;
using call::ServerRequest;
using Server = World::Server;

namespace {

// What the server says to a frame.
struct Said {
  boost::system::error_code error;
  wire::Refusal refusal = wire::Refusal::none;
  int status = 200;
};

Said unknown_dialog() { return {Errc::unknown_dialog, wire::Refusal::unknown_dialog, 0}; }

Said unknown_transaction() {
  return {Errc::refused_by_server, wire::Refusal::unknown_transaction, 0};
}

Said take_answer(World& world, int status) {
  if (world.server != Server::invite) return unknown_transaction();
  world.is_touched = true;
  if (status >= 300) world.server = Server::gone;
  if (status >= 200 && status < 300) world.server = Server::up;
  return {};
}

// What the frame does at the server.
Said take(World& world, const Frame& frame) {
  const bool is_up = world.server == Server::awaits_ack || world.server == Server::up;
  switch (frame.kind) {
    case Frame::Kind::answer: return take_answer(world, frame.sent.status);
    case Frame::Kind::question: return take_answer(world, 183);
    case Frame::Kind::options:
      if (!is_up) return unknown_dialog();
      return {{}, wire::Refusal::none, world.far_end_has_it ? 200 : 481};
    case Frame::Kind::cancel:
      if (world.server != Server::invite) return unknown_transaction();
      if (std::exchange(world.is_cancelled, true)) {
        return {Errc::refused_by_server, wire::Refusal::other, 0};
      }
      return {};
    case Frame::Kind::ack:
      if (!is_up) return unknown_dialog();
      // Where the 2xx crossed the CANCEL, the server hangs up by itself.
      world.server = world.is_cancelled ? Server::gone : Server::up;
      return {};
    case Frame::Kind::bye:
      if (!is_up) return unknown_dialog();
      if (world.byes++ > 0) breaks(world, "RFC 3261 15: one BYE");
      world.server = Server::gone;
      return {};
  }
  return {};
}

// The log has an answer that went out, and the program hears of it.
void hear_of_answer(World& world, int status) {
  world.has_rung = true;
  if (status < 200) return;
  if (status >= 300) {
    world.has_ended = true;
    return tell(world, EventType::rejected);
  }
  world.answered = true;
  world.has_ended = false;  // if it was lost before
  world.acknowledged = world.recovery.is_heard();
  tell(world, EventType::answered);
}

// Tells the machines what came of the frame.
void reply(World& world, const Frame& frame, const Said& said) {
  const SipMessage answer = [&] {
    SipMessage message;
    message.status = said.status;
    return message;
  }();
  switch (frame.kind) {
    case Frame::Kind::answer:
      if (!said.error) hear_of_answer(world, frame.sent.status);
      return feed(world, ServerRequest::Answered{
                             frame.sent, {said.error, answer}, said.refusal, frame.has_left});
    case Frame::Kind::question:
      if (!said.error) hear_of_answer(world, 183);
      return feed(world, CallerCheck::Answered{frame.number, said.error, said.refusal});
    case Frame::Kind::options:
      if (said.error == Errc::unknown_dialog) feed(world, Recovery::Unknown{});
      return feed(world, Recovery::Answered{frame.asked, said.error, answer});
    case Frame::Kind::cancel:
      return feed(world, GivingUp::Cancelled{frame.number, said.error, said.refusal});
    case Frame::Kind::ack:
      // Then the program may answer once more.
      if (world.has_answered_offer && !frame.has_left && frame.number == 0) {
        world.owes_answer = true;
        world.has_answered_offer = false;
      }
      if (said.error == Errc::unknown_dialog) feed(world, Recovery::Unknown{});
      if (!said.error && world.answered && !std::exchange(world.acknowledged, true)) {
        tell(world, EventType::confirmed);
      }
      return feed(world, GivingUp::Acknowledged{frame.number, said.error});
    case Frame::Kind::bye:
      if (said.error == Errc::unknown_dialog) feed(world, Recovery::Unknown{});
      if (!said.error) {
        world.has_ended = true;
        tell(world, EventType::terminated);
      }
      return feed(world, GivingUp::HungUp{frame.number, said.error});
  }
}

void lose_link(World& world) {
  world.is_linked = false;
  ++world.connection;
  world.looks_taken = 0;
  world.is_resumed = false;
  feed(world, Recovery::Unheard{});
  if (world.recovery.is_heard()) breaks(world, "nothing is heard over a link that is lost");
  for (const Frame& frame : std::exchange(world.frames, {})) {
    reply(world, frame, {frame.is_over ? Errc::dialog_over : Errc::no_link});
  }
  feed(world, Recovery::Unheard{});
  feed(world, ServerRequest::Unheard{});
}

void die(World& world) {
  world.is_linked = false;
  ++world.connection;
  world.frames.clear();
  world.recovery = Recovery::of_former_program();
  world.giving_up = {};
  world.caller_check = {};
  world.invite.reset();
  world.awaits_turn = world.has_turn = world.owes_answer = world.has_answered_offer =
      world.given_up = world.is_resumed = false;
  world.looks.clear();
  world.questions.clear();
  world.forgotten_timers = world.looks_taken = world.handlers = 0;
  world.noted.clear();
  world.told.fill(0);
}

void everything_arrives(World& world) {
  for (const Frame& frame : world.frames) {
    if (frame.has_left) static_cast<void>(take(world, frame));
  }
}

void server_replies(World& world) {
  const Frame frame = world.frames.front();
  world.frames.erase(world.frames.begin());
  if (frame.is_over) return reply(world, frame, {Errc::dialog_over});
  if (!frame.has_left) return reply(world, frame, {Errc::no_link});
  const Said said = take(world, frame);
  reply(world, frame, said);
}

void log_tells(World& world) {
  const EventType event = world.noted.front();
  world.noted.erase(world.noted.begin());
  if (world.has_ended) return;
  if (event == EventType::lost) world.has_ended = true;
  if (event == EventType::resumed) world.answered = world.is_resumed = true;
  tell(world, event);
  if (event == EventType::resumed) feed(world, ServerRequest::Resumed{});
}

void give(World& world, int status) {
  feed(world, ServerRequest::Give{invite_message(), {status}, call::HandlerId(++world.handlers)});
}

void far_end_ends(World& world) {
  const bool cancels = world.server == Server::invite && world.scene.role == Role::uas;
  world.server = Server::gone;
  if (!world.recovery.is_heard()) return;
  world.has_ended = true;
  tell(world, EventType::terminated);
  if (cancels) feed(world, ServerRequest::Cancel{invite_message()});
}

}  // namespace

World begin(const Scene& scene) {
  World world;
  world.scene = scene;
  world.answered = scene.answered;
  world.acknowledged = scene.acknowledged;
  world.has_rung = world.is_touched = scene.rings || scene.answered;
  world.given_up = scene.given_up;
  world.owes_answer = scene.late_offer && scene.answered && !scene.acknowledged;
  if (scene.answered) world.server = scene.acknowledged ? Server::up : Server::awaits_ack;
  if (scene.role == Role::uas && !scene.answered) {
    world.invite.emplace("t1");
    feed(world, CallerCheck::Begun{});
    feed(world, Recovery::Begun{});
    feed(world, ServerRequest::BeginCall{});
  }
  return world;
}

std::vector<Happens> can_happen(const World& world) {
  const Scene& scene = world.scene;
  std::vector<Happens> can;
  const auto add = [&](Happens event, bool does) {
    if (does) can.push_back(event);
  };
  const bool may_be_lost = world.is_linked && world.links_lost < scene.links_lost;
  const bool is_on_its_way =
      std::ranges::any_of(world.frames, [](const Frame& frame) { return frame.has_left; });
  add(Happens::link_lost, may_be_lost);
  add(Happens::link_lost_too_late, may_be_lost && is_on_its_way);
  add(Happens::link_back, !world.is_linked);
  add(Happens::time_to_probe, world.is_linked && world.probes < 1);
  add(Happens::program_dies, world.deaths < scene.deaths);
  add(Happens::program_dies_too_late, world.deaths < scene.deaths && is_on_its_way);
  const bool may_answer = world.invite && world.invite->is_open() && !world.has_ended;
  add(Happens::program_rings, may_answer && world.rings < scene.rings_again && !scene.reliable);
  add(Happens::program_accepts, may_answer && world.accepts < scene.accepts);
  add(Happens::program_refuses, may_answer && world.refuses < scene.refuses);
  add(Happens::server_replies, !world.frames.empty());
  const bool is_heard = world.recovery.is_heard();
  add(Happens::far_end_answers,
      scene.role == Role::uac && world.server == Server::invite && !is_heard);
  add(Happens::far_end_ends, world.server != Server::gone && world.far_end_has_it);
  add(Happens::far_end_forgets, world.server == Server::up && world.far_end_has_it && !is_heard);
  add(Happens::record_tells, world.server == Server::gone && !world.has_ended && !is_heard);
  const bool is_up = world.server == Server::awaits_ack || world.server == Server::up;
  add(Happens::record_answers, is_up && !world.answered && !world.has_ended && !is_heard);
  add(Happens::program_acks, world.owes_answer && !world.has_ended);
  add(Happens::server_forgets,
      scene.role == Role::uas && world.server == Server::invite && !world.is_touched);
  add(Happens::log_tells, !world.noted.empty());
  add(Happens::turn_comes, world.awaits_turn);
  add(Happens::look_is_due, !world.looks.empty());
  add(Happens::question_is_due, !world.questions.empty());
  // The server's clock is the faster one.
  const bool is_forgotten = world.server != Server::invite || world.is_touched;
  add(Happens::forgotten_is_due, world.forgotten_timers > 0 && is_forgotten);
  return can;
}

void happen(World& world, Happens event) {
  switch (event) {
    case Happens::link_lost_too_late: everything_arrives(world); [[fallthrough]];
    case Happens::link_lost: ++world.links_lost; return lose_link(world);
    case Happens::link_back:
      world.is_linked = true;
      feed(world, Recovery::LinkUp{});
      if (world.invite && world.invite->awaits_link()) feed(world, ServerRequest::LinkUp{});
      return;
    case Happens::time_to_probe: ++world.probes; return feed(world, Recovery::LinkUp{});
    case Happens::program_dies_too_late: everything_arrives(world); [[fallthrough]];
    case Happens::program_dies: ++world.deaths; return die(world);
    case Happens::program_rings: ++world.rings; return give(world, 180);
    case Happens::program_accepts: ++world.accepts; return give(world, 200);
    case Happens::program_refuses: ++world.refuses; return give(world, 486);
    case Happens::server_replies: return server_replies(world);
    case Happens::far_end_answers: world.server = Server::awaits_ack; return;
    case Happens::far_end_ends: return far_end_ends(world);
    case Happens::far_end_forgets: world.far_end_has_it = false; return;
    case Happens::record_tells: world.has_ended = true; return tell(world, EventType::terminated);
    case Happens::record_answers:
      world.answered = true;
      return tell(world, EventType::answered, true);
    case Happens::program_acks:
      world.owes_answer = false;
      world.has_answered_offer = true;
      world.frames.push_back({.kind = Frame::Kind::ack, .has_left = world.is_linked});
      return;
    case Happens::server_forgets: world.server = Server::gone; return;
    case Happens::log_tells: return log_tells(world);
    case Happens::turn_comes:
      world.awaits_turn = false;
      world.has_turn = true;
      return feed(world, Recovery::Turn{});
    case Happens::look_is_due: {
      const GivingUp::Attempt attempt = world.looks.front();
      world.looks.erase(world.looks.begin());
      // 64 T1 have passed: a cancelled INVITE is over (RFC 3261 9.1).
      const bool is_last = ++world.looks_taken == GivingUp::most_looks;
      if (is_last && world.server == Server::invite) world.server = Server::gone;
      return feed(world, GivingUp::LookAgain{attempt, world.is_linked ? world.connection : 0,
                                             world.answered});
    }
    case Happens::question_is_due: {
      const CallerCheck::Round round = world.questions.front();
      world.questions.erase(world.questions.begin());
      return feed(world, CallerCheck::AskAgain{round});
    }
    case Happens::forgotten_is_due:
      --world.forgotten_timers;
      return feed(world, Recovery::Forgotten{"t1", world.is_linked ? Recovery::Reach::linked
                                                                   : Recovery::Reach::awaited});
  }
}

bool World::operator==(const World& other) const {
  return recovery == other.recovery && giving_up == other.giving_up &&
         caller_check == other.caller_check && invite == other.invite &&
         answered == other.answered && acknowledged == other.acknowledged &&
         has_rung == other.has_rung && has_ended == other.has_ended &&
         awaits_turn == other.awaits_turn && has_turn == other.has_turn && looks == other.looks &&
         questions == other.questions && forgotten_timers == other.forgotten_timers &&
         noted == other.noted && owes_answer == other.owes_answer &&
         has_answered_offer == other.has_answered_offer && given_up == other.given_up &&
         is_resumed == other.is_resumed && looks_taken == other.looks_taken &&
         server == other.server && is_cancelled == other.is_cancelled &&
         is_touched == other.is_touched && far_end_has_it == other.far_end_has_it &&
         is_linked == other.is_linked && connection == other.connection && frames == other.frames &&
         links_lost == other.links_lost && deaths == other.deaths && probes == other.probes &&
         rings == other.rings && accepts == other.accepts && refuses == other.refuses &&
         byes == other.byes && told == other.told && handlers == other.handlers &&
         broken == other.broken;
}

}  // namespace drachtio::test::recovery_world
