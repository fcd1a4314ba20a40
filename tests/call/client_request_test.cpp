// A request of ours out of dialog, input by input: what is sent, and what the program is told.
#include "call/requesting.hpp"
#include "catch.hpp"

#include <string>

using namespace drachtio;
using test::invite_of_ours;
using test::invite_without_offer;
using test::message_of_ours;
using test::Requesting;
using test::words;

namespace {

// It rings.
Requesting ringing(const call::ClientRequest::Options& options) {
  Requesting call{options};
  REQUIRE(words(call.place()) == "INVITE");
  REQUIRE(words(call.sent()).empty());
  REQUIRE(words(call.answered(180)) == "provisional 180");
  return call;
}

call::ClientRequest::AnswerOffer answer_in(const call::ClientRequest::Actions& actions) {
  return std::get<call::ClientRequest::AnswerOffer>(actions.at(0));
}

}  // namespace

TEST_CASE("RFC 3261 13.2.2.4: a 2xx to our INVITE is acknowledged, and told in a turn of its own") {
  Requesting call = ringing(invite_of_ours());
  CHECK(words(call.answered(200)) == "ACK, turn");
  CHECK(words(call.turn()) == "outcome ok 200");
  CHECK(words(call.turn()).empty());
}

TEST_CASE("RFC 3261 8.1.3: the final answer to another request is told, and nothing acknowledged") {
  Requesting message{message_of_ours()};
  CHECK(words(message.place()) == "MESSAGE");
  CHECK(words(message.sent()).empty());
  const auto& [status, outcome] = GENERATE(table<int, std::string>(
      {{200, "outcome ok 200"}, {404, "outcome rejected 404"}, {603, "outcome rejected 603"}}));
  CHECK(words(message.answered(status)) == "turn");
  CHECK(words(message.turn()) == outcome);
}

TEST_CASE("What cannot be sent is told, and why") {
  const auto& [method, uri, headers] = GENERATE(
      table<std::string, std::string, Headers>({{"IN VITE", "sip:b@10.0.0.2", {}},
                                                {"INVITE", "tel:+4930", {}},
                                                {"INVITE", "sip:b@10.0.0.2", {{"X", "a\r\nb"}}}}));
  Requesting request{{.asked = {.method = method, .uri = uri, .headers = headers}}};
  CHECK(words(request.place()) == "turn");
  CHECK(words(request.turn()) == "outcome malformed");
}

TEST_CASE("What the server refuses, or a link loses, is told with its error") {
  Requesting call{invite_of_ours()};
  static_cast<void>(call.place());
  SECTION("before it is out") {
    CHECK(words(call.failed(Errc::refused_by_server)) == "turn");
    CHECK(words(call.turn()) == "outcome refused");
  }
  SECTION("before its final answer") {
    static_cast<void>(call.sent());
    CHECK(words(call.failed(Errc::no_link)) == "turn");
    CHECK(words(call.turn()) == "outcome no_link");
  }
}

TEST_CASE("RFC 3261 22.2, 8.1.3.4: challenges and redirections make another attempt") {
  Requesting call = ringing(invite_of_ours());
  CHECK(words(call.challenged()) == "INVITE");
  CHECK(words(call.sent()).empty());
  CHECK(words(call.redirected()) == "INVITE");
  CHECK(words(call.sent()).empty());
  CHECK(words(call.answered(200)) == "ACK, turn");
}

TEST_CASE("RFC 3262 4: each reliable answer is acknowledged once, however often it is sent") {
  Requesting call = ringing(invite_of_ours());
  CHECK(words(call.answered_reliably(183, 7)) == "PRACK 7, provisional 183");
  CHECK(words(call.answered_reliably(183, 7)) == "provisional 183");
  CHECK(words(call.answered_reliably(180, 8)) == "PRACK 8, provisional 180");
  // The numbers are those of one INVITE (RFC 3262 3).
  CHECK(words(call.challenged()) == "INVITE");
  CHECK(words(call.sent()).empty());
  CHECK(words(call.answered_reliably(183, 7)) == "PRACK 7, provisional 183");
}

