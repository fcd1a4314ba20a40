// A request that came, input by input: what is sent, and what the program is told.
#include "call/answering.hpp"
#include "catch.hpp"

#include <string>

using namespace drachtio;
using test::Answering;
using test::words;
using wire::Refusal;

// --- answers ------------------------------------------------------------------------------------

TEST_CASE("RFC 3261 13.3.1: a call rings, and is answered once") {
  Answering call = Answering::call();
  CHECK(words(call.answer(180, 1)) == "180 for 1");
  CHECK(words(call.sent({180, 1})) == "tell 1 ok");
  CHECK_FALSE(call.machine().is_answered());
  CHECK(words(call.answer(200, 2)) == "200 for 2");
  CHECK(call.machine().is_answering());
  CHECK(words(call.answer(486, 3)) == "tell 3 answered_already");
  CHECK(words(call.answer(180, 4)) == "tell 4 answered_already");
  CHECK(words(call.sent({200, 2})) == "final 200, forget, settled, tell 2 ok");
  CHECK(call.machine().is_over());
}

TEST_CASE("RFC 3261 8.2.6: a request that makes no call is answered, and nobody waits for that") {
  Answering request;
  CHECK(words(request.answer(200)) == "200");
  CHECK_FALSE(request.machine().is_answering());
  CHECK(words(request.sent({200})) == "final 200, forget");
}

TEST_CASE("What would be no answer is told, and leaves the request to be answered") {
  Answering call = Answering::call();
  CHECK(words(call.answer(99, 1)) == "tell 1 malformed");
  CHECK(words(call.answer(700, 2)) == "tell 2 malformed");
  CHECK(call.machine().is_open());
}

TEST_CASE("An answer that the server has something against has not been given") {
  Answering call = Answering::call();
  static_cast<void>(call.answer(200, 1));
  SECTION("it is refused") {
    CHECK(words(call.refused({200, 1}, Refusal::other)) == "settled, tell 1 refused");
  }
  SECTION("the server shows an earlier one") {
    CHECK(words(call.shows({200, 1}, 180)) == "settled, tell 1 refused");
  }
  SECTION("it is too long") {
    CHECK(words(call.never_left({200, 1}, Errc::too_long)) == "settled, tell 1 too_long");
  }
  SECTION("there is no link") {
    CHECK(words(call.never_left({200, 1})) == "settled, tell 1 no_link");
  }
  CHECK(call.machine().is_open());
  CHECK(words(call.answer(486)) == "486");
}

TEST_CASE("A request that the server no longer knows cannot be answered") {
  SECTION("a call: the server is asked what has become of it") {
    Answering call = Answering::call();
    static_cast<void>(call.answer(200, 1));
    CHECK(words(call.refused({200, 1}, Refusal::unknown_transaction)) ==
          "forget, ask, tell 1 refused");
    CHECK(call.machine().is_answering());
    SECTION("it was answered before") { CHECK(words(call.resumed()) == "forget, settled"); }
    SECTION("it is lost") { CHECK(words(call.closed(true)) == "settled, forget"); }
    CHECK(call.machine().is_over());
  }
  SECTION("any other request: that is all") {
    Answering request;
    static_cast<void>(request.answer(200, 1));
    CHECK(words(request.refused({200, 1}, Refusal::unknown_transaction)) ==
          "forget, tell 1 refused");
    CHECK(request.machine().is_over());
  }
}

// --- a lost link --------------------------------------------------------------------------------

TEST_CASE("A final answer that may have been lost with its link is sent again over the next") {
  Answering call = Answering::lost_answer(200);
  CHECK(call.machine().is_answering());
  CHECK(words(call.link_up()) == "200");
  SECTION("it had been lost") { CHECK(words(call.sent({200})) == "final 200, forget, settled"); }
  SECTION("it had arrived, or the caller has given up") {
    CHECK(words(call.refused({200}, Refusal::unknown_transaction)) == "forget, ask");
  }
  SECTION("and is lost again") {
    CHECK(words(call.lost({200})) == "await link");
    CHECK(words(call.link_up()) == "200");
  }
  SECTION("and does not leave this time: the first may have arrived all the same") {
    CHECK(words(call.never_left({200})) == "await link");
    CHECK(call.machine().is_answering());
  }
  SECTION("and the server has something against it: it has not had the first, either") {
    CHECK(words(call.refused({200}, Refusal::other)) == "settled");
    CHECK(call.machine().is_open());
  }
}

