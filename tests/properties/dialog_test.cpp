// For any sequence of frames: the rules never throw, and what is folded from the stored events is
// the state that was lived through.
#include "catch.hpp"
#include "dialog/apply.hpp"
#include "dialog/observe.hpp"
#include "projection/fold.hpp"
#include "properties/arbitrary.hpp"
#include "properties/property.hpp"
#include "record/conversation.hpp"

#include <map>

using namespace drachtio;
using namespace drachtio::test;

namespace {

struct Known {
  dialog::Dialog state;
  std::vector<log::Row> rows;
};
using Legs = std::map<std::int64_t, Known>;

dialog::Placement place(const Legs& legs, const dialog::Observation& seen) {
  std::vector<dialog::Leg> of_call;
  for (const auto& [number, known] : legs) {
    if (known.state.call_id == seen.message.call_id) of_call.push_back({&known.state});
  }
  return dialog::place(of_call, seen);
}

void check(const dialog::Dialog& state) {
  const bool over = state.state == State::terminated;
  must(over == state.times.end_time.has_value(), "it has an end time if it has ended");
  must(over == state.cause.has_value(), "it has a cause if it has ended");
  must(over == state.closed_at.has_value(), "it was closed if it has ended");
  must(state.times.start_time.has_value(), "it has a start");
  must(state.state != State::stable || state.times.connect_time, "stable means answered");
  must(!over ||
           (state.offers.empty() && state.early_answers.empty() && state.early_agreements.empty() &&
            state.early_dialogs.empty() && state.former_streams.empty()),
       "nothing waits any more");
}

}  // namespace

TEST_CASE("Property: live state is the fold of the events, whatever is said", "[property]") {
  CHECK(holds([] {
    record::Conversation conversation;
    Legs legs;
    std::int64_t position = 0;
    Instant read_at = to_instant(1'800'000'000'000'000);
    for (int count = pick(80); count > 0; --count) {
      read_at += std::chrono::seconds{1};
      const record::Frame frame{"pbx", 1, wire::Sender::server, arbitrary_payload(), read_at};
      note(frame.payload.bytes());
      const record::Sighting sighting = conversation.read(frame);
      if (!sighting.observation) continue;
      const dialog::Observation& seen = *sighting.observation;
      const dialog::Placement placed = place(legs, seen);
      const bool finds_leg = placed.kind == dialog::Placement::Kind::belongs ||
                             placed.kind == dialog::Placement::Kind::reopens;
      must(finds_leg == (placed.leg != nullptr), "where it belongs to a leg, it says to which");
      if (finds_leg && placed.kind == dialog::Placement::Kind::reopens) {
        must(!placed.leg->times.connect_time, "what was answered never reopens");
      }
      auto event = dialog::observe(placed, seen);
      if (!event) continue;
      event->position = ++position;
      must(event->opening.has_value() || finds_leg, "only what opens a leg makes its first event");
      event->dialog = finds_leg ? placed.leg->number : position;
      Known& known = legs[event->dialog];
      must(finds_leg != known.rows.empty(), "what opens a leg opens a new one");
      event->version = known.state.version + 1;
      const dialog::Dialog before = known.state;
      dialog::apply(known.state, *event);
      known.rows.push_back(projection::to_row(*event));
      check(known.state);
      must(before.number == 0 ||
               (before.dialog_id == known.state.dialog_id && before.role == known.state.role),
           "it keeps its identity");
      must(place(legs, seen).leg != nullptr, "what made an event belongs to a leg when seen again");
    }
    for (const auto& [number, known] : legs) {
      must(projection::fold(known.rows) == known.state, "lived = folded");
    }
  }));
}
