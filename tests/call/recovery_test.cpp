// What becomes of a call whose link or program went away, input by input.
#include "call/recovery.hpp"

#include "call/dialogs.hpp"
#include "catch.hpp"

#include <drachtio/error.hpp>

#include <string>

using namespace drachtio;
using namespace drachtio::test;
using call::Recovery;

namespace {

struct WordOfRecovery {
  std::string operator()(const Recovery::AwaitTurn& /*action*/) const { return "await turn"; }
  std::string operator()(const Recovery::TurnOver& /*action*/) const { return "turn over"; }
  std::string operator()(const Recovery::Ask& /*action*/) const { return "OPTIONS"; }
  std::string operator()(const Recovery::AwaitForgotten& /*action*/) const {
    return "await forgotten";
  }
  std::string operator()(const Recovery::HandOver& /*action*/) const { return "hand over"; }
  std::string operator()(const Recovery::CheckCaller& /*action*/) const { return "check caller"; }
  std::string operator()(const Recovery::Cancel& /*action*/) const { return "cancel"; }
  std::string operator()(const Recovery::HangUp& /*action*/) const { return "hang up"; }
  std::string operator()(const Recovery::Acknowledge& /*action*/) const { return "ACK"; }
  std::string operator()(const Recovery::AcknowledgeUnheard& /*action*/) const {
    return "ACK unheard";
  }
  std::string operator()(const Recovery::EndIfGone& action) const {
    return "end by " + std::to_string(action.answer.status);
  }
  std::string operator()(const Recovery::LogResumed& action) const {
    return action.inferred ? "resumed, inferred" : "resumed";
  }
  std::string operator()(const Recovery::LogLost& action) const { return "lost: " + action.why; }
};

// A call of this program whose link was lost, unless a test says otherwise.
struct Recovered {
  dialog::Dialog dialog;
  Recovery machine = {};
  bool given_up = false;
  bool offer_answered = false;
  bool may_probe = true;
  bool has_link = true;
  bool requires_100rel = false;
  bool may_have_rung = false;
  bool may_be_answered = false;
  bool final_on_its_way = false;
  bool handing_on = false;

  explicit Recovered(dialog::Dialog state, bool of_former_program = false)
      : dialog(std::move(state)) {
    if (of_former_program) machine = Recovery::of_former_program();
    on(Recovery::Unheard{});
  }
  std::string on(const Recovery::Input& input) {
    std::string text;
    const Recovery::Call call{dialog,           given_up,        offer_answered, may_probe,
                              has_link,         requires_100rel, may_have_rung,  may_be_answered,
                              final_on_its_way, handing_on};
    for (const Recovery::Action& action : machine.on(input, call)) {
      if (!text.empty()) text += ", ";
      text += std::visit(WordOfRecovery{}, action);
    }
    return text;
  }
  std::string answered(int status, bool in_turn = true) {
    SipMessage answer;
    answer.status = status;
    answer.reason = "Reason";
    return on(Recovery::Answered{{"t1", in_turn, false}, {}, answer});
  }
  std::string failed(boost::system::error_code error, const Recovery::Question& question) {
    return on(Recovery::Answered{question, error, {}});
  }
};

dialog::Dialog up() { return test::answered(call_out(State::stable)); }

dialog::Dialog rung() {
  dialog::Dialog dialog = call_in(State::pending);
  dialog.local.tag = "ours";
  return dialog;
}

const Recovery::Question in_turn{"t1", true, false};
const Recovery::Question in_doubt{"t1", false, true};

}  // namespace

// --- answered calls

TEST_CASE("An answered call whose link was lost is asked about, in its turn") {
  Recovered call{up()};
  CHECK_FALSE(call.machine.is_heard());
  CHECK(call.on(Recovery::LinkUp{}) == "ACK unheard, await turn");
  CHECK(call.on(Recovery::LinkUp{}) == "ACK unheard");  // it waits
  CHECK(call.on(Recovery::Turn{}) == "OPTIONS");
  SECTION("the far end has it: it is resumed, and that is told once") {
    CHECK(call.answered(200) == "turn over, resumed");
    CHECK(call.on(Recovery::LinkUp{}) == "ACK unheard, await turn");
    CHECK(call.on(Recovery::Turn{}) == "OPTIONS");
    CHECK(call.answered(405) == "turn over");
    CHECK(call.on(Recovery::Unheard{}).empty());  // the link is lost once more
    CHECK(call.answered(200, false) == "resumed");
  }
  SECTION("RFC 3261 12.2.1.2: the far end has it no more") {
    CHECK(call.answered(481) == "turn over, lost: 481 Reason to a probe");
    CHECK(call.answered(408, false).empty());  // that is told once
  }
  SECTION("the server has it no more") {
    CHECK(call.on(Recovery::Unknown{}) == "lost: the server does not know it");
    CHECK(call.failed(Errc::unknown_dialog, in_turn) == "turn over");
  }
  SECTION("the link is lost again") {
    call.has_link = false;
    CHECK(call.failed(Errc::no_link, in_turn) == "turn over");
    CHECK(call.on(Recovery::LinkUp{}) == "ACK unheard, await turn");
  }
  SECTION("the link was lost, and is back before that is known") {
    CHECK(call.on(Recovery::LinkUp{}) == "ACK unheard");
    CHECK(call.failed(Errc::no_link, in_turn) == "await turn, turn over");
  }
  SECTION("it has ended meanwhile") {
    call.dialog.state = State::terminated;
    CHECK(call.answered(200) == "turn over");
  }
}

