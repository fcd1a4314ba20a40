// How the program ends a call, input by input: what is sent, and what the program is told.
#include "call/termination.hpp"

#include "call/dialogs.hpp"
#include "call/words.hpp"
#include "catch.hpp"

#include <string>

using namespace drachtio;
using namespace drachtio::test;
using call::Termination;

namespace {

struct WordOfEnd {
  std::string operator()(const Termination::SendBye& /*action*/) const { return "BYE"; }
  std::string operator()(const Termination::Acknowledge& /*action*/) const { return "ACK"; }
  std::string operator()(const Termination::Refuse& refuse) const {
    return std::to_string(refuse.answer.status);
  }
  std::string operator()(const Termination::SendCancel& /*action*/) const { return "CANCEL"; }
  std::string operator()(const Termination::GiveUp& give_up) const {
    return "give up for " + std::to_string(give_up.handler);
  }
  std::string operator()(const call::Tell& tell) const {
    return "tell " + std::to_string(tell.handler) + ' ' + word(tell.outcome.error);
  }
};

std::string words_of(const Termination::Actions& actions) {
  std::string text;
  for (const Termination::Action& action : actions) {
    if (!text.empty()) text += ", ";
    text += std::visit(WordOfEnd{}, action);
  }
  return text;
}

// A call as the program ends it.
struct Ended {
  dialog::Dialog dialog;
  call::EndingFacts facts = {};
  Termination machine = {};
  call::CallFacts call_facts = {};
  bool is_calling = false;

  Termination::Actions terminate(call::HandlerId handler) {
    return machine.on(Termination::Terminate{dialog, facts, {.status = 480}, handler, is_calling},
                      call_facts);
  }
  Termination::Actions go_on() { return machine.on(Termination::GoOn{dialog, facts}, call_facts); }
  Termination::Actions done(boost::system::error_code error = {}) {
    return machine.on(Termination::Done{{error, {}}, dialog.state == State::terminated},
                      call_facts);
  }
  void on(const Termination::Input& input) {
    CHECK(words_of(machine.on(input, call_facts)).empty());
  }
};

Ended call_that_is_up() { return {answered(call_out(State::stable))}; }

}  // namespace

TEST_CASE("RFC 3261 15: a call that is up is ended by BYE, and whoever ends it is told once") {
  Ended call = call_that_is_up();
  CHECK(words_of(call.terminate(1)) == "BYE");
  CHECK(words_of(call.terminate(2)).empty());
  call.on(Termination::ByeSent{});
  call.dialog.state = State::terminated;
  CHECK(words_of(call.terminate(3)) == "tell 3 ok");
  SECTION("by its answer") {
    call.on(Termination::ByeAnswered{200});
    CHECK(words_of(call.done()) == "tell 1 ok, tell 2 ok");
  }
  SECTION("also where the BYE of the far end was quicker") {
    CHECK(words_of(call.done(Errc::unknown_dialog)) == "tell 1 ok, tell 2 ok");
  }
  CHECK(words_of(call.done()).empty());
}

TEST_CASE("RFC 3261 22: a BYE that is challenged has not ended the call for the far end") {
  Ended call = call_that_is_up();
  static_cast<void>(call.terminate(1));
  call.dialog.state = State::terminated;
  call.on(Termination::ByeSent{});
  const int status = GENERATE(401, 407);
  call.on(Termination::ByeAnswered{status});
  CHECK(words_of(call.done()) == "tell 1 ok");
  CHECK(call.machine.is_bye_challenged());
  SECTION("another goes out") {
    CHECK(words_of(call.terminate(2)) == "BYE");
    SECTION("and leaves") {
      call.on(Termination::ByeSent{});
      CHECK_FALSE(call.machine.is_bye_challenged());
    }
    SECTION("and does not leave") {
      call.on(Termination::ByeSent{false});
      CHECK(words_of(call.done(Errc::no_link)) == "tell 2 no_link");
      CHECK(words_of(call.terminate(3)) == "BYE");
    }
  }
  SECTION("and the far end hangs up by itself") {
    call.on(Termination::HungUp{});
    CHECK(words_of(call.terminate(2)) == "tell 2 ok");
  }
}

