// Calls made up at random are read the same by the events and by the RFCs alone, after every
// message.
#include "catch.hpp"
#include "dialog/random_call.hpp"
#include "dialog/sip_scenario.hpp"
#include "properties/property.hpp"

using namespace drachtio;
using namespace drachtio::test;

namespace {

void hear_one_both_ways() {
  const Role role = pick_bool() ? Role::uac : Role::uas;
  Flow flow{role};
  flow.without_plain_reading();  // asked below, so that a call that fails is made shorter
  RandomCall{role,
             [&](const Said& said) {
               note(said.text());
               flow << said;
               must(flow.difference().empty(), flow.difference());
             }}
      .run();
}

}  // namespace

TEST_CASE("Property: events and RFCs tell the same of any call that RFC 3261 and 3264 allow",
          "[dialog][property]") {
  CHECK(holds([] {
    for (int call = 0; call < 20; ++call) hear_one_both_ways();
  }));
}