TEST_CASE("A call that has ended when its turn comes is not asked about") {
  Recovered call{up()};
  call.on(Recovery::LinkUp{});
  call.dialog.state = State::terminated;
  CHECK(call.on(Recovery::Turn{}) == "turn over");
}

TEST_CASE("What is heard, is not this program's, or has ended is not taken up") {
  Recovered call{up()};
  SECTION("heard") { call.on(Recovery::Heard{}); }
  SECTION("another program's") { call.dialog.invite.transaction_id.clear(); }
  SECTION("ended") { call.dialog.state = State::terminated; }
  CHECK(call.on(Recovery::LinkUp{}).empty());
}

TEST_CASE("A program may want none of its calls asked about") {
  Recovered call{up()};
  call.may_probe = false;
  CHECK(call.on(Recovery::LinkUp{}) == "ACK unheard");
}

TEST_CASE("RFC 3261 13.2.2.4: a 2xx whose ACK was not seen gets one") {
  SECTION("without an offer") {
    Recovered call{test::answered(call_out(State::pending))};
    CHECK(call.on(Recovery::LinkUp{}) == "ACK, ACK unheard, await turn");
  }
  SECTION("with an offer that the program has answered") {
    Recovered call{with_late_offer(test::answered(call_out(State::pending)))};
    call.offer_answered = true;
    CHECK(call.on(Recovery::LinkUp{}) == "ACK, ACK unheard, await turn");
  }
  SECTION("with an offer that the program is still to answer: then it is asked about") {
    Recovered call{with_late_offer(test::answered(call_out(State::pending)))};
    CHECK(call.on(Recovery::LinkUp{}).empty());
    call.dialog.state = State::stable;
    CHECK(call.on(Recovery::Told{EventType::confirmed}) == "ACK unheard, await turn");
  }
  SECTION("with an offer that was for a former program to answer") {
    Recovered call{with_late_offer(test::answered(call_out(State::pending))), true};
    CHECK(call.on(Recovery::LinkUp{}) == "hang up");
  }
  SECTION("of a call that the program has given up") {
    Recovered call{test::answered(call_out(State::pending))};
    call.given_up = true;
    CHECK(call.on(Recovery::LinkUp{}) == "hang up");
  }
}

// --- calls that are not answered

TEST_CASE("A call out that is not answered is given up: nobody waits for it") {
  Recovered call{call_out(State::pending)};
  CHECK(call.on(Recovery::LinkUp{}) == "cancel");
  SECTION("and is hung up, where a call record tells that it was answered") {
    call.dialog = test::answered(call.dialog);
    CHECK(call.on(Recovery::Told{EventType::answered, true}) == "hang up");
    CHECK(call.on(Recovery::LinkUp{}) == "hang up");
  }
  SECTION("RFC 3261 22.2: a retry over a link that stands is another call") {
    CHECK(call.on(Recovery::Begun{true}).empty());
    CHECK(call.on(Recovery::LinkUp{}).empty());
    CHECK(call.machine.is_heard());
  }
}

TEST_CASE("A call in that a call record tells as answered, and that is not heard, is asked about") {
  Recovered call{test::answered(call_in(State::pending))};
  CHECK(call.on(Recovery::Told{EventType::answered, true}) == "ACK unheard, await turn");
}

TEST_CASE("A call in of a former program may have rung, whatever the log says of it") {
  Recovered call{call_in(State::pending), true};
  CHECK(call.on(Recovery::LinkUp{}) == "hand over");
  CHECK(call.on(Recovery::Begun{false}) == "await forgotten");
  SECTION("its caller is asked after") {
    CHECK(call.on(Recovery::Forgotten{"t1", Recovery::Reach::linked}) == "check caller");
  }
  SECTION("RFC 3262 3: its caller requires 100rel, and cannot be asked after") {
    call.requires_100rel = true;
    CHECK(call.on(Recovery::Forgotten{"t1", Recovery::Reach::linked}) == "OPTIONS");
  }
}

TEST_CASE("A call in of a former program is handed over once") {
  Recovered call{call_in(State::pending), true};
  CHECK(call.machine.is_of_former_program());
  CHECK(call.on(Recovery::LinkUp{}) == "hand over");
  CHECK(call.on(Recovery::LinkUp{}).empty());
  CHECK_FALSE(call.machine.is_of_former_program());
}

