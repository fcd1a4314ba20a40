// For any sequence of frames: the rules never throw, and what is folded from the stored events is
// the state that was lived through.
#include "catch.hpp"
#include "dialog/apply.hpp"
#include "dialog/identity.hpp"
#include "dialog/observe.hpp"
#include "projection/fold.hpp"
#include "properties/arbitrary_frame.hpp"
#include "record/conversation.hpp"

#include <map>

using namespace drachtio;
using namespace drachtio::test;

namespace {

struct Known {
  DialogState state;
  std::vector<log::Row> rows;
};

std::string name_of(const dialog::Identity& identity) {
  return identity.dialog_id + "/" + std::string{to_string(identity.role)};
}

Known* find(std::map<std::string, Known>& dialogs, const dialog::Observation& seen) {
  for (const auto& identity : dialog::candidates(seen)) {
    const auto found = dialogs.find(name_of(identity));
    if (found != dialogs.end()) return &found->second;
  }
  return nullptr;
}

void check_state(const DialogState& state) {
  const bool over = state.state == State::terminated;
  RC_ASSERT(over == state.times.end_time.has_value());
  RC_ASSERT(over == state.cause.has_value());
  RC_ASSERT(over == state.closed_at.has_value());
  RC_ASSERT(state.state != State::stable || state.times.connect_time.has_value());
  RC_ASSERT(state.times.start_time.has_value());
  if (over) RC_ASSERT(state.offers.empty() && state.early_answers.empty());
}

}  // namespace

TEST_CASE("Property: live state is the fold of the events, whatever is said", "[property]") {
  CHECK(rc::check([] {
    const auto payloads =
        *rc::gen::scale(2.0, rc::gen::container<std::vector<std::string>>(any_payload()));
    record::Conversation conversation;
    std::map<std::string, Known> dialogs;
    std::int64_t position = 0;
    Instant read_at = to_instant(1'800'000'000'000'000);
    for (const std::string& payload : payloads) {
      read_at += std::chrono::seconds{1};
      const record::Frame frame{"pbx", 1, wire::Sender::server, payload, read_at};
      const record::Sighting sighting = conversation.read(frame);
      if (!sighting.observation) continue;
      Known* known = find(dialogs, *sighting.observation);
      auto event =
          dialog::observe(known == nullptr ? nullptr : &known->state, *sighting.observation);
      if (!event) continue;
      if (known == nullptr) {
        RC_ASSERT(event->opening.has_value());
        known = &dialogs[name_of({event->opening->dialog_id, event->opening->role})];
        RC_ASSERT(known->rows.empty());
      }
      event->position = ++position;
      event->dialog = known->rows.empty() ? position : known->state.number;
      event->version = known->state.version + 1;
      dialog::apply(known->state, *event);
      known->rows.push_back(projection::to_row(*event));
      check_state(known->state);
    }
    for (const auto& [name, known] : dialogs) {
      RC_ASSERT(projection::fold(known.rows) == known.state);
      RC_ASSERT(name == name_of({known.state.dialog_id, known.state.role}));
    }
  }));
}
