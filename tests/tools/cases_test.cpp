// Rough traffic, made from the facts of public bug reports or recorded from a real server: what
// must come out of each capture in tests/cases.
#include "tools/imported_case.hpp"

using namespace drachtio::test;

TEST_CASE("An hour after the BYE the ids are used again: two calls", "[cases]") {
  const Case seen{"f6"};
  REQUIRE(seen.count() == 2);
  CHECK(seen.text(0, "state") == "terminated");
  CHECK(seen.text(1, "state") == "terminated");
  CHECK(seen.dispositions() == "answered answered");
}

TEST_CASE("An upstream fork of which one is answered: a leg each", "[cases]") {
  const Case seen{"f2"};
  CHECK(seen.count() == 2);
  CHECK(seen.dispositions() == "answered-elsewhere answered");
  CHECK(seen.talk_seconds(1) == Approx(60).margin(0.1));
  CHECK(seen.text(1, "cause") == "far-end-release");
}

TEST_CASE("Call records of a fork: the first branch is busy, the second answers", "[cases]") {
  const Case seen{"f2e"};
  CHECK(seen.count() == 2);
  CHECK(seen.dispositions() == "busy answered");
}

TEST_CASE("Call records of a serial proxy: a leg in, and one for each destination", "[cases]") {
  const Case seen{"f11"};
  REQUIRE(seen.count() == 3);
  CHECK(seen.dispositions() == "answered busy answered");
  CHECK(seen.text(0, "role") == "uas");
  CHECK(seen.text(2, "role") == "uac");
}

TEST_CASE("Who holds a call, by the answers too", "[cases]") {
  CHECK(Case{"h4"}.text(0, "hold") == "none");
  CHECK(Case{"h12"}.text(0, "hold") == "none");
  CHECK(Case{"h2"}.text(0, "hold") == "none");
  CHECK(Case{"h3"}.text(0, "hold") == "remote");
}

TEST_CASE("RFC 3261 7.3.1: a BYE with both tags in another case ends its call", "[cases]") {
  const Case seen{"t1"};
  CHECK(seen.text(0, "state") == "terminated");
  CHECK(seen.text(0, "cause") == "far-end-release");
}

TEST_CASE("A Contact with transport=tls and no port has the port 5061", "[cases]") {
  CHECK(Case{"a1"}.text(0, "remote.signaling_port") == "5061");
}

TEST_CASE("SDP in a multipart body within a multipart body", "[cases]") {
  CHECK(Case{"m3"}.text(0, "remote.sdp").starts_with("v=0"));
}

TEST_CASE("RFC 3325 9.1: a tel: identity without a name, and a sip: one with", "[cases]") {
  const Case seen{"p1b"};
  CHECK(seen.text(0, "calling_party.user") == "+15550100");
  CHECK(seen.text(0, "calling_party.display") == "Jane Doe");
}

TEST_CASE("The program's own CANCEL says why", "[cases]") {
  const Case seen{"cancel-reason"};
  CHECK(seen.text(0, "cause") == "cancelled");
  CHECK(seen.text(0, "reason") == "Call completed elsewhere");
  CHECK(seen.dispositions() == "answered-elsewhere");
}

TEST_CASE("A call that is proxied to its own server comes back as another leg", "[cases]") {
  const Case seen{"proxied-to-itself"};
  REQUIRE(seen.count() == 2);
  CHECK(seen.dispositions() == "proxied answered");
  CHECK(seen.text(0, "role") == "uas");
  CHECK(seen.text(1, "role") == "uas");
  CHECK(seen.text(1, "cause") == "far-end-release");
  CHECK(seen.talk_seconds(1) == Approx(0.304).margin(0.0011));
}

TEST_CASE("A caller's BYE, and no record of an answer: nobody knows", "[cases]") {
  CHECK(Case{"bye-before-answer"}.dispositions() == "unknown");
}

// The server tells no end of the branches that it cancels itself.
TEST_CASE("The branches of a proxied call end with it", "[cases]") {
  const Case answered{"proxy-cancels-the-other-branch"};
  CHECK(answered.dispositions() == "answered answered-elsewhere answered");
  const Case given_up{"proxy-cancelled-by-its-caller"};
  CHECK(given_up.dispositions() == "cancelled cancelled cancelled");
}