TEST_CASE("RFC 3262 5: the offer of a reliable answer waits for the program's PRACK") {
  Requesting call = ringing(invite_without_offer());
  CHECK(words(call.prack(1)) == "tell 1 malformed");
  CHECK(words(call.answered_reliably(183, 7, test::offer_in_answer)) == "provisional 183");
  const auto actions = call.prack(2);
  CHECK(words(actions) == "PRACK 7 with SDP for 2");
  CHECK(words(call.prack(3)) == "tell 3 malformed");
  SECTION("answered, the 2xx is acknowledged by itself") {
    CHECK(words(call.offer_answered(answer_in(actions))) == "tell 2 ok");
    CHECK(words(call.answered(200)) == "ACK, turn");
  }
  SECTION("a 2xx that did not wait for it is acknowledged, too") {
    Requesting hasty = ringing(invite_without_offer());
    CHECK(words(hasty.answered_reliably(183, 7, test::offer_in_answer)) == "provisional 183");
    CHECK(words(hasty.answered(200)) == "turn");
    CHECK(words(hasty.prack(1)) == "PRACK 7 with SDP for 1, ACK");
  }
  SECTION("where the server refused it, the offer waits again") {
    CHECK(words(call.offer_answered(answer_in(actions), Errc::refused_by_server)) ==
          "tell 2 refused");
    CHECK(words(call.prack(4)) == "PRACK 7 with SDP for 4");
  }
  SECTION("... but not in another attempt") {
    CHECK(words(call.challenged()) == "INVITE");
    CHECK(words(call.sent()).empty());
    CHECK(words(call.offer_answered(answer_in(actions), Errc::refused_by_server)) ==
          "tell 2 refused");
    CHECK(words(call.prack(4)) == "tell 4 malformed");
  }
  SECTION("where a link lost it, it may have arrived") {
    CHECK(words(call.offer_answered(answer_in(actions), Errc::no_link)) == "tell 2 no_link");
    CHECK(words(call.prack(4)) == "tell 4 malformed");
  }
}

TEST_CASE("RFC 3261 13.2.1: the offer of a 2xx waits for the program's ACK") {
  Requesting call = ringing(invite_without_offer());
  CHECK(words(call.answered(200, {}, test::offer_in_answer)) == "turn");
  CHECK(words(call.turn()) == "outcome ok 200");
  CHECK_FALSE(call.facts().late_offer.is_answered("b"));
  const auto actions = call.acknowledge(1);
  CHECK(words(actions) == "ACK with SDP for 1");
  CHECK(call.facts().late_offer.is_answered("B"));
  CHECK(words(call.offer_answered(answer_in(actions), Errc::refused_by_server)) ==
        "tell 1 refused");
  CHECK_FALSE(call.facts().late_offer.is_answered("b"));
}

TEST_CASE("RFC 3262 4: what is no description is no offer, and is acknowledged at once") {
  Requesting call = ringing(invite_without_offer());
  const Headers headers{{"RSeq", "7"}, {"Require", "100rel"}, {"Content-Type", "application/isup"}};
  CHECK(words(call.answered(183, headers, "v=0")) == "PRACK 7, provisional 183");
}

