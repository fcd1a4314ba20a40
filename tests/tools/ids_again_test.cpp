// Ids that come again, in every way that a call can have gone before: each call is a leg of its
// own, with its own outcome. DESIGN 3: when an INVITE is the same one, a retry, a fail-over,
// another branch or another call.
#include "tools/imported_case.hpp"

using namespace drachtio::test;

namespace {

const std::string replaced = "another call has begun with the same ids";
const std::string hung_up = "normal far end release";

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("A proxied call whose ids come again is two legs, and two more", "[cases]") {
  for (const char* name : {"proxied-ids-again-1s", "proxied-ids-again-400s"}) {
    INFO(name);
    const Case seen{name};
    CHECK(seen.column("role") == Words{"uas", "uac", "uas", "uac"});
    CHECK(seen.dispositions() == "answered answered answered answered");
    CHECK(seen.talk_seconds(0) == Approx(4.0).margin(0.01));
    CHECK(seen.talk_seconds(2) == Approx(4.0).margin(0.01));
  }
}

TEST_CASE("A leg that was handed on ends once, with the BYE of its own call", "[cases]") {
  CHECK(Case{"proxied-to-itself-twice-ended"}.ends_a_leg() == 1);
  const Case seen{"proxied-wrong-leg-ended"};
  CHECK(seen.ends_a_leg() == 1);
  CHECK(seen.talk_seconds(5) == Approx(2.0).margin(0.01));
  CHECK(seen.talk_seconds(9) == Approx(0.5).margin(0.01));
}

// An import says what a recorder says at the time: else the next call's messages would go to a call
// that is no more.
TEST_CASE("An import loses what nothing more is heard of before the ids come again", "[cases]") {
  const Case unanswered{"unanswered-then-again"};
  CHECK(unanswered.dispositions() == "lost answered");
  CHECK(unanswered.column("reason") ==
        Words{"no answer within 64 s: the server forgot it", hung_up});
  const Case gone{"gone-then-again"};
  CHECK(gone.dispositions() == "answered answered");
  CHECK(gone.column("reason") ==
        Words{"481 to a request in the dialog, and no BYE for 32 s", hung_up});
}

TEST_CASE("A call that still stands open gives way to the next one with its ids", "[cases]") {
  struct Again {
    Words captures;
    std::string dispositions;
    Words reasons;
  };
  const std::vector<Again> cases{
      {{"program-died-then-again"}, "answered answered", {replaced, hung_up}},
      {{"record-without-stop-then-again"}, "answered answered", {replaced, hung_up}},
      {{"attempt-only-then-again"}, "lost answered", {replaced, hung_up}},
      {{"program-killed-then-again"},
       "answered answered answered answered",
       {replaced, replaced, hung_up, hung_up}},
      {{"recorder-killed-run-1", "recorder-killed-run-2"},
       "answered answered answered answered",
       {replaced, replaced, hung_up, hung_up}},
      {{"watch-killed-run-1", "watch-killed-run-2"},
       "answered answered answered answered",
       {replaced, replaced, hung_up, hung_up}}};
  for (const Again& again : cases) {
    INFO(again.captures.front());
    const Case seen{again.captures};
    CHECK(seen.dispositions() == again.dispositions);
    CHECK(seen.column("reason") == again.reasons);
  }
}

TEST_CASE("Captures of calls with the same ids may be imported in either order", "[cases]") {
  for (const Words& order : {Words{"monday", "tuesday"}, Words{"tuesday", "monday"}}) {
    const Case seen{order};
    CHECK(seen.dispositions() == "answered answered");
    CHECK(seen.column("reason") == Words{hung_up, hung_up});
  }
}

TEST_CASE("A final answer told late is the call's whose To tag it has", "[cases]") {
  CHECK(Case{"skew-486-after-invite2"}.dispositions() == "busy answered");
}

// RFC 3261 22.2: a caller answers the challenge that it had last.
TEST_CASE("Credentials reopen the leg that asked for them", "[cases]") {
  CHECK(Case{"challenged-twice-then-retried"}.dispositions() == "challenged answered");
  CHECK(Case{"retry-of-407-beside-404"}.dispositions() == "failed answered");
}

// RFC 3263 4.3: a fail-over comes after the refusal.
TEST_CASE("A branch that had begun before its sister was refused is a leg of its own", "[cases]") {
  CHECK(Case{"fork-parallel-503-first"}.dispositions() == "failed answered");
}
