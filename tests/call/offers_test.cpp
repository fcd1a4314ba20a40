// Offers of both sides in a call, input by input: what is sent, and what the program is told.
#include "call/offers.hpp"

#include "call/dialogs.hpp"
#include "call/words.hpp"
#include "catch.hpp"

#include <string>

using namespace drachtio;
using namespace drachtio::test;
using call::Offers;

namespace {

struct WordOfOffer {
  std::string operator()(const Offers::Send& send) const { return send.method; }
  std::string operator()(const Offers::Acknowledge& ack) const {
    return "ACK " + std::to_string(ack.cseq);
  }
  std::string operator()(const Offers::Wait& wait) const {
    return "wait " + std::to_string(wait.pause.least.count()) + " to " +
           std::to_string(wait.pause.most.count());
  }
  std::string operator()(const Offers::Refuse& refuse) const {
    return std::to_string(refuse.status) + (refuse.retry_after ? " with Retry-After" : "");
  }
  std::string operator()(const Offers::Ask& /*action*/) const { return "ask"; }
  std::string operator()(const Offers::AwaitAck& await) const {
    return "await ACK " + std::to_string(await.cseq);
  }
  std::string operator()(const Offers::HangUpIfGone& gone) const {
    return "gone? " + std::to_string(gone.answer.status);
  }
  std::string operator()(const call::Tell& tell) const {
    std::string text = "tell " + std::to_string(tell.handler) + ' ' + word(tell.outcome.error);
    if (tell.outcome.message.status != 0) {
      text += ' ' + std::to_string(tell.outcome.message.status);
    }
    return text;
  }
};

std::string words_of_offers(const Offers::Actions& actions) {
  std::string text;
  for (const Offers::Action& action : actions) {
    if (!text.empty()) text += ", ";
    text += std::visit(WordOfOffer{}, action);
  }
  return text;
}

// A call that is up, in which both sides offer.
struct Offering {
  dialog::Dialog dialog = described(answered(call_out(State::stable)));
  bool can_receive = true;
  bool has_link = true;
  Offers machine = {};

  std::string on(const Offers::Input& input) {
    return words_of_offers(
        machine.on(input, {.dialog = dialog, .can_receive = can_receive, .has_link = has_link}));
  }
  std::string modify(call::HandlerId handler, const std::string& method = "INVITE") {
    return on(Offers::Make{{.method = method, .sdp = "v=0\r\n", .handler = handler}});
  }
  // As SipDialog::request() offers: any answer is a success.
  std::string request(call::HandlerId handler) {
    return on(Offers::Make{{.sdp = "v=0\r\n", .any_answer = true, .handler = handler}});
  }
  std::string hold(call::HandlerId handler, bool held = true) {
    return on(Offers::Make{{.held = held, .handler = handler}});
  }
  std::string answered_by(int status, const Headers& headers = {}) {
    SipMessage answer;
    answer.status = status;
    answer.headers = headers;
    answer.headers.add("CSeq", "7 INVITE");
    return on(Offers::Answered{{{}, answer}});
  }
  std::string failed(Errc error) { return on(Offers::Answered{{error, {}}}); }
  std::string they_offer(call::OfferId offer, std::string_view method = "INVITE") {
    return on(Offers::Came{offer, method});
  }
};

}  // namespace

// --- ours ---------------------------------------------------------------------------------------

TEST_CASE("RFC 3261 14.1: our re-INVITE is answered, and a 2xx to it acknowledged") {
  Offering call;
  CHECK(call.modify(1) == "INVITE");
  const auto& [status, told] = GENERATE(table<int, std::string>({
      {200, "ACK 7, tell 1 ok 200"},
      {488, "tell 1 rejected 488, gone? 488"},
      {481, "tell 1 rejected 481, gone? 481"},
  }));
  CHECK(call.answered_by(status) == told);
  CHECK(call.answered_by(200).empty());
}

TEST_CASE("RFC 3311 5.1: the answer to our UPDATE has no ACK") {
  Offering call;
  CHECK(call.modify(1, "UPDATE") == "UPDATE");
  CHECK(call.answered_by(200) == "tell 1 ok 200");
}

TEST_CASE("RFC 3264 4: offers of ours wait for each other, and go in their order") {
  Offering call;
  CHECK(call.modify(1) == "INVITE");
  CHECK(call.request(2).empty());
  CHECK(call.modify(3, "UPDATE").empty());
  CHECK(call.answered_by(200) == "ACK 7, INVITE, tell 1 ok 200");
  CHECK(call.answered_by(488) == "UPDATE, tell 2 ok 488, gone? 488");
  CHECK(call.failed(Errc::no_link) == "tell 3 no_link");
}

TEST_CASE("RFC 3261 14.1: an offer that was refused by 491 is made again after a pause") {
  Offering call;
  static_cast<void>(call.modify(1));
  SECTION("whoever made the Call-ID waits longer") {
    CHECK(call.answered_by(491) == "wait 2100 to 4000");
  }
  SECTION("the other one waits less") {
    call.dialog.role = Role::uas;
    CHECK(call.answered_by(491) == "wait 0 to 2000");
  }
  SECTION("a 500 says when") {
    CHECK(call.answered_by(500, {{"Retry-After", "3"}}) == "wait 3000 to 3000");
  }
  CHECK(call.modify(2).empty());
  CHECK(call.on(Offers::PauseOver{}) == "INVITE");
  CHECK(call.answered_by(200) == "ACK 7, INVITE, tell 1 ok 200");
}

