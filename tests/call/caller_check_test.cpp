// How it is asked whether the caller of a call in still waits, input by input.
#include "call/caller_check.hpp"

#include "catch.hpp"

#include <drachtio/error.hpp>

#include <string>

using namespace drachtio;
using call::CallerCheck;

namespace {

struct WordOfCheck {
  std::string operator()(const CallerCheck::SendQuestion& /*action*/) const { return "183"; }
  std::string operator()(const CallerCheck::WaitToAsk& /*action*/) const { return "wait"; }
  std::string operator()(const CallerCheck::InDoubt& /*action*/) const { return "in doubt"; }
};

// A call in that rings, and whose link was lost.
struct Ringing {
  CallerCheck::Facts facts{.is_over = false, .is_open = true, .is_heard = false};
  CallerCheck machine = {};
  CallerCheck::Round round = 1;

  std::string on(const CallerCheck::Input& input) {
    std::string text;
    for (const CallerCheck::Action& action : machine.on(input, facts)) {
      if (!text.empty()) text += ", ";
      text += std::visit(WordOfCheck{}, action);
    }
    return text;
  }
  std::string answered(boost::system::error_code error = {},
                       wire::Refusal refusal = wire::Refusal::none) {
    return on(CallerCheck::Answered{round, error, refusal});
  }
};

constexpr auto forgotten = wire::Refusal::unknown_transaction;

}  // namespace

TEST_CASE("RFC 3261 13.3.1.1: a caller is asked after by a 183, again and again") {
  Ringing call;
  CHECK(call.on(CallerCheck::Ask{}) == "183");
  CHECK(call.on(CallerCheck::Ask{}).empty());  // one question at a time
  CHECK(call.answered() == "wait");
  CHECK(call.on(CallerCheck::Ask{}).empty());
  CHECK(call.on(CallerCheck::AskAgain{1}) == "183");
  SECTION("it has given up") {
    CHECK(call.answered(Errc::refused_by_server, forgotten) == "in doubt");
    CHECK(call.on(CallerCheck::AskAgain{1}).empty());
  }
  SECTION("the server refuses the 183 for another reason") {
    CHECK(call.answered(Errc::refused_by_server, wire::Refusal::other).empty());
  }
  SECTION("it is heard again: its CANCEL comes") {
    CHECK(call.answered() == "wait");
    call.facts.is_heard = true;
    CHECK(call.on(CallerCheck::AskAgain{1}).empty());
  }
  SECTION("the call was answered, or has ended") {
    call.facts.is_over = true;
    CHECK(call.answered().empty());
  }
}

TEST_CASE("While an answer is on its way, or others are asked, a caller is asked after later") {
  Ringing call;
  call.facts.is_open = false;
  CHECK(call.on(CallerCheck::Ask{}) == "wait");
  CHECK(call.on(CallerCheck::AskAgain{1}) == "wait");
  call.facts.is_open = true;
  CHECK(call.on(CallerCheck::AskAgain{1}) == "183");
  call.facts.is_open = false;
  CHECK(call.answered(Errc::refused_by_server, forgotten) == "wait");
}

TEST_CASE("A question that is lost with its link is asked again over the next, and in time") {
  Ringing call;
  CHECK(call.on(CallerCheck::Ask{}) == "183");
  SECTION("the next link comes first") {
    CHECK(call.answered(Errc::no_link) == "wait");
    CHECK(call.on(CallerCheck::Ask{}) == "183");
    CHECK(call.on(CallerCheck::AskAgain{1}).empty());  // of the question that was lost
    call.round = 2;
    CHECK(call.answered() == "wait");
  }
  SECTION("the time comes first") {
    CHECK(call.answered(Errc::no_link) == "wait");
    CHECK(call.on(CallerCheck::AskAgain{1}) == "183");
  }
}

TEST_CASE("RFC 3262 3: whether a caller that requires 100rel waits is asked by no 183") {
  Ringing call;
  call.facts.requires_100rel = true;
  CHECK(call.on(CallerCheck::Ask{}).empty());
}

TEST_CASE("RFC 3261 22.2: a retry of the INVITE is asked about anew") {
  Ringing call;
  CHECK(call.on(CallerCheck::Ask{}) == "183");
  CHECK(call.on(CallerCheck::Begun{}).empty());
  CHECK(call.answered(Errc::refused_by_server, forgotten).empty());
  CHECK(call.on(CallerCheck::Ask{}) == "183");
}
