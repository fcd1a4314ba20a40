// How a call out is given up that nobody waits for any more, input by input.
#include "call/giving_up.hpp"

#include "catch.hpp"

#include <drachtio/error.hpp>

#include <string>

using namespace drachtio;
using call::GivingUp;

namespace {

struct WordOfGivingUp {
  std::string operator()(const GivingUp::SendCancel& /*action*/) const { return "CANCEL"; }
  std::string operator()(const GivingUp::WaitToLook& /*action*/) const { return "wait"; }
  std::string operator()(const GivingUp::SendAck& /*action*/) const { return "ACK"; }
  std::string operator()(const GivingUp::SendBye& /*action*/) const { return "BYE"; }
  std::string operator()(const GivingUp::NothingLeft& /*action*/) const { return "nothing left"; }
};

// A call that is given up over connection 1, unless a test says otherwise.
struct GivenUp {
  State state = State::pending;
  GivingUp machine = {};
  GivingUp::Attempt attempt = 1;

  std::string on(const GivingUp::Input& input) {
    std::string text;
    for (const GivingUp::Action& action : machine.on(input, state)) {
      if (!text.empty()) text += ", ";
      text += std::visit(WordOfGivingUp{}, action);
    }
    return text;
  }
  std::string cancelled(boost::system::error_code error = {},
                        wire::Refusal refusal = wire::Refusal::none) {
    return on(GivingUp::Cancelled{attempt, error, refusal});
  }
  std::string look(std::uint64_t connection = 1) {
    return on(GivingUp::LookAgain{attempt, connection});
  }
  std::string acknowledged(boost::system::error_code error = {}) {
    return on(GivingUp::Acknowledged{attempt, error});
  }
  std::string hung_up(boost::system::error_code error = {}) {
    return on(GivingUp::HungUp{attempt, error});
  }
};

constexpr auto unknown = wire::Refusal::unknown_transaction;

}  // namespace

TEST_CASE("RFC 3261 9.1: an INVITE that nobody waits for is cancelled until the server has none") {
  GivenUp call;
  CHECK(call.on(GivingUp::Cancel{1}) == "CANCEL");
  CHECK(call.machine.was_begun_over(1));
  CHECK(call.cancelled() == "wait");
  CHECK(call.look() == "CANCEL");
  SECTION("it has none, and no dialog either") {
    CHECK(call.cancelled(Errc::refused_by_server, unknown) == "ACK");
    CHECK(call.acknowledged(Errc::unknown_dialog) == "nothing left");
  }
  SECTION("the 487 is still to come: the server has neither") {
    CHECK(call.cancelled(Errc::refused_by_server, wire::Refusal::other) == "ACK");
    CHECK(call.acknowledged(Errc::unknown_dialog) == "wait");
    CHECK(call.look() == "CANCEL");
  }
  SECTION("64 T1 have passed") {
    for (int looks = 1; looks < GivingUp::most_looks; ++looks) {
      CHECK(call.cancelled() == "wait");
      CHECK(call.look() == "CANCEL");
    }
    CHECK(call.cancelled() == "nothing left");
  }
  SECTION("it was answered meanwhile, as a call record says: no CANCEL, but ACK and BYE") {
    CHECK(call.cancelled() == "wait");
    CHECK(call.on(GivingUp::LookAgain{1, 1, true}) == "ACK");
    CHECK(call.acknowledged() == "BYE");
  }
  SECTION("it has ended meanwhile, as a call record says") {
    CHECK(call.cancelled() == "wait");
    call.state = State::terminated;
    CHECK(call.look().empty());
  }
}

TEST_CASE("RFC 3261 13.2.2.4: a 2xx that crossed the CANCEL is acknowledged and hung up") {
  GivenUp call;
  CHECK(call.on(GivingUp::Cancel{1}) == "CANCEL");
  CHECK(call.cancelled(Errc::refused_by_server, unknown) == "ACK");
  CHECK(call.acknowledged() == "BYE");
  SECTION("by us") { CHECK(call.hung_up().empty()); }
  SECTION("by the server, which was quicker") {
    CHECK(call.hung_up(Errc::unknown_dialog) == "nothing left");
  }
}

TEST_CASE("RFC 3261 15: a call that was given up and answered is hung up") {
  GivenUp call;
  SECTION("its 2xx has no ACK yet") {
    CHECK(call.on(GivingUp::HangUp{1}) == "ACK");
    CHECK(call.on(GivingUp::HangUp{1}).empty());  // under way
    SECTION("the server has a dialog") { CHECK(call.acknowledged() == "BYE"); }
    SECTION("the server has none") {
      CHECK(call.acknowledged(Errc::unknown_dialog) == "nothing left");
    }
    SECTION("the far end hung up meanwhile") {
      call.state = State::terminated;
      CHECK(call.acknowledged().empty());
    }
  }
  SECTION("its ACK is out") {
    call.state = State::stable;
    CHECK(call.on(GivingUp::HangUp{1}) == "BYE");
    CHECK(call.on(GivingUp::HangUp{1}).empty());
    CHECK(call.hung_up().empty());
  }
  SECTION("it has ended") {
    call.state = State::terminated;
    CHECK(call.on(GivingUp::HangUp{1}).empty());
  }
}

TEST_CASE("A call is given up over each connection anew, and once over each") {
  GivenUp call;
  CHECK(call.on(GivingUp::Cancel{1}) == "CANCEL");
  CHECK(call.on(GivingUp::Cancel{1}).empty());
  SECTION("the link is lost before the server replies") {
    CHECK(call.cancelled(Errc::no_link).empty());
    CHECK(call.on(GivingUp::Cancel{2}) == "CANCEL");
  }
  SECTION("the link is lost while a look is to come") {
    CHECK(call.cancelled() == "wait");
    CHECK(call.look(0).empty());
    CHECK(call.on(GivingUp::Cancel{2}) == "CANCEL");
  }
  SECTION("another link is there before the look comes") {
    CHECK(call.cancelled() == "wait");
    CHECK(call.on(GivingUp::Cancel{2}) == "CANCEL");
    CHECK(call.look(2).empty());
  }
  SECTION("the link is lost before the ACK is sent") {
    CHECK(call.cancelled(Errc::refused_by_server, unknown) == "ACK");
    CHECK(call.acknowledged(Errc::no_link).empty());
    CHECK(call.on(GivingUp::Cancel{2}) == "CANCEL");
  }
  SECTION("the link is lost before the BYE is sent") {
    CHECK(call.cancelled(Errc::refused_by_server, unknown) == "ACK");
    CHECK(call.acknowledged() == "BYE");
    CHECK(call.hung_up(Errc::no_link).empty());
    call.state = State::stable;
    CHECK(call.on(GivingUp::HangUp{2}) == "BYE");
  }
  // What was said of the first attempt is of no use any more.
  CHECK(call.cancelled().empty());
  CHECK(call.acknowledged().empty());
  CHECK(call.hung_up(Errc::unknown_dialog).empty());
}