TEST_CASE("An offer is made five times at most") {
  Offering call;
  CHECK(call.modify(1) == "INVITE");
  for (int attempt = 1; attempt < 5; ++attempt) {
    CHECK(call.answered_by(491) == "wait 2100 to 4000");
    CHECK(call.on(Offers::PauseOver{}) == "INVITE");
  }
  CHECK(call.answered_by(491) == "tell 1 rejected 491, gone? 491");
  CHECK(call.modify(2) == "INVITE");
  CHECK(call.answered_by(491) == "wait 2100 to 4000");
}

TEST_CASE("Who pauses gives way to an offer of theirs that is not answered") {
  Offering call;
  const bool any_answer = GENERATE(false, true);
  static_cast<void>(any_answer ? call.request(1) : call.modify(1));
  static_cast<void>(call.answered_by(491));
  CHECK(call.they_offer(9) == "ask");
  SECTION("it is not") {
    const std::string told = any_answer ? "tell 1 ok 491" : "tell 1 rejected 491";
    CHECK(call.on(Offers::PauseOver{}) == told + ", gone? 491");
  }
  SECTION("it is, and the answer is on its way") {
    CHECK(call.on(Offers::PauseOver{true}).empty());
    CHECK(call.on(Offers::TheirsOver{9}) == "INVITE");
  }
}

TEST_CASE("RFC 3264 8.4: what holds the call is made when its turn has come") {
  Offering call;
  CHECK(call.hold(1, false) == "tell 1 ok");
  CHECK(call.hold(2) == "INVITE");
  CHECK(call.hold(3, false).empty());
  call.dialog.held_locally = true;
  CHECK(call.answered_by(200) == "ACK 7, INVITE, tell 2 ok 200");
  CHECK(call.answered_by(200) == "ACK 7, tell 3 ok 200");
  CHECK(call.hold(4) == "tell 4 ok");
}

TEST_CASE("What cannot be offered is told") {
  Offering call;
  SECTION("nothing") { CHECK(call.on(Offers::Make{{.handler = 1}}) == "tell 1 malformed"); }
  SECTION("to hold what has no description") {
    call.dialog.local.sdp.reset();
    CHECK(call.hold(1) == "tell 1 malformed");
  }
  SECTION("to hold a call that is over") {
    call.dialog.state = State::terminated;
    CHECK(call.hold(1) == "tell 1 dialog_over");
  }
  SECTION("over no link") {
    call.has_link = false;
    CHECK(call.modify(1) == "tell 1 no_link");
    CHECK(call.hold(2) == "tell 2 no_link");
  }
}

TEST_CASE("Offers that wait are told that the call has ended, or that the program stops") {
  Offering call;
  static_cast<void>(call.modify(1));
  static_cast<void>(call.modify(2));
  SECTION("the call has ended") {
    call.dialog.state = State::terminated;
    CHECK(call.failed(Errc::dialog_over) == "INVITE, tell 1 dialog_over");  // and fails at once
    CHECK(call.failed(Errc::dialog_over) == "tell 2 dialog_over");
  }
  SECTION("the program stops") {
    CHECK(call.on(Offers::Stopped{}) == "tell 2 no_link");
    CHECK(call.failed(Errc::no_link) == "tell 1 no_link");
  }
  SECTION("the program stops while one pauses") {
    static_cast<void>(call.answered_by(491));
    CHECK(call.on(Offers::Stopped{}) == "tell 1 no_link, tell 2 no_link");
    CHECK(call.on(Offers::PauseOver{}).empty());
  }
}

// --- theirs -------------------------------------------------------------------------------------

TEST_CASE("RFC 3261 14.2: one offer at a time") {
  Offering call;
  SECTION("theirs comes while ours is open") {
    static_cast<void>(call.modify(1));
    CHECK(call.they_offer(9) == "491");
    CHECK(call.they_offer(10, "UPDATE") == "491");
  }
  SECTION("theirs comes while another one of theirs is open") {
    CHECK(call.they_offer(9) == "ask");
    CHECK(call.they_offer(10, "UPDATE") == "500 with Retry-After");
    CHECK(call.on(Offers::TheirsOver{10}).empty());
    CHECK(call.modify(1).empty());
    CHECK(call.on(Offers::TheirsOver{9}) == "INVITE");
  }
  SECTION("RFC 3262 5: a PRACK's is always answered") {
    CHECK(call.on(Offers::CameByPrack{9}) == "ask");
    CHECK(call.modify(1).empty());
    CHECK(call.on(Offers::TheirsOver{9}) == "INVITE");
  }
}

TEST_CASE("RFC 3261 14.1: no re-INVITE of ours before the ACK to theirs") {
  Offering call;
  static_cast<void>(call.they_offer(9));
  CHECK(call.on(Offers::Accepted{9, 5}) == "await ACK 5");
  CHECK(call.on(Offers::TheirsOver{9}).empty());
  CHECK(call.modify(1).empty());
  SECTION("it comes") {
    CHECK(call.on(Offers::Acknowledged{4}).empty());
    CHECK(call.on(Offers::Acknowledged{5}) == "INVITE");
    CHECK(call.on(Offers::Acknowledged{5}).empty());
  }
  SECTION("it cannot come any more") {
    call.can_receive = false;
    CHECK(call.on(Offers::Unheard{}) == "INVITE");
  }
  SECTION("they offer again: it was sent, and lost") {
    CHECK(call.they_offer(10) == "ask");
    CHECK(call.on(Offers::TheirsOver{10}) == "INVITE");
  }
}