TEST_CASE("RFC 3262 5: each fork makes an offer of its own") {
  Requesting call = ringing(invite_without_offer());
  static_cast<void>(call.answered_reliably(183, 7, test::offer_in_answer, "b"));
  static_cast<void>(call.answered_reliably(183, 8, test::offer_in_answer, "c"));
  SECTION("the latest is answered first") {
    CHECK(words(call.prack(1)) == "PRACK 8 with SDP for 1");
    CHECK(words(call.prack(2)) == "PRACK 7 with SDP for 2");
    CHECK(words(call.prack(3)) == "tell 3 malformed");
  }
  SECTION("RFC 6228: a fork that has ended waits for no answer") {
    CHECK(words(call.answered(199, {}, {}, "c")) == "provisional 199");
    CHECK(words(call.prack(1)) == "PRACK 7 with SDP for 1");
    CHECK(words(call.prack(2)) == "tell 2 malformed");
  }
  SECTION("the 2xx of one leaves the others' offers behind") {
    CHECK(words(call.answered(200, {}, test::offer_in_answer, "b")) == "turn");
    CHECK(words(call.prack(1)) == "PRACK 7 with SDP for 1, ACK");
    CHECK(words(call.prack(2)) == "tell 2 malformed");
  }
  SECTION("the 2xx of one that was not answered by PRACK offers again") {
    CHECK(words(call.prack(1)) == "PRACK 8 with SDP for 1");
    CHECK(words(call.answered(200, {}, test::offer_in_answer, "b")) == "turn");
    CHECK(words(call.acknowledge(2)) == "ACK with SDP for 2");
  }
}

TEST_CASE("A PRACK that is refused late leaves the next attempt's alone") {
  Requesting call = ringing(invite_without_offer());
  static_cast<void>(call.answered_reliably(183, 7, test::offer_in_answer));
  const auto first = call.prack(1);
  static_cast<void>(call.challenged());
  static_cast<void>(call.sent());
  static_cast<void>(call.answered_reliably(183, 7, test::offer_in_answer));
  static_cast<void>(call.prack(2));
  CHECK(words(call.offer_answered(answer_in(first), Errc::refused_by_server)) == "tell 1 refused");
  CHECK(words(call.prack(3)) == "tell 3 malformed");
  CHECK(words(call.answered(200)) == "ACK, turn");
}

TEST_CASE("RFC 3264 4: no ACK answers an offer that was not made, or twice") {
  SECTION("no 2xx has come") {
    Requesting call = ringing(invite_without_offer());
    CHECK(words(call.acknowledge(1, "v=0\r\n", "b", false)) == "tell 1 malformed");
  }
  SECTION("the call has been ended") {
    Requesting call = ringing(invite_without_offer());
    static_cast<void>(call.answered(200, {}, test::offer_in_answer));
    CHECK(words(call.cancel(1)) == "end for 1");
    call.acknowledged_to_end("b");
    CHECK(words(call.acknowledge(2)) == "tell 2 malformed");
  }
  SECTION("the INVITE offers") {
    Requesting call = ringing(invite_of_ours());
    CHECK(words(call.answered(200)) == "ACK, turn");
    CHECK(words(call.acknowledge(1)) == "tell 1 malformed");
  }
  SECTION("a PRACK has answered") {
    Requesting call = ringing(invite_without_offer());
    CHECK(words(call.answered_reliably(183, 7, test::offer_in_answer)) == "provisional 183");
    CHECK(words(call.prack(1)) == "PRACK 7 with SDP for 1");
    CHECK(words(call.answered(200)) == "ACK, turn");
    CHECK(words(call.acknowledge(2)) == "tell 2 malformed");
  }
  SECTION("an ACK has") {
    Requesting call = ringing(invite_without_offer());
    CHECK(words(call.answered(200, {}, test::offer_in_answer)) == "turn");
    CHECK(words(call.acknowledge(1)) == "ACK with SDP for 1");
    CHECK(words(call.acknowledge(2)) == "tell 2 malformed");
  }
}

// Else a BYE that follows at once would go without the ACK.
TEST_CASE("An answer to an offer that cannot be sent is not taken for given") {
  Requesting call = ringing(invite_without_offer());
  static_cast<void>(call.answered(200, {}, test::offer_in_answer));
  CHECK(words(call.acknowledge(1, "")) == "tell 1 malformed");
  CHECK(words(call.acknowledge(2, "no description")) == "tell 2 malformed");
  CHECK_FALSE(call.facts().late_offer.is_answered("b"));
}

