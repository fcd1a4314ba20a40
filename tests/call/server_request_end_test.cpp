// How a request that came ends without an answer of the program's, input by input: the caller gives
// up or tries again, or others are to answer.
#include "call/answering.hpp"
#include "catch.hpp"

#include <string>

using namespace drachtio;
using test::Answering;
using test::words;
using wire::Refusal;

// --- the caller gives up ------------------------------------------------------------------------

TEST_CASE(
    "RFC 3261 9.2: a request that is cancelled has no answer of ours, as the server has one") {
  Answering call = Answering::call();
  CHECK(words(call.cancel()) == "cancelled, forget");
  CHECK(words(call.cancel()).empty());
  CHECK(words(call.answer(200, 1)) == "tell 1 cancelled");
  CHECK(words(call.answer_reliably(183, 2)) == "tell 2 cancelled");
  CHECK(words(call.hand_on(3)) == "tell 3 cancelled");
  CHECK(call.machine().is_over());
  CHECK_FALSE(call.machine().is_answered());
}

TEST_CASE("RFC 3261 9.2: a CANCEL may cross the final answer") {
  Answering call = Answering::call();
  static_cast<void>(call.answer(200, 1));
  CHECK(words(call.closed()) == "settled");
  CHECK(words(call.cancel()) == "cancelled");
  SECTION("and was quicker") {
    CHECK(words(call.refused({200, 1}, Refusal::unknown_transaction)) == "forget, tell 1 refused");
  }
  SECTION("and was slower") { CHECK(words(call.sent({200, 1})) == "final 200, forget, tell 1 ok"); }
  SECTION("and its answer is lost with the link") {
    CHECK(words(call.lost({200, 1})) == "forget, tell 1 no_link");
  }
  CHECK(call.machine().is_over());
}

TEST_CASE("Who waits for a PRACK is told that the call ends before it comes") {
  Answering call = Answering::rung_reliably();
  static_cast<void>(call.answer(200, 2));
  CHECK(words(call.closed()) == "tell 1 dialog_over, settled, tell 2 cancelled");
  CHECK(words(call.cancel()) == "cancelled, forget");
}

TEST_CASE("RFC 3261 15.1.2: a BYE before the answer gets the INVITE its 487") {
  Answering call = Answering::call();
  SECTION("it rings") {
    CHECK(words(call.closed()).empty());
    CHECK(words(call.hang_up()) == "487, cancelled");
    CHECK(words(call.answer(200, 1)) == "tell 1 cancelled");
    SECTION("which the server sends") { CHECK(words(call.sent({487})) == "final 487, forget"); }
    SECTION("which is lost with its link") {
      CHECK(words(call.lost({487})) == "await link");
      CHECK(words(call.link_up()) == "487");
    }
    SECTION("which is not sent, as there is no link") {
      CHECK(words(call.never_left({487})) == "await link");
    }
  }
  SECTION("an answer of ours is on its way") {
    static_cast<void>(call.answer(200, 1));
    CHECK(words(call.closed()) == "settled");
    CHECK(words(call.hang_up()) == "cancelled");
    SECTION("and gets there") {
      CHECK(words(call.sent({200, 1})) == "final 200, forget, tell 1 ok");
    }
    SECTION("and is lost with its link: no 2xx goes to a call that is hung up") {
      CHECK(words(call.lost({200, 1})) == "await link, tell 1 no_link");
      CHECK(words(call.link_up()) == "487");
    }
    SECTION("and the server does not send it") {
      CHECK(words(call.refused({200, 1}, Refusal::other)) == "487, tell 1 refused");
    }
  }
  SECTION("others are being asked to answer, and the server does not ask them") {
    static_cast<void>(call.hand_on(1));
    CHECK(words(call.closed()) == "settled");
    CHECK(words(call.hang_up()) == "cancelled");
    CHECK(words(call.handed_on(1, Errc::refused_by_server)) == "487, tell 1 refused");
  }
}

TEST_CASE("A call that is lost before it is answered has been given up") {
  Answering call = Answering::call();
  CHECK(words(call.closed(true)) == "cancelled, forget");
  CHECK(words(call.closed(true)).empty());
}

// --- the caller tries again ---------------------------------------------------------------------

TEST_CASE("RFC 3261 8.1.3.5: a retry has nothing of what its first INVITE waited for") {
  SECTION("nobody has answered that") {
    Answering call = Answering::rung_reliably();
    CHECK(words(call.superseded()) == "tell 1 cancelled, cancelled, forget");
    CHECK(call.machine().is_over());
  }
  SECTION("an answer waits for its PRACK") {
    Answering call = Answering::rung_reliably();
    static_cast<void>(call.answer(200, 2));
    CHECK(words(call.superseded()) ==
          "tell 1 cancelled, settled, tell 2 cancelled, cancelled, forget");
  }
  SECTION("its refusal is not known to be out yet") {
    Answering call = Answering::call();
    static_cast<void>(call.answer(407, 1));
    CHECK(words(call.superseded()) == "settled");
    CHECK(words(call.sent({407, 1})) == "final 407, forget, tell 1 ok");
  }
  SECTION("its refusal was lost with its link, and is not sent again") {
    Answering call = Answering::lost_answer(407);
    CHECK(words(call.superseded()) == "settled, forget");
    CHECK(words(call.link_up()).empty());
  }
}

// --- handed on ----------------------------------------------------------------------------------

TEST_CASE("RFC 3261 16: a request that others are to answer has no answer of ours") {
  Answering call = Answering::call();
  CHECK(words(call.hand_on(1)) == "hand on for 1");
  CHECK(call.machine().is_handing_on());
  CHECK(words(call.answer(200, 2)) == "tell 2 answered_already");
  CHECK(words(call.handed_on(1)) == "given away, forget, settled, tell 1 ok");
  CHECK(call.machine().is_over());
}

TEST_CASE("RFC 3261 16.7: what the server does not hand on is the program's to answer") {
  Answering call = Answering::call();
  SECTION("which hears of it") {
    static_cast<void>(call.hand_on(1));
    CHECK(words(call.handed_on(1, Errc::refused_by_server)) == "settled, tell 1 refused");
  }
  SECTION("which does not, so that it is refused") {
    static_cast<void>(call.hand_on(0, false));
    CHECK(words(call.handed_on(0, Errc::refused_by_server, false)) == "settled, refuse 500");
  }
  SECTION("which could not be sent") {
    CHECK(words(call.on(call::ServerRequest::HandOn{
              .frame = {}, .composed = call::outcome_of(Errc::malformed, ""), .handler = 1})) ==
          "tell 1 malformed");
  }
  CHECK(call.machine().is_open());
}

TEST_CASE("What a lost link leaves of a request that is handed on is asked in time") {
  Answering call = Answering::call();
  static_cast<void>(call.hand_on(1));
  CHECK(words(call.handed_on(1, Errc::no_link)) == "forget, ask in time, tell 1 no_link");
  CHECK(call.machine().is_answering());
  CHECK(words(call.link_up()).empty());
  CHECK(words(call.resumed()) == "forget, settled");
}
