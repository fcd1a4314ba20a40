// How a re-INVITE of ours is acknowledged whose answer nobody has heard, input by input.
#include "call/unheard_answer.hpp"

#include "call/dialogs.hpp"
#include "catch.hpp"

#include <drachtio/error.hpp>

#include <string>

using namespace drachtio;
using namespace drachtio::test;
using call::UnheardAnswer;

namespace {

struct WordOfUnheard {
  std::string operator()(const UnheardAnswer::SendAck& ack) const {
    return "ACK " + std::to_string(ack.cseq);
  }
  std::string operator()(const UnheardAnswer::WaitToSend& /*action*/) const { return "wait"; }
};

WaitingOffer our_reinvite(std::uint32_t cseq) {
  WaitingOffer offer;
  offer.method = "INVITE";
  offer.cseq = cseq;
  offer.by_us = true;
  return offer;
}

// A call with a re-INVITE of ours, CSeq 2, whose 2xx has not been seen.
struct Reinvited {
  dialog::Dialog dialog = answered(call_out(State::stable));
  UnheardAnswer machine = {};
  Reinvited() { dialog.offers.push_back(our_reinvite(2)); }

  std::string on(const UnheardAnswer::Input& input) {
    std::string text;
    for (const UnheardAnswer::Action& action : machine.on(input, dialog)) {
      if (!text.empty()) text += ", ";
      text += std::visit(WordOfUnheard{}, action);
    }
    return text;
  }
};

}  // namespace

TEST_CASE("RFC 3261 14.1: a 2xx that nobody has heard gets its ACK over the next link") {
  Reinvited call;
  CHECK(call.on(UnheardAnswer::LinkUp{}).empty());
  CHECK(call.on(UnheardAnswer::Lost{2}).empty());
  CHECK(call.machine.awaits_link());
  CHECK(call.on(UnheardAnswer::LinkUp{}) == "ACK 2, wait");
  CHECK(call.on(UnheardAnswer::LinkUp{}).empty());
  CHECK(call.on(UnheardAnswer::Sent{1, {}}).empty());
  SECTION("and again, as long as it may come") {
    for (int acks = 1; acks < UnheardAnswer::most_acks; ++acks) {
      CHECK(call.on(UnheardAnswer::SendAgain{1}) == "ACK 2, wait");
    }
    CHECK(call.on(UnheardAnswer::SendAgain{1}).empty());
  }
  SECTION("it has come") {
    call.dialog.offers.clear();
    CHECK(call.on(UnheardAnswer::SendAgain{1}).empty());
  }
  SECTION("the call has ended") {
    call.dialog.state = State::terminated;
    CHECK(call.on(UnheardAnswer::SendAgain{1}).empty());
  }
}

TEST_CASE("An ACK that is lost with its link is sent over the next one") {
  Reinvited call;
  call.on(UnheardAnswer::Lost{2});
  call.on(UnheardAnswer::LinkUp{});
  SECTION("which comes later") {
    CHECK(call.on(UnheardAnswer::Sent{1, Errc::no_link}).empty());
    CHECK(call.on(UnheardAnswer::SendAgain{1}).empty());
    CHECK(call.on(UnheardAnswer::LinkUp{}) == "ACK 2, wait");
  }
  SECTION("which was there before that was known") {
    CHECK(call.on(UnheardAnswer::Sent{1, Errc::no_link, true}) == "ACK 2, wait");
  }
  CHECK(call.on(UnheardAnswer::SendAgain{1}).empty());
  CHECK(call.on(UnheardAnswer::SendAgain{2}) == "ACK 2, wait");
}

TEST_CASE("After a restart, a re-INVITE of ours may have no ACK") {
  Reinvited call;
  Event latest;
  latest.type = EventType::modified;
  latest.method = "INVITE";
  latest.cseq = 3;
  latest.offered_by_us = true;
  SECTION("its 2xx has not been seen") { CHECK(call::unacknowledged(call.dialog, {}) == 2); }
  call.dialog.offers.clear();
  SECTION("its 2xx was the last that the program heard") {
    CHECK(call::unacknowledged(call.dialog, latest) == 3);
  }
  SECTION("its ACK was seen, or there was none") {
    CHECK_FALSE(call::unacknowledged(call.dialog, {}));
  }
  SECTION("it was theirs") {
    latest.offered_by_us = false;
    CHECK_FALSE(call::unacknowledged(call.dialog, latest));
  }
  SECTION("it was an UPDATE, which has no ACK") {
    latest.method = "UPDATE";
    CHECK_FALSE(call::unacknowledged(call.dialog, latest));
  }
  SECTION("the call is not answered") {
    CHECK_FALSE(call::unacknowledged(call_out(State::pending), latest));
  }
}