TEST_CASE("RFC 3261 9.1: a CANCEL goes once, when the INVITE is out, and 487 ends the call") {
  Requesting call{invite_of_ours()};
  static_cast<void>(call.place());
  CHECK(words(call.cancel(1)).empty());
  CHECK(words(call.sent()) == "CANCEL");
  CHECK(words(call.cancel(2)).empty());
  CHECK(words(call.cancel_sent()) == "tell 1 ok, tell 2 ok");
  CHECK(words(call.cancel(3)) == "tell 3 ok");
  CHECK(words(call.answered(487)) == "turn");
  CHECK(words(call.turn()) == "outcome cancelled 487");
  CHECK(words(call.cancel(4)) == "tell 4 ok");
}

TEST_CASE("RFC 3261 9.1: what is no INVITE is not cancelled") {
  Requesting message{message_of_ours()};
  static_cast<void>(message.place());
  static_cast<void>(message.sent());
  CHECK(words(message.cancel(1)) == "tell 1 malformed");
  CHECK(words(message.answered(200)) == "turn");
  CHECK(words(message.turn()) == "outcome ok 200");
}

TEST_CASE("A CANCEL with headers that cannot be sent is refused, and the call goes on") {
  Requesting call = ringing(invite_of_ours());
  CHECK(words(call.cancel(1, {{"Rea son", "x"}})) == "tell 1 malformed");
  CHECK(words(call.cancel(2, {{"Reason", std::string(12'000, 'x')}})) == "tell 2 too_long");
  CHECK(words(call.answered(200)) == "ACK, turn");
  CHECK(words(call.turn()) == "outcome ok 200");
}

TEST_CASE("A call that is given up is not tried again") {
  Requesting call = ringing(invite_of_ours());
  CHECK(words(call.cancel(1)) == "CANCEL");
  CHECK(words(call.challenged()) == "turn");
  CHECK(words(call.turn()) == "outcome cancelled 401");
}

TEST_CASE("A 2xx that crosses the CANCEL is acknowledged") {
  Requesting call = ringing(GENERATE(invite_of_ours(), invite_without_offer()));
  CHECK(words(call.cancel(1)) == "CANCEL");
  SECTION("the server took the CANCEL, and hangs up by itself") {
    CHECK(words(call.cancel_sent()) == "tell 1 ok");
    CHECK(words(call.answered(200)) == "ACK, turn");
  }
  SECTION("the server had the 2xx first, and leaves the call to us") {
    CHECK(words(call.answered(200)) == "ACK, turn");
    CHECK(words(call.cancel_sent(Errc::refused_by_server)) == "BYE for 1");
  }
  SECTION("... and its refusal comes first") {
    CHECK(words(call.cancel_sent(Errc::refused_by_server)) == "tell 1 refused");
    CHECK(words(call.answered(200)) == "ACK, BYE, turn");
  }
  CHECK(words(call.turn()) == "outcome cancelled 200");
  CHECK(call.facts().given_up);
}

TEST_CASE("A call that is given up between the final answer and its turn is ended") {
  Requesting call = ringing(invite_of_ours());
  CHECK(words(call.answered(200)) == "ACK, turn");
  CHECK(words(call.cancel(1)) == "end for 1");
  CHECK(words(call.cancel(2)) == "tell 2 ok");
  CHECK(words(call.turn()) == "outcome cancelled 200");
}

TEST_CASE("Who waits for a CANCEL that never goes out is told that the call had ended") {
  Requesting call{invite_of_ours()};
  static_cast<void>(call.place());
  CHECK(words(call.cancel(1)).empty());
  CHECK(words(call.failed(Errc::no_link)) == "tell 1 ok, turn");
  CHECK(words(call.turn()) == "outcome no_link");
}
