// These say who waits for how long when offers have crossed (RFC 3261 14.1, 14.2, RFC 3311 5.2).
#include "call/glare.hpp"

#include "agent/draw.hpp"
#include "catch.hpp"

#include <set>
#include <string>

using namespace drachtio;
using namespace std::chrono_literals;
using call::Pause;

namespace {

SipMessage refusal(int status, const std::string& retry_after = {}) {
  SipMessage message;
  message.status = status;
  if (!retry_after.empty()) message.headers.add("Retry-After", retry_after);
  return message;
}

}  // namespace

TEST_CASE(
    "RFC 3261 14.1: after a 491 whoever made the Call-ID waits for longer than the other can") {
  CHECK(call::pause_after(refusal(491), Role::uac) == Pause{2100ms, 4000ms, 10ms});
  CHECK(call::pause_after(refusal(491), Role::uas) == Pause{0ms, 2000ms, 10ms});
}

TEST_CASE("RFC 3261 14.2: after a 500 that says when, the offer is made again then") {
  CHECK(call::pause_after(refusal(500, "3"), Role::uas) == Pause{3s, 3s, 1s});
  CHECK(call::pause_after(refusal(500, "32 (busy);duration=9"), Role::uac) == Pause{32s, 32s, 1s});
  CHECK_FALSE(call::pause_after(refusal(500), Role::uac));
  CHECK_FALSE(call::pause_after(refusal(500, "soon"), Role::uac));
  CHECK_FALSE(call::pause_after(refusal(500, "33"), Role::uac));
}

TEST_CASE("Any other refusal of an offer stands") {
  for (const int status : {200, 400, 408, 481, 488, 503, 603}) {
    CAPTURE(status);
    CHECK_FALSE(call::pause_after(refusal(status, "3"), Role::uac));
  }
}

TEST_CASE("A pause is drawn from all of its steps, and from nothing else") {
  const Pause few{20ms, 50ms, 10ms};
  std::set<std::chrono::milliseconds> drawn;
  for (int i = 0; i < 1000; ++i) drawn.insert(agent::draw(few));
  CHECK(drawn == std::set<std::chrono::milliseconds>{20ms, 30ms, 40ms, 50ms});
  CHECK(agent::draw({3s, 3s, 1s}) == 3s);
  for (int i = 0; i < 1000; ++i) {
    const auto asked = agent::draw(call::retry_after());
    CHECK((asked >= 0s && asked <= 10s && asked % 1s == 0ms));
  }
}
