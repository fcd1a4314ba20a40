// For any sequence of frames: the rules never throw, and what is folded from the stored events is
// the state that was lived through.
#include "catch.hpp"
#include "dialog/apply.hpp"
#include "dialog/identity.hpp"
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
  DialogState state;
  std::vector<log::Row> rows;
};
using Dialogs = std::map<std::string, Known>;

std::string name_of(const dialog::Identity& identity) {
  return identity.dialog_id + "/" + std::string{to_string(identity.role)};
}

Known* find(Dialogs& dialogs, const dialog::Observation& seen) {
  for (const auto& identity : dialog::candidates(seen)) {
    const auto found = dialogs.find(name_of(identity));
    if (found != dialogs.end()) return &found->second;
  }
  return nullptr;
}

void check(const DialogState& state) {
  const bool over = state.state == State::terminated;
  must(over == state.times.end_time.has_value(), "it has an end time if it has ended");
  must(over == state.cause.has_value(), "it has a cause if it has ended");
  must(over == state.closed_at.has_value(), "it was closed if it has ended");
  must(state.times.start_time.has_value(), "it has a start");
  must(state.state != State::stable || state.times.connect_time, "stable means answered");
  must(!over ||
           (state.offers.empty() && state.early_answers.empty() && state.early_agreements.empty()),
       "nothing waits any more");
}

}  // namespace

TEST_CASE("Property: live state is the fold of the events, whatever is said", "[property]") {
  CHECK(holds([] {
    record::Conversation conversation;
    Dialogs dialogs;
    std::int64_t position = 0;
    Instant read_at = to_instant(1'800'000'000'000'000);
    for (int count = pick(80); count > 0; --count) {
      read_at += std::chrono::seconds{1};
      const record::Frame frame{"pbx", 1, wire::Sender::server, arbitrary_payload(), read_at};
      note(frame.payload);
      const record::Sighting sighting = conversation.read(frame);
      if (!sighting.observation) continue;
      Known* known = find(dialogs, *sighting.observation);
      if (known != nullptr && dialog::begins_anew(known->state, *sighting.observation)) {
        must(projection::fold(known->rows) == known->state, "lived = folded");
        const DialogState over = known->state;
        dialogs.erase(name_of({over.dialog_id, over.role}));
        known = nullptr;
      }
      auto event =
          dialog::observe(known == nullptr ? nullptr : &known->state, *sighting.observation);
      if (!event) continue;
      if (known == nullptr) {
        must(event->opening.has_value(), "only what opens a dialog makes the first event");
        known = &dialogs[name_of({event->opening->dialog_id, event->opening->role})];
        must(known->rows.empty(), "what opens a dialog finds it when it comes again");
      }
      event->position = ++position;
      event->dialog = known->rows.empty() ? position : known->state.number;
      event->version = known->state.version + 1;
      dialog::apply(known->state, *event);
      known->rows.push_back(projection::to_row(*event));
      check(known->state);
    }
    for (const auto& [name, known] : dialogs) {
      must(projection::fold(known.rows) == known.state, "lived = folded");
      must(name == name_of({known.state.dialog_id, known.state.role}), "it keeps its identity");
    }
  }));
}