TEST_CASE("RFC 3261 15: the callee sends no BYE before the ACK to its 2xx has come") {
  Ended call{answered(call_in(State::early))};
  CHECK(words_of(call.terminate(1)).empty());
  CHECK(call.machine.waits());
  CHECK(words_of(call.go_on()).empty());
  SECTION("it comes") {
    call.dialog.state = State::stable;
    CHECK(words_of(call.go_on()) == "BYE");
    CHECK(words_of(call.done()) == "tell 1 ok");
  }
  SECTION("it cannot come any more") {
    call.facts.can_receive = false;
    CHECK(words_of(call.go_on()) == "BYE");
  }
  SECTION("the far end hangs up first") {
    call.dialog.state = State::terminated;
    CHECK(words_of(call.go_on()) == "tell 1 ok");
  }
  SECTION("the program stops") {
    call.facts.stopped = true;
    CHECK(words_of(call.go_on()) == "tell 1 no_link");
  }
}

TEST_CASE("What ends a call in is its final answer, or depends on the one that is on its way") {
  Ended call{call_in(State::early)};
  SECTION("none is") {
    CHECK(words_of(call.terminate(1)) == "480");
    SECTION("the server has sent it") { CHECK(words_of(call.done()) == "tell 1 ok"); }
    SECTION("the server refuses it") {
      CHECK(words_of(call.done(Errc::refused_by_server)) == "tell 1 refused");
    }
    SECTION("the caller is quicker") {
      call.dialog.state = State::terminated;
      CHECK(words_of(call.done(Errc::cancelled)) == "tell 1 ok");
    }
  }
  SECTION("one is") {
    call.facts.answering = true;
    CHECK(words_of(call.terminate(1)).empty());
    call.facts.answering = false;
    SECTION("and was refused") { CHECK(words_of(call.go_on()) == "480"); }
    SECTION("and was a 2xx") {
      call.dialog = answered(call.dialog);
      CHECK(words_of(call.go_on()).empty());
      call.dialog.state = State::stable;
      CHECK(words_of(call.go_on()) == "BYE");
    }
    SECTION("and was a refusal") {
      call.dialog.state = State::terminated;
      CHECK(words_of(call.go_on()) == "tell 1 ok");
    }
  }
}

TEST_CASE("RFC 3261 9.1: a call out that rings is given up") {
  Ended call{call_out(State::early)};
  SECTION("by the request that makes it") {
    call.is_calling = true;
    CHECK(words_of(call.terminate(1)) == "give up for 1");
    CHECK(words_of(call.terminate(2)) == "give up for 2");
  }
  SECTION("by CANCEL, where the program that made it has died") {
    CHECK(words_of(call.terminate(1)) == "CANCEL");
    CHECK(words_of(call.done()) == "tell 1 ok");
  }
  SECTION("once over one link") {
    call.facts.being_cancelled = true;
    CHECK(words_of(call.terminate(1)) == "tell 1 ok");
  }
}

TEST_CASE("RFC 3261 13.2.2.4: a 2xx whose offer nobody answers has its ACK, once, and then a BYE") {
  Ended call{with_late_offer(answered(call_out(State::early)))};
  call.dialog.remote.tag = "b";
  SECTION("nothing has answered it") {
    CHECK(words_of(call.terminate(1)) == "ACK, BYE");
    CHECK(call.call_facts.late_offer.is_answered("b"));
    CHECK(words_of(call.done(Errc::no_link)) == "tell 1 no_link");
    CHECK(words_of(call.terminate(2)) == "BYE");
  }
  SECTION("an ACK of the program's has") {
    call.call_facts.late_offer.acknowledge("b");
    CHECK(words_of(call.terminate(1)) == "BYE");
  }
}