TEST_CASE("Whoever gave an answer that was lost with its link is told that") {
  Answering call = Answering::call();
  CHECK(words(call.answer(200, 1)) == "200 for 1");
  CHECK(words(call.lost({200, 1})) == "await link, tell 1 no_link");
}

TEST_CASE("A final answer that may be lost is not sent again once the call has ended") {
  Answering call = Answering::lost_answer(486);
  CHECK(words(call.closed()) == "settled, forget");
  CHECK(words(call.link_up()).empty());
}

TEST_CASE("What answers a request that makes no call is not sent twice") {
  Answering request;
  static_cast<void>(request.answer(200, 1));
  CHECK(words(request.lost({200, 1})) == "forget, tell 1 no_link");
  CHECK(words(request.link_up()).empty());
}

// --- reliable answers ---------------------------------------------------------------------------

TEST_CASE("RFC 3262 3: a reliable answer has a PRACK, which is told in place of the answer") {
  Answering call = Answering::call();
  CHECK(words(call.answer_reliably(183, 1)) == "await PRACK 1, 183 with PRACK 1 for 1");
  CHECK(words(call.sent({183, 1, 1, true})).empty());
}

TEST_CASE("RFC 3262 3: a final answer waits for the PRACKs of the reliable answers before it") {
  Answering call = Answering::rung_reliably();
  CHECK(words(call.answer_reliably(180, 2)) == "await PRACK 2, 180 with PRACK 2 for 2");
  const int status = GENERATE(200, 486);
  CHECK(words(call.answer(status, 3)).empty());
  CHECK(call.machine().waits_for_prack());
  CHECK(words(call.prack()) == "tell 1 ok, proceed");
  CHECK(words(call.told()).empty());
  CHECK(words(call.prack()) == "tell 2 ok, proceed");
  CHECK(words(call.told()) == std::to_string(status) + " for 3");
  CHECK(words(call.prack_timeout(1)).empty());
}

TEST_CASE("RFC 3262 7.2: a PRACK is told to who waits for the answer that its RAck names") {
  Answering call = Answering::call();
  static_cast<void>(call.answer_reliably(183, 1));
  static_cast<void>(call.sent({183, 1, 1, true}, 77));
  SECTION("the second of two") {
    static_cast<void>(call.answer_reliably(180, 2));
    static_cast<void>(call.sent({180, 2, 2, true}, 78));
    CHECK(words(call.prack(78)) == "tell 2 ok");
    CHECK(words(call.prack(77)) == "tell 1 ok");
  }
  SECTION("one that comes too late is of no other answer") {
    REQUIRE(words(call.prack_timeout(1)) == "tell 1 cancelled, refuse 504");
    static_cast<void>(call.answer_reliably(183, 2));
    // The server does not send the second before the PRACK to the first has come, and shows that.
    const bool is_numbered = GENERATE(true, false);
    static_cast<void>(call.sent({183, 2, 2, true}, is_numbered ? 78 : 77));
    CHECK(words(call.prack(77)).empty());
    CHECK(words(call.prack(78)) == "tell 2 ok");
  }
  SECTION("one that names none is of the answer sent first") {
    CHECK(words(call.prack()) == "tell 1 ok");
  }
}