TEST_CASE("A call in that has rung: its caller is asked after") {
  const bool of_former_program = GENERATE(false, true);
  Recovered call{rung(), of_former_program};
  CHECK(call.on(Recovery::LinkUp{}) ==
        (of_former_program ? "hand over, check caller" : "check caller"));
}

TEST_CASE("What the server would have forgotten is asked about") {
  Recovered call{call_in(State::pending)};
  const Recovery::Forgotten forgotten{"t1", Recovery::Reach::linked};
  SECTION("it is heard, and nothing was answered") {
    call.on(Recovery::Begun{true});
    CHECK(call.on(forgotten) == "OPTIONS");
    CHECK(call.failed(Errc::unknown_dialog, in_doubt) == "lost: the server does not know it");
  }
  SECTION("its link was lost, and a provisional answer perhaps with it: it may be out") {
    call.may_have_rung = true;
    CHECK(call.on(forgotten) == "check caller");
  }
  SECTION("its link was lost, and nothing was answered") { CHECK(call.on(forgotten) == "OPTIONS"); }
  SECTION("its link was lost, and it has rung since") {
    call.dialog.local.tag = "ours";
    CHECK(call.on(forgotten) == "check caller");
  }
  SECTION("it rings, and is heard") {
    call.dialog.local.tag = "ours";
    call.on(Recovery::Begun{true});
    CHECK(call.on(forgotten).empty());
  }
  SECTION("a final answer may be out") {
    call.may_be_answered = true;
    CHECK(call.on(forgotten) == "OPTIONS");
    SECTION("the server knows the call: it was") {
      CHECK(call.answered(200, false) == "resumed, inferred");
    }
    SECTION("nor is there a link any more") {
      CHECK(call.failed(Errc::no_link, in_doubt) == "await forgotten");
    }
  }
  SECTION("a final answer is on its way: its reply tells") {
    call.may_be_answered = call.final_on_its_way = true;
    CHECK(call.on(forgotten) == "await forgotten");
  }
  SECTION("at others it may ring for as long as they like") {
    call.handing_on = true;
    CHECK(call.on(forgotten) == "await forgotten");
  }
  SECTION("the link may come back") {
    CHECK(call.on(Recovery::Forgotten{"t1", Recovery::Reach::awaited}) == "await forgotten");
  }
  SECTION("nothing leads to it any more") {
    CHECK(call.on(Recovery::Forgotten{"t1", Recovery::Reach::cut_off}) ==
          "lost: the connection it came on is gone");
  }
  SECTION("it was tried again") {
    CHECK(call.on(Recovery::Forgotten{"t0", Recovery::Reach::linked}).empty());
  }
  SECTION("it was answered") {
    call.dialog = test::answered(call.dialog);
    CHECK(call.on(forgotten).empty());
  }
}

TEST_CASE("A question about an INVITE that was tried again since says nothing") {
  Recovered call{call_in(State::pending)};
  CHECK(call.on(Recovery::InDoubt{}) == "OPTIONS");
  call.dialog.invite.transaction_id = "t2";
  CHECK(call.failed(Errc::unknown_dialog, in_doubt).empty());
}

TEST_CASE(
    "A 2xx that went out over another link than its INVITE is asked about: who hears its ACK?") {
  Recovered call{test::answered(call_in(State::pending))};
  call.on(Recovery::Heard{});
  CHECK(call.on(Recovery::AnsweredElsewhere{}) == "OPTIONS");
  CHECK_FALSE(call.machine.is_heard());
  CHECK(call.answered(200, false) == "resumed");
}

// --- the end

TEST_CASE("RFC 5057: a far end that is heard, and has the dialog no more, has its BYE") {
  Recovered call{test::answered(call_in(State::pending))};
  call.on(Recovery::Begun{true});
  CHECK(call.on(Recovery::InDoubt{}) == "OPTIONS");
  CHECK(call.answered(481, false) == "end by 481");
}

TEST_CASE("A far end that has no dialog of a call that is not answered: the call is lost") {
  Recovered call{call_in(State::pending)};
  call.on(Recovery::Begun{true});
  CHECK(call.on(Recovery::InDoubt{}) == "OPTIONS");
  CHECK(call.answered(481, false) == "lost: 481 Reason to a probe");
}

TEST_CASE("A call is lost once, unless it comes to life again") {
  Recovered call{up()};
  CHECK(call.on(Recovery::CutOff{}) == "lost: the connection it came on is gone");
  CHECK(call.on(Recovery::Gone{"given up"}).empty());
  call.on(Recovery::Told{EventType::lost});
  CHECK(call.on(Recovery::Gone{"given up"}).empty());
  call.on(Recovery::Told{EventType::answered});
  CHECK(call.on(Recovery::Gone{"given up"}) == "lost: given up");
}

TEST_CASE("What the server does not know before the 2xx is no dialog, and not lost") {
  Recovered call{call_out(State::pending)};
  CHECK(call.on(Recovery::Unknown{}).empty());
}
