// These tables say what ends a call, state by state (RFC 3261 9.1, 13.2.2.4, 15).
#include "call/ending.hpp"

#include "call/dialogs.hpp"
#include "catch.hpp"

#include <string>

using namespace drachtio;
using namespace drachtio::test;
using call::Ending;
using call::EndingFacts;

namespace {

struct EndingRow {
  std::string rule;
  dialog::Dialog dialog;
  EndingFacts facts;
  Ending ending;
};

}  // namespace

TEST_CASE("What ends a call: one message for each state") {
  const EndingRow row = GENERATE(values<EndingRow>({
      {"RFC 3261 15: a call in that rings gets a final answer",
       call_in(State::early),
       {},
       Ending::answer},
      {"... also before anything has been answered to it",
       call_in(State::pending),
       {},
       Ending::answer},
      {"RFC 3261 9.1: a call out that rings gets a CANCEL",
       call_out(State::early),
       {},
       Ending::cancel},
      {"... once over one link",
       call_out(State::pending),
       {.being_cancelled = true},
       Ending::being_cancelled},
      {"RFC 3261 15: a call that is up gets a BYE",
       answered(call_out(State::stable)),
       {},
       Ending::bye},
      {"... from either side", answered(call_in(State::stable)), {}, Ending::bye},
      {"RFC 3261 15: the callee waits for the ACK to its 2xx",
       answered(call_in(State::early)),
       {},
       Ending::bye_after_ack},
      {"... unless the ACK goes to a link that is no more",
       answered(call_in(State::early)),
       {.can_receive = false},
       Ending::bye},
      {"RFC 3261 15: the caller need not wait", answered(call_out(State::early)), {}, Ending::bye},
      {"RFC 3261 13.2.2.4: a 2xx that offers has its ACK first",
       with_late_offer(answered(call_out(State::early))),
       {},
       Ending::ack_and_bye},
      {"... unless its offer has been answered",
       with_late_offer(answered(call_out(State::early))),
       {.offer_answered = true},
       Ending::bye},
      {"... or its ACK has been sent",
       with_late_offer(answered(call_out(State::stable))),
       {},
       Ending::bye},
      {"a final answer that is on its way comes first",
       call_in(State::early),
       {.answering = true},
       Ending::after_answer},
      {"... but has come by then",
       answered(call_in(State::stable)),
       {.answering = true},
       Ending::bye},
      {"RFC 3261 13.2.2.4: a 2xx that nobody heard has its ACK before the BYE",
       answered(call_out(State::pending)),
       {.can_receive = false},
       Ending::ack_and_bye},
      {"a call that has ended needs nothing",
       answered(call_in(State::terminated)),
       {},
       Ending::had_ended},
      {"RFC 3261 22: a BYE that was challenged has ended nothing",
       answered(call_out(State::terminated)),
       {.bye_challenged = true},
       Ending::bye},
      {"a program that has stopped sends nothing",
       answered(call_out(State::stable)),
       {.stopped = true},
       Ending::none},
      {"... but needs not, where the call has ended",
       call_in(State::terminated),
       {.stopped = true},
       Ending::had_ended},
  }));
  CAPTURE(row.rule);
  CHECK(ending_of(row.dialog, row.facts) == row.ending);
}

TEST_CASE("RFC 3261 15.1.2: a BYE leaves the INVITE of a call in without its answer, before that") {
  CHECK(call::is_hung_up_unanswered(call_in(State::terminated)));
  CHECK_FALSE(call::is_hung_up_unanswered(call_out(State::terminated)));
  CHECK_FALSE(call::is_hung_up_unanswered(answered(call_in(State::terminated))));
  dialog::Dialog refused = call_in(State::terminated);
  refused.status = 486;
  CHECK_FALSE(call::is_hung_up_unanswered(refused));
}