TEST_CASE("RFC 3262 3: where no PRACK comes, the INVITE is refused") {
  Answering call = Answering::rung_reliably();
  SECTION("nobody has answered it") {
    CHECK(words(call.prack_timeout(1)) == "tell 1 cancelled, refuse 504");
  }
  SECTION("a 2xx waits, and cannot go") {
    CHECK(words(call.answer(200, 2)).empty());
    CHECK(words(call.prack_timeout(1)) ==
          "tell 1 cancelled, settled, tell 2 cancelled, refuse 504");
    CHECK(call.machine().is_open());
  }
  SECTION("a refusal waits, and goes") {
    CHECK(words(call.answer(486, 2)).empty());
    CHECK(words(call.prack_timeout(1)) == "tell 1 cancelled, proceed");
    CHECK(words(call.told()) == "486 for 2");
  }
}

TEST_CASE("A PRACK that cannot come is not waited for") {
  SECTION("the link is lost that it would come to") {
    Answering call = Answering::rung_reliably();
    CHECK(words(call.answer(200, 2)).empty());
    CHECK(words(call.unheard()) == "tell 1 no_link, proceed");
    CHECK(words(call.told()) == "200 for 2");
  }
  SECTION("the link that brought the INVITE was lost before") {
    Answering call = Answering::call();
    CHECK(words(call.answer_reliably(183, 1, false)) == "183 without PRACK 1 for 1");
    CHECK(words(call.answer(200, 2)) == "200 for 2");
    CHECK(words(call.sent({183, 1, 1, false})) == "tell 1 no_link");
  }
  SECTION("the reliable answer was refused") {
    Answering call = Answering::call();
    static_cast<void>(call.answer_reliably(183, 1));
    CHECK(words(call.answer(200, 2)).empty());
    CHECK(words(call.refused({183, 1, 1, true}, Refusal::other)) == "tell 1 refused, proceed");
    CHECK(words(call.told()) == "200 for 2");
  }
}

TEST_CASE("RFC 3262 3: only a provisional answer to the call's INVITE is sent reliably") {
  Answering call = Answering::call();
  CHECK(words(call.answer_reliably(200, 1)) == "tell 1 malformed");
  Answering request;
  CHECK(words(request.answer_reliably(183, 1)) == "tell 1 malformed");
}

TEST_CASE("RFC 3262 5: a PRACK answers the offer of our reliable answer, or else makes one") {
  Answering call = Answering::rung_reliably();
  SipMessage prack;
  const auto is_offer = [&](const char* sdp, bool late_offer) {
    prack.body = sdp;
    return call.machine().is_offered_by({prack, late_offer});
  };
  CHECK_FALSE(is_offer("", false));
  CHECK(is_offer("v=0\r\n", false));
  CHECK_FALSE(is_offer("v=0\r\n", true));
  static_cast<void>(call.prack(0, "v=0\r\n", true));
  CHECK(is_offer("v=0\r\n", true));
}

TEST_CASE("Who ends the call takes back the answer that waits for a PRACK") {
  Answering call = Answering::rung_reliably();
  static_cast<void>(call.answer(200, 2));
  SECTION("and its own waits for that") {
    CHECK(words(call.end(480, 3)) == "settled, tell 2 cancelled");
    CHECK(words(call.prack()) == "tell 1 ok, proceed");
    CHECK(words(call.told()) == "480 for 3");
  }
  SECTION("also from within the handler that is told of the PRACK") {
    CHECK(words(call.prack()) == "tell 1 ok, proceed");
    CHECK(words(call.end(480, 3)) == "settled, tell 2 cancelled, 480 for 3");
    CHECK(words(call.told()).empty());
  }
  SECTION("but not an answer that is on its way") {
    static_cast<void>(call.prack());
    CHECK(words(call.told()) == "200 for 2");
    CHECK(words(call.end(480, 3)) == "tell 3 answered_already");
  }
}

TEST_CASE("The server shows an earlier reliable answer for one that waits for the PRACK of that") {
  Answering call = Answering::rung_reliably();
  static_cast<void>(call.answer_reliably(180, 2));
  CHECK(words(call.shows({180, 2, 2, true}, 183)).empty());
  CHECK(words(call.prack()) == "tell 1 ok");
  CHECK(words(call.prack()) == "tell 2 ok");
}
